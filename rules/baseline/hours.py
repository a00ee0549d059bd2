"""The local hour of many moments, and whether their day is a day of rest."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from city.calendar import Calendar
from city.clock import SECOND_NS, from_ns

Ints = NDArray[np.int64]

#: Clocks are set at quarters of an hour (IANA tz database), so within one the hour is the same.
_QUARTER_NS = 900 * SECOND_NS

#: A batch of history knows a year of quarters; beyond two years they are looked up again.
_MOST = 70_000

#: Of so many quarters in a row each is looked up: those of a live batch.
_NEAR = 100


class Hours(NamedTuple):
    """Of each moment: the hour of the wall clock, 0 to 23, and 1 on days of rest."""

    hour: Ints
    rest: Ints

    def of(self, places: Ints | slice) -> "Hours":
        """Return the hours of some of the moments."""
        return Hours(self.hour[places], self.rest[places])


class WallClock:
    """Tells the hours of a city by its time zone, and days of rest by its calendar; remembers what it was asked."""

    def __init__(self, calendar: Calendar) -> None:
        self._calendar = calendar
        self._known: dict[int, int] = {}

    def hours(self, time_ns: Ints) -> Hours:
        """Return the hours of moments."""
        quarters = time_ns // _QUARTER_NS
        if len(self._known) > _MOST:
            self._known.clear()
        first = int(quarters.min(initial=np.iinfo(np.int64).max))
        if int(quarters.max(initial=0)) - first < _NEAR:
            of, quarters = quarters - first, np.arange(first, int(quarters.max(initial=first - 1)) + 1)
        else:
            quarters, of = np.unique(quarters, return_inverse=True)
        codes = np.array([self._code(quarter) for quarter in quarters.tolist()], dtype=np.int64)[of]
        return Hours(codes % 24, codes // 24)

    def _code(self, quarter: int) -> int:
        code = self._known.get(quarter)
        if code is None:
            local = from_ns(quarter * _QUARTER_NS).astimezone(self._calendar.zone)
            code = local.hour + 24 * (not self._calendar.is_working_day(local.date()))
            self._known[quarter] = code
        return code
