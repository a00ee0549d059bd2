"""Minutes that a UPS has left: as it says itself, else by its charge and load."""

from dataclasses import dataclass

import numpy as np

from city.derived.ups import PEUKERT, minutes_left
from city.level import Domain
from ingest.derived.at_once import AtOnce
from ingest.derived.rows import Rows
from ingest.derived.section import Choice, Section
from ingest.derived.surroundings import Chosen, Surroundings
from ingest.derived.told import DERIVED, Made, Told

NAME = "ups"
OUTPUTS = ("ups_minutes_left",)

_INPUTS = {"battery_runtime": 0, "battery_level": 1, "load": 2}
_RUNTIME, _CHARGE, _LOAD = range(3)
_NEVER = -(2**62)


@dataclass(frozen=True, slots=True)
class Battery:
    """What the data sheet of a battery says, or its last discharge test; see `city.derived.ups.minutes_left`."""

    full_load_min: float
    exponent: float


@dataclass(frozen=True, slots=True)
class UpsSettings:
    """Which sensors are UPSes, for many a thermometer tells its battery too; and which has which battery."""

    where: Choice[bool]
    batteries: Choice[Battery]


def read(section: Section) -> UpsSettings:
    """Return what the city says of its UPSes."""
    section.only("enabled", "where", "battery")
    batteries = section.choice("battery", ("full_load_min", "exponent"), _battery)
    return UpsSettings(section.where(Domain.MACHINE_ROOM), batteries)


def _battery(section: Section) -> Battery:
    return Battery(section.number("full_load_min", None, 0.1, 100_000), section.number("exponent", PEUKERT, 1, 2))


class Ups(AtOnce):
    """One that ever told its runtime is believed; of others charge and load of one time make an estimate."""

    def __init__(self, settings: UpsSettings, around: Surroundings) -> None:
        self._where, self._batteries = Chosen(settings.where, around), Chosen(settings.batteries, around)
        self._number = around.number
        self._rows = Rows(
            time=(np.int64, _NEVER, 3), value=(np.float64, 0.0, 3), quality=(np.uint16, 0, 3), tells=(np.bool_, False)
        )

    def item(self, series: str) -> int | None:
        """Return which input a series is."""
        return _INPUTS.get(series)

    def take(self, told: Told) -> list[Made]:
        """Return the minutes at these values; UPSes are few, so they are taken one value after the other."""
        wanted = self._where.any_of(told.sensor)
        return self._reckoned(told.take(wanted)) if wanted.any() else []

    def _reckoned(self, told: Told) -> list[Made]:
        row, rows = self._rows.at(told.sensor), self._rows
        batteries = self._batteries.of(told.sensor)
        found: list[tuple[int, float, int]] = []
        for place, (at, item) in enumerate(zip(row.tolist(), told.item.tolist(), strict=True)):
            rows["time"][at, item], rows["value"][at, item] = told.time_ns[place], told.value[place]
            rows["quality"][at, item] = told.quality[place]
            if item == _RUNTIME:
                rows["tells"][at] = True
                found.append((place, float(told.value[place]), int(told.quality[place])))
            elif not rows["tells"][at] and rows["time"][at, _CHARGE] == rows["time"][at, _LOAD]:
                minutes = self._estimated(batteries[place], at)
                found.append((place, minutes, int(rows["quality"][at, _CHARGE] | rows["quality"][at, _LOAD])))
        places = np.array([place for place, _, _ in found], np.int64)
        values = np.array([value for _, value, _ in found], np.float64)
        flags = np.array([quality for _, _, quality in found], np.uint16) | DERIVED
        return [Made.of(self._number(OUTPUTS[0]), told.sensor[places], told.time_ns[places], values, flags)]

    def _estimated(self, battery: Battery | None, row: int) -> float:
        if battery is None:
            return float("nan")
        charge, load = (self._rows["value"][row, item : item + 1] for item in (_CHARGE, _LOAD))
        return float(minutes_left(charge, load, battery.full_load_min, battery.exponent)[0])
