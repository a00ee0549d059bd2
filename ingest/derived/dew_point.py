"""Dew point of sensors that tell temperature and relative humidity."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from city.clock import SECOND_NS
from city.derived.dew_point import dew_point
from city.level import Domain
from ingest.derived.at_once import AtOnce
from ingest.derived.rows import Rows
from ingest.derived.section import Choice, Section
from ingest.derived.surroundings import Chosen, Surroundings
from ingest.derived.told import DERIVED, Made, Told

NAME = "dew_point"
OUTPUTS = (NAME,)

_INPUTS = {"temperature": 0, "humidity": 1}
_NEVER = -(2**62)


@dataclass(frozen=True, slots=True)
class DewPointSettings:
    """Within how many seconds the two must come to belong together, and whose dew points are wanted."""

    within_s: float
    where: Choice[bool]


def read(section: Section) -> DewPointSettings:
    """Return what the city says of dew points."""
    section.only("enabled", "within_s", "where")
    # Elsewhere few ask for dew points, and each is a reading more.
    return DewPointSettings(section.number("within_s", 60, 0, 3600), section.where(Domain.MACHINE_ROOM))


class DewPoint(AtOnce):
    """Pairs each sensor's temperature and humidity, in order of arrival.

    Two of one time make a dew point of that time, also late ones. A sensor that tells them at different times gets one
    for each, from the other's last value, as soon as it is clear that no other of the same time comes: one reading
    later.
    """

    def __init__(self, settings: DewPointSettings, around: Surroundings) -> None:
        self._within_ns = round(settings.within_s * SECOND_NS)
        self._where = Chosen(settings.where, around)
        self._quantity = around.number
        self._rows = Rows(
            time=(np.int64, _NEVER, 2), value=(np.float64, 0.0, 2), quality=(np.uint16, 0, 2),
            newest=(np.int64, _NEVER), waits=(np.bool_, False),
        )  # fmt: skip

    def item(self, series: str) -> int | None:
        """Return which of the two a series is."""
        return _INPUTS.get(series)

    def take(self, told: Told) -> list[Made]:
        """Return the dew points that follow from these values."""
        wanted = self._where.any_of(told.sensor)
        return self._paired(told if wanted.all() else told.take(wanted)) if wanted.any() else []

    def _paired(self, told: Told) -> list[Made]:
        rows = self._rows
        row = rows.at(told.sensor)
        order = np.argsort(row, kind="stable")
        first = np.flatnonzero(np.diff(row[order], prepend=-1))
        heads = row[order][first]
        # In front of each sensor's values goes what it told before; then each value is followed by itself.
        at = np.insert(row[order], first, heads)
        begins = first + np.arange(len(first))
        time, value, quality = self._carried(told, order, first, heads, at, begins)
        newest = np.insert(told.time_ns[order], first, rows["newest"][heads])
        same = time[:, 0] == time[:, 1]
        rows["time"][heads], rows["value"][heads], rows["quality"][heads] = _last(begins, time, value, quality)
        near = ~same & (np.abs(time[:, 0] - time[:, 1]) <= self._within_ns) & (newest == time.max(axis=1))
        near[begins] = rows["waits"][heads]
        same[begins] = False
        ends = np.append(begins[1:], len(at)) - 1
        rows["newest"][heads] = newest[ends]
        # One that waits is settled by the sensor's next value: by its partner of the same time it is superseded.
        settled = near[:-1] & (at[1:] == at[:-1]) & ~(same[1:] & (newest[1:] == newest[:-1]))
        rows["waits"][heads] = near[ends]
        chosen = np.flatnonzero(same | np.append(settled, False))
        when = time[chosen].max(axis=1)
        found = dew_point(value[chosen, 0], value[chosen, 1])
        flags = quality[chosen, 0] | quality[chosen, 1] | DERIVED
        return [Made.of(self._quantity(NAME), rows.sensors(at[chosen]), when, found, flags)]

    def _carried(
        self,
        told: Told,
        order: NDArray[np.int64],
        first: NDArray[np.int64],
        heads: NDArray[np.int64],
        at: NDArray[np.int64],
        begins: NDArray[np.int64],
    ) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.uint16]]:
        """Return after each value the last temperature and humidity of its sensor: times, values and qualities."""
        item = np.insert(told.item[order], first, 2)
        columns = []
        for said, held in ((told.time_ns, "time"), (told.value, "value"), (told.quality, "quality")):
            kept = self._rows[held][heads]
            both = np.stack([np.insert(said[order], first, kept[:, which]) for which in (0, 1)], axis=1)
            columns.append(both)
        places = np.arange(len(at))
        start = np.zeros(len(at), bool)
        start[begins] = True
        for which in (0, 1):
            last = np.maximum.accumulate(np.where(start | (item == which), places, 0))
            for column in columns:
                column[:, which] = column[last, which]
        return columns[0], columns[1], columns[2]


def _last(begins: NDArray[np.int64], *columns: NDArray[Any]) -> tuple[NDArray[Any], ...]:
    ends = np.append(begins[1:], len(columns[0])) - 1
    return tuple(column[ends] for column in columns)
