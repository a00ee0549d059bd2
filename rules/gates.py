"""Whether schedules are open at many moments at once, and when the windows around them begin and end."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from city.calendar import Calendar
from rules.limits import ENDLESS_NS
from rules.schedule import Schedule

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


class Windows(NamedTuple):
    """Of each moment: is its schedule open, when did that window begin, and when does it end."""

    open: Flags
    start_ns: Ints
    end_ns: Ints


#: Where nothing has a schedule.
NO_WINDOWS = Windows(np.zeros(0, np.bool_), np.zeros(0, np.int64), np.zeros(0, np.int64))


class Gates:
    """The schedules of some terms, None for one that always judges; windows are made year by year as times ask."""

    def __init__(self, schedules: Sequence[Schedule | None], calendar: Calendar) -> None:
        self._calendar = calendar
        self._distinct = list(dict.fromkeys(one for one in schedules if one is not None))
        self._which = np.array([-1 if one is None else self._distinct.index(one) for one in schedules], dtype=np.int64)
        self._edges: dict[tuple[int, int], Ints] = {}

    def __bool__(self) -> bool:
        """Return whether any of the terms has a schedule."""
        return bool(self._distinct)

    def look(self, term: Ints, time_ns: Ints) -> Windows:
        """Return the windows of terms at moments; always open where a term has no schedule."""
        which = self._which.take(term)
        windows = Windows(
            np.ones(len(term), dtype=np.bool_), np.full(len(term), -ENDLESS_NS), np.full(len(term), ENDLESS_NS)
        )
        gated = np.flatnonzero(which >= 0)
        if not len(gated):
            return windows
        year = time_ns[gated].astype("datetime64[ns]").astype("datetime64[Y]").astype(np.int64) + 1970
        keys, group = np.unique(np.stack([which[gated], year]), axis=1, return_inverse=True)
        for number, (schedule, of_year) in enumerate(keys.T.tolist()):
            rows = gated[group == number]
            edges = self._of(schedule, of_year)
            place = np.searchsorted(edges, time_ns[rows], side="right")
            windows.open[rows] = place % 2 == 0
            windows.start_ns[rows], windows.end_ns[rows] = edges[place - 1], edges[place]
        return windows

    def _of(self, schedule: int, year: int) -> Ints:
        """Return the edges of the windows of a year with a year before and after, so that none is cut in the middle.

        They begin with the end of time behind us, so that an even place is within a window.
        """
        key = schedule, year
        if key not in self._edges:
            spans = self._distinct[schedule].spans(self._calendar, date(year - 1, 1, 1), date(year + 2, 1, 1))
            self._edges[key] = np.array([-ENDLESS_NS, *(edge for span in spans for edge in span), ENDLESS_NS])
        return self._edges[key]
