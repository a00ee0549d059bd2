"""When readings that wait go, over many ticks at once: found without looking at the ticks one by one."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from city.clock import SECOND_NS
from rules.alarms import NEVER_NS
from rules.ordering import begins, lengths

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

#: The tick of a reading that goes on waiting.
WAITS = 1 << 62


class Waiters(NamedTuple):
    """Readings that wait, or are to come, in order of arrival; ticks are counted from 1.

    Attributes:
        sure_ns: up to when all is known to have come, once this one has waited long enough.
        came: the first tick that is not before its arrival, 0 for one that was there before.
        ripe: the tick at which it has waited long enough.
        behind: it came when something newer was sure already; of no use for those that are still to come.
    """

    series: Ints
    time_ns: Ints
    sure_ns: Ints
    came: Ints
    ripe: Ints
    behind: Flags


class Gone(NamedTuple):
    """What comes of it.

    Attributes:
        tick: at which each reading goes, `WAITS` where it does not.
        late: whether a newer one of its series went before.
        behind: as in `Waiters`, of those that came as well.
        sure_ns: up to when all is known to have come after the last tick.
    """

    tick: Ints
    late: Flags
    behind: Flags
    sure_ns: int


def ticks_to(mark_ns: int, time_ns: Ints) -> Ints:
    """Return which of the ticks after `mark_ns`, one a second, is the first that is not before each moment."""
    return np.maximum(1, -((mark_ns - time_ns) // SECOND_NS))


def gone(waiters: Waiters, newest_ns: Ints, sure_ns: int, ticks: int) -> Gone:
    """Return what goes in so many ticks.

    `newest_ns` has for each series the time of the newest that went before, `sure_ns` is up to when all had come.
    """
    series, time_ns, _, came, ripe, _ = waiters
    order = np.argsort(ripe, kind="stable")
    at = np.append(NEVER_NS, ripe[order])
    known_ns = np.maximum.accumulate(np.append(sure_ns, waiters.sure_ns[order]))
    before_ns = known_ns[np.searchsorted(at, came - 1, side="right") - 1]
    behind = np.where(came > 0, time_ns <= before_ns, waiters.behind)
    # Whoever is not behind goes when all that was made up to then is known to have come.
    passed = np.append(at, WAITS)[np.searchsorted(known_ns, time_ns)]
    own = np.where(behind, ripe, np.minimum(ripe, np.maximum(came, passed)))
    tick, late = np.where(own <= ticks, own, WAITS), time_ns < newest_ns[series]
    for places in _muddled(series, time_ns, own):
        newest = int(newest_ns[series[places[0]]])
        tick[places], late[places] = _followed(time_ns[places], came[places], own[places], newest, ticks)
    return Gone(tick, late, behind, int(known_ns[np.searchsorted(at, ticks, side="right") - 1]))


def _muddled(series: Ints, time_ns: Ints, own: Ints) -> list[Ints]:
    """Return the places of each series whose readings were made, or would go, in another order than they came."""
    order = np.argsort(series, kind="stable")
    first = begins(series[order])
    back = np.zeros(len(order), dtype=np.bool_)
    back[1:] = (np.diff(time_ns[order]) <= 0) | (np.diff(own[order]) < 0)
    back[first] = False
    if not back.any():
        return []
    found = np.flatnonzero(np.logical_or.reduceat(back, first))
    length = lengths(first, len(order))
    return [order[first[one] : first[one] + length[one]] for one in found.tolist()]


def _followed(time_ns: Ints, came: Ints, own: Ints, newest_ns: int, ticks: int) -> tuple[Ints, Flags]:
    """Return when readings of one series go, and which are late: at each tick whose own it is, and who is older."""
    tick, late = np.full(len(own), WAITS), np.zeros(len(own), dtype=np.bool_)
    for now in np.unique(own[own <= ticks]).tolist():
        there = (tick == WAITS) & (came <= now)
        ready = there & (own <= now)
        if ready.any():
            goes = there & (time_ns <= time_ns[ready].max())
            tick[goes], late[goes] = now, time_ns[goes] < newest_ns
            newest_ns = max(newest_ns, int(time_ns[goes].max()))
    return tick, late
