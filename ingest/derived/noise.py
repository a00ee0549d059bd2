"""Sound levels of a period, of day and night, and how far they are beyond the limit of their zone (GB 3096)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from city.clock import SECOND_NS
from city.derived import noise
from ingest.derived.rows import Rows
from ingest.derived.section import Choice, Section
from ingest.derived.surroundings import Chosen, Surroundings
from ingest.derived.told import DERIVED, OVER_TIME, Made, Told
from ingest.derived.windows import Closed, Patience, Windows
from ingest.telemetry import DERIVED_NO_DATA

NAME = "noise"
OUTPUTS = ("noise_laeq_period", "noise_excess", "noise_ld", "noise_ln")

_PERIOD, _EXCESS, _DAY, _NIGHT = OUTPUTS

#: A meter's own LAeq is taken before its momentary level.
_INPUTS = {"noise_laeq": 0, "noise_level": 1}
#: Part of a period, and of a day or night, that must have values: as 45 minutes are of an hour.
_ENOUGH = 0.75
_NO_PART = -(2**62)


@dataclass(frozen=True, slots=True)
class NoiseSettings:
    """How sound is judged: length of a period, hours at which day and night begin, zones of meters."""

    period_min: int
    day_from: int
    night_from: int
    zones: Choice[str]


def read(section: Section) -> NoiseSettings:
    """Return what the city says of its zones and its day."""
    section.only("enabled", "period_min", "day_from", "night_from", "zone")
    day, night = noise.DAY_BEGINS, noise.NIGHT_BEGINS
    return NoiseSettings(
        round(section.number("period_min", 10, 2, 60)),
        round(section.number("day_from", day, 0, 12)),
        round(section.number("night_from", night, 13, 24)),
        section.choice("zone", ("class",), _zone),
    )


def _zone(section: Section) -> str:
    zone = section.word("class", tuple(noise.LIMITS))
    if zone is None:
        section.wrong("", f"`class` one of {', '.join(noise.LIMITS)}", "nothing")
    return zone


class Noise:
    """LAeq of each period, and Ld and Ln of the periods of a day and a night."""

    def __init__(self, settings: NoiseSettings, around: Surroundings) -> None:
        self._settings, self._around = settings, around
        self._zones, self._number = Chosen(settings.zones, around), around.number
        self._length_ns = settings.period_min * 60 * SECOND_NS
        self._windows = Windows(NAME, 2, self._length_ns, Patience(late_ns=60 * SECOND_NS), around.offset_ns())
        self._parts = Rows(
            part=(np.int64, _NO_PART), ends=(np.int64, 0), needed=(np.int64, 0), energy=(np.float64, 0.0),
            count=(np.int64, 0), quality=(np.uint16, 0),
        )  # fmt: skip

    def item(self, series: str) -> int | None:
        """Return which input a series is."""
        return _INPUTS.get(series)

    def take(self, told: Told) -> list[Made]:
        """Return the levels of periods that are over with these values."""
        loud = Told(told.sensor, told.item, told.time_ns, told.arrival_ns, noise.energy(told.value), told.quality)
        return self._judged(self._windows.take(loud))

    def tick(self, now_ns: int, listening_since_ns: int) -> list[Made]:
        """Return the levels of meters that fell silent."""
        closed = self._windows.tick(now_ns, listening_since_ns)
        return self._judged(closed) if closed is not None else []

    def _judged(self, closed: Closed) -> list[Made]:
        each = self._around.minutes_a_reading(closed.sensor)
        column = np.where(closed.count[:, 0] > 0, 0, 1)
        rows = np.arange(len(closed))
        enough = closed.minutes[rows, column] * each >= _ENOUGH * self._settings.period_min
        if not enough.all():
            DERIVED_NO_DATA.labels(NAME).inc(int((~enough).sum()))
            closed, column, rows = closed.take(enough), column[enough], rows[: int(enough.sum())]
        mean = closed.total[rows, column] / closed.count[rows, column]
        found = []
        for index in np.unique(closed.index).tolist():  # of each sensor in order of time
            on = closed.index == index
            found += self._period(index, closed.take(on), mean[on])
        return found

    def _period(self, index: int, closed: Closed, energy: NDArray[np.float64]) -> list[Made]:
        begins_ns = int(self._windows.end_ns(np.array([index - 1]))[0])
        ends_ns, flags = begins_ns + self._length_ns, closed.quality & OVER_TIME | DERIVED
        part = _Part.at(self._around.local(begins_ns), self._settings)
        level = noise.level(energy)
        zones = self._zones.of(closed.sensor)
        limits = np.array([noise.limit(zone, night=part.night) if zone else np.nan for zone in zones])
        when = np.full(len(closed), ends_ns)
        results = [
            *self._passed(part, closed.sensor),
            Made.of(self._number(_PERIOD), closed.sensor, when, level, flags),
            Made.of(self._number(_EXCESS), closed.sensor, when, level - limits, flags),
        ]
        row = self._parts.at(closed.sensor)
        self._parts["part"][row], self._parts["ends"][row] = part.number, part.ends_ns
        self._parts["needed"][row] = int(np.ceil(_ENOUGH * (part.ends_ns - part.begins_ns) / self._length_ns))
        self._parts["energy"][row] += energy
        self._parts["count"][row] += 1
        self._parts["quality"][row] |= closed.quality & OVER_TIME
        return [*results, *(self._told(row) if ends_ns >= part.ends_ns else [])]

    def _passed(self, part: "_Part", sensor: NDArray[np.int32]) -> list[Made]:
        """Return the levels of days and nights that these meters did not hear the end of."""
        row = self._parts.at(sensor)
        held = self._parts["part"][row]
        return self._told(row[(held != _NO_PART) & (held != part.number)])

    def _told(self, row: NDArray[np.int64]) -> list[Made]:
        """Return the level of the day or night that is over, and begin anew."""
        parts = self._parts
        count = np.maximum(parts["count"][row], 1)
        enough = parts["count"][row] >= parts["needed"][row]
        if not enough.all():
            DERIVED_NO_DATA.labels(NAME).inc(int((~enough).sum()))
        level = np.where(enough, noise.level(parts["energy"][row] / count), np.nan)
        night = parts["part"][row] % 2 == 1
        quantity = np.where(night, self._number(_NIGHT), self._number(_DAY)).astype(np.int32)
        flags = parts["quality"][row] | DERIVED
        made = Made.of(quantity, parts.sensors(row), parts["ends"][row].copy(), level, flags)
        parts["part"][row], parts["energy"][row], parts["count"][row], parts["quality"][row] = _NO_PART, 0.0, 0, 0
        return [made]

    def dump(self) -> dict[str, NDArray[Any]]:
        """Return copies of all that it remembers."""
        parts = {f"parts.{name}": column for name, column in self._parts.dump().items()}
        return self._windows.dump() | parts

    def load(self, kept: dict[str, NDArray[Any]]) -> None:
        """Remember what `dump` returned."""
        self._windows.load(kept)
        self._parts.load({name.removeprefix("parts."): one for name, one in kept.items() if name.startswith("parts.")})


@dataclass(frozen=True, slots=True)
class _Part:
    """A day or a night of the city's clock; `number` is its first day's, twice, and one more for a night."""

    number: int
    night: bool
    begins_ns: int
    ends_ns: int

    @classmethod
    def at(cls, local: datetime, settings: NoiseSettings) -> "_Part":
        """Return the one in which a moment lies."""
        night = not settings.day_from <= local.hour < settings.night_from
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
        first = midnight - timedelta(days=1) if night and local.hour < settings.day_from else midnight
        begins = _at_hour(first, settings.night_from if night else settings.day_from)
        ends = _at_hour(
            first + timedelta(days=1) if night else first, settings.day_from if night else settings.night_from
        )
        return cls(first.toordinal() * 2 + night, night, begins, ends)


def _at_hour(midnight: datetime, hour: int) -> int:
    """Return the time at which a day's hour begins, by the clock on the wall."""
    moment = midnight + timedelta(days=1) if hour == 24 else midnight.replace(hour=hour)
    return round(moment.timestamp()) * SECOND_NS
