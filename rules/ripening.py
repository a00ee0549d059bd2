"""When readings that wait go, over many ticks at once: found without looking at the ticks one by one."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from city.clock import SECOND_NS

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

#: The tick of a reading that goes on waiting.
WAITS = 1 << 62


class Waiters(NamedTuple):
    """Readings that wait, or are to come, in order of arrival; ticks are counted from 1.

    Attributes:
        came: the first tick that is not before its arrival, 0 for one that was there before.
        ripe: the tick at which it has waited long enough; it rises with arrival.
    """

    series: Ints
    time_ns: Ints
    came: Ints
    ripe: Ints


class Gone(NamedTuple):
    """At which tick each reading goes, `WAITS` where it does not, and whether a newer one of its series went before."""

    tick: Ints
    late: Flags


def ticks_to(mark_ns: int, time_ns: Ints) -> Ints:
    """Return which of the ticks after `mark_ns`, one a second, is the first that is not before each moment."""
    return np.maximum(1, -((mark_ns - time_ns) // SECOND_NS))


def gone(waiters: Waiters, newest_ns: Ints, ticks: int) -> Gone:
    """Return what goes in so many ticks; `newest_ns` has for each series the time of the newest that went before."""
    series, time_ns, _, ripe = waiters
    tick = np.where(ripe <= ticks, ripe, WAITS)
    late = time_ns < newest_ns[series]
    order = np.argsort(series, kind="stable")
    back = (np.diff(series[order]) == 0) & (np.diff(time_ns[order]) <= 0)
    if back.any():
        # Those of a series whose readings came in another order than they were made go tick by tick.
        for one in np.unique(series[order[1:][back]]).tolist():
            places = np.flatnonzero(series == one)
            tick[places], late[places] = _followed(
                Waiters(*(column[places] for column in waiters)), int(newest_ns[one]), ticks
            )
    return Gone(tick, late)


def _followed(waiters: Waiters, newest_ns: int, ticks: int) -> Gone:
    """Return what goes of one series: at each tick who has waited long enough, and with them who is older."""
    _, time_ns, came, ripe = waiters
    tick, late = np.full(len(ripe), WAITS), np.zeros(len(ripe), dtype=np.bool_)
    for now in np.unique(ripe[ripe <= ticks]).tolist():
        there = (tick == WAITS) & (came <= now)
        waited = there & (ripe <= now)
        if waited.any():
            goes = there & (time_ns <= time_ns[waited].max())
            tick[goes], late[goes] = now, time_ns[goes] < newest_ns
            newest_ns = max(newest_ns, int(time_ns[goes].max()))
    return Gone(tick, late)
