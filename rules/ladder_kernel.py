"""How readings move pairs along their levels, compiled: one pair after the other, each reading in its order."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from rules import alarms, gates, limits, moving, prefetch
from rules import compiled as compiling
from rules.alarms import NEVER_NS
from rules.compiled import compiled, kept, made_of
from rules.gates import NO_WINDOWS, Windows
from rules.limits import ENDLESS_NS, Bounds
from rules.moving import Reach, Runs, Stand, Steps, Taken
from rules.prefetch import fetch

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

#: So many pairs before it is judged, or only looked at, what is known of a pair is asked for.
_AHEAD, _FAR_AHEAD = 8, 24

#: A pair, and the first and the last of its readings.
Run = tuple[int, int, int]

#: Value, what a level is kept by, time, and the time of the reading before; NEVER_NS for the first.
Reading = tuple[float, float, int, int]

#: Is the schedule open, and since when and until when is that so.
Window = tuple[bool, int, int]


def mover(stand: Stand, bounds: Bounds) -> tuple[Callable[..., int], Callable[..., int]]:
    """Return what moves pairs, and what finds those that readings may move, and writes which they are.

    Compiles both, unless an earlier start kept them.
    """

    def move(runs: Runs, taken: Taken, steps: Steps) -> int:
        return advance(stand, bounds, runs, taken, steps)[0]

    def leave(pair: Ints, of: Ints, reach: Reach, found: Ints) -> int:
        return leaving(stand.calm, pair, of, reach, found)[0]

    none, nothing = np.zeros(0, np.int64), np.zeros(0)
    move(Runs(none, none, none), Taken(nothing, nothing, none, NO_WINDOWS), Steps.room(0, len(bounds.hold_ns) - 1))
    leave(none, none, Reach(nothing, nothing, none), none)
    return move, leave


def _entries(files: int) -> tuple[Callable[..., tuple[int, int]], Callable[..., tuple[int, int]]]:
    """Return the two passes; `files` tells whether others have changed that were compiled into them."""

    def advance(stand: Stand, bounds: Bounds, runs: Runs, taken: Taken, steps: Steps) -> tuple[int, int]:
        return _advance(stand, bounds, runs, taken, steps), files

    def leaving(calm: NDArray[np.void], pair: Ints, of: Ints, reach: Reach, found: Ints) -> tuple[int, int]:
        return _leaving(calm, pair, of, reach, found), files

    return kept(advance), kept(leaving)


@compiled
def _leaving(calm: NDArray[np.void], pair: Ints, of: Ints, reach: Reach, found: Ints) -> int:
    """Write at which places pairs may be moved by what was said; return how many they are."""
    count = 0
    for place in range(len(pair)):
        if place + _FAR_AHEAD < len(pair):
            fetch(calm, pair[place + _FAR_AHEAD])
        stays, series = calm[pair[place]], of[place]
        found[count] = place
        # Without branches: half of all go one way, and which cannot be foreseen.
        count += (
            (reach.least[series] <= stays.low)
            | (reach.most[series] >= stays.high)
            | (reach.latest_ns[series] >= stays.due_ns)
        )
    return count


@compiled
def _advance(stand: Stand, bounds: Bounds, runs: Runs, taken: Taken, steps: Steps) -> int:
    """Judge each reading of each run, and write the steps that are made; return how many they are."""
    depth, made = len(bounds.hold_ns) - 1, 0
    for run in range(len(runs.pair)):
        if run + _AHEAD < len(runs.pair):
            ahead = runs.pair[run + _AHEAD]
            fetch(stand.since_ns, ahead * depth)
            fetch(stand.level, ahead)
            fetch(stand.term, ahead)
        made = _follow(stand, bounds, (runs.pair[run], runs.first[run], runs.last[run]), taken, steps, made)
    return made


@compiled
def _follow(stand: Stand, bounds: Bounds, run: Run, taken: Taken, steps: Steps, made: int) -> int:
    """Judge the readings of one run; `made` is how many steps were made before, and is returned with its own."""
    pair, first, last = run
    term, level, depth = stand.term[pair], stand.level[pair], steps.since_ns.shape[1]
    since_ns = stand.since_ns[pair * depth : (pair + 1) * depth]
    before_ns, met, due_ns = NEVER_NS, 0, ENDLESS_NS
    for at in range(first, last + 1):
        reading = taken.value[at], taken.keeping[at], taken.time_ns[at], before_ns
        reached, stays, met, due_ns = _levels(bounds, term, since_ns, reading, _window(taken.windows, at))
        after = max(reached, min(stays, level))
        if after != level:
            steps.element[made], steps.pair[made], steps.before[made], steps.after[made] = at, pair, level, after
            for rank in range(depth):
                steps.since_ns[made, rank] = since_ns[rank]
            made += 1
        level, before_ns = after, taken.time_ns[at]
    stand.level[pair] = level
    place = term, met, level, 1 if taken.value[last] > bounds.middle[term] else 0
    calm = stand.calm[pair]
    calm.low, calm.high = bounds.steady_low[place], bounds.steady_high[place]
    # What is met or open ends with its window.
    calm.due_ns = min(due_ns, _window(taken.windows, last)[2]) if met > 0 or level > 0 else ENDLESS_NS
    return made


@compiled
def _levels(bounds: Bounds, term: int, since_ns: Ints, reading: Reading, window: Window) -> tuple[int, int, int, int]:
    """Return the level that is due at a reading, that which is kept, how many are met, and when the next is due.

    Since when levels are met is noted.
    """
    value, keeping, time_ns, before_ns = reading
    is_open, opened_ns, _ = window
    reached, stays, met, due_ns = 0, 0, 0, ENDLESS_NS
    if not is_open:
        since_ns[:] = NEVER_NS
        return reached, stays, met, due_ns
    for rank in range(len(since_ns)):
        if keeping > bounds.clear_high[rank, term] or keeping < bounds.clear_low[rank, term]:
            stays = rank + 1
        if not (value > bounds.high[rank, term] or value < bounds.low[rank, term]):
            since_ns[rank] = NEVER_NS
            continue
        met += 1
        # A window that opened in between begins anew.
        if since_ns[rank] == NEVER_NS or (since_ns[rank] if before_ns == NEVER_NS else before_ns) < opened_ns:
            since_ns[rank] = time_ns
        over_ns = since_ns[rank] + bounds.hold_ns[rank, term]
        if time_ns >= over_ns:
            reached = rank + 1
        else:
            due_ns = min(due_ns, over_ns)
    return reached, stays, met, due_ns


@compiled
def _window(windows: Windows, at: int) -> Window:
    """Return the window around a reading; all of time where no rule has a schedule."""
    if len(windows.open) == 0:
        return True, NEVER_NS, ENDLESS_NS
    return windows.open[at], windows.start_ns[at], windows.end_ns[at]


advance, leaving = _entries(made_of(alarms, gates, limits, moving, compiling, prefetch))
