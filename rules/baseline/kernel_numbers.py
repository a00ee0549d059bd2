"""The twenty-three numbers of a reading, and the means, spreads and habits that they are held against; compiled."""

from math import floor, sqrt

import numpy as np
from numpy.typing import NDArray

from city.clock import SECOND_NS
from rules.baseline.memory import (
    APART,
    BEFORE,
    DEPARTURES,
    DEPARTURES_AT,
    HABIT,
    HABITS,
    INTERVAL,
    KINDS,
    LEVEL,
    MEANS,
    ROOM,
    ROW,
    WINDOW,
    WINDOW_AT,
    Memory,
)
from rules.baseline.scoring import LEAST
from rules.compiled import compiled, unsigned

Floats = NDArray[np.float64]

_ROW_4, _ROW_8 = ROW // 4, ROW // 8

#: Where in the room are how far the values of a window are from the newest, and the squares of that.
APART_AT = 6 * ROOM
SQUARES_AT = APART_AT + KINDS * DEPARTURES
ROOM_SIZE = SQUARES_AT + KINDS * DEPARTURES

#: A pause longer than so many usual intervals begins all windows anew, as if what is usual had come meanwhile.
PAUSE = 24.0

#: The usual interval follows what passes between readings by so much of itself at most, so that it is near the median:
#: readings that are missing here and there do not stretch it. It is no less than half of the mean of all so far, or
#: those who send several at once would pause after each time.
FOLLOWS, OF_MEAN = 0.02, 0.5

#: A reading stands for the usual intervals since the one before, so many at most: what is learned is learned by time.
#: A quarter of the last one may lack, not more, or clocks that are off would look like readings that are missing.
STANDS_FOR, NEARLY = 4, 0.25

#: Memories are counted in readings five minutes apart; series that are slower forget by the reading.
FIVE_MINUTES_S = 300.0

#: Memories of the weighted means, in readings five minutes apart: three and a half days, one and a half, a week.
MEMORIES = (1000.0, 400.0, 2000.0)
MIDDLE, SHORT, LONG = 0, 1, 2

#: A cell forgets in fifty readings five minutes apart, some four days; one with ten readings is half believed.
STEP, DOUBT = 0.02, 10.0

#: A cell's own spread is no less than this share of that of the whole day, or quiet nights would cry wolf.
LEAST_SPREAD = 0.3

#: What an hour brings is known when so much of it was seen on such days: departures from what is not known yet are
#: large, and would make what comes later look small if they were remembered.
SEEN_S = 1800.0

#: A spread below this is none.
TINY = 1e-200

#: Counts beyond this change nothing.
ENOUGH = 60_000.0

#: Single precision holds no more than 3.4e38; what is larger than this is taken as this.
LARGEST = 1e30


@compiled
def paced(memory: Memory, row: int, span: tuple[int, int, int], count: int) -> tuple[float, int, bool, float]:
    """Return how much is learned from a reading, how many intervals it stands for, if it ends a pause, the interval.

    `span` is when the series began, when it spoke before, and now.
    """
    began_ns, before_ns, now_ns = span
    at = row * _ROW_8 + INTERVAL
    usual_s = memory.doubles[unsigned(at)]
    passed_s = (now_ns - before_ns) / SECOND_NS if count > 0 else 0.0
    mean_s = (before_ns - began_ns) / SECOND_NS / count if count > 0 else 0.0
    interval_s = max(max(usual_s, OF_MEAN * mean_s), 1e-9)
    most = max(FOLLOWS, 1.0 / max(count, 1)) * usual_s
    followed_s = usual_s + min(max(passed_s - usual_s, -most), most)
    memory.doubles[unsigned(at)] = passed_s if count == 1 else followed_s
    paused, slots = count >= LEAST and passed_s > PAUSE * interval_s, 1
    if count >= LEAST and not paused:
        slots = int(min(max(floor(passed_s / interval_s + NEARLY), 1.0), float(STANDS_FOR)))
    pace = min(max(interval_s / FIVE_MINUTES_S, 1 / FIVE_MINUTES_S), 1.0)
    return pace * slots, slots, paused, interval_s


@compiled
def expected(memory: Memory, row: int, hour: int, rest: int) -> tuple[float, float, float, float]:
    """Return what is usual at an hour, counted from the long level, and how far readings usually are from that.

    Both are told first of all days, and then of such days.
    """
    habits, at, apart = memory.singles, row * _ROW_4 + HABIT + hour * HABITS, row * _ROW_8 + APART
    of_day = np.float64(habits[unsigned(at + 6 + rest)])
    of_all = np.float64(habits[unsigned(at + 6)]) + np.float64(habits[unsigned(at + 7)])
    one, other = of_all / (of_all + DOUBT), of_day / (of_day + DOUBT)
    near = one * np.float64(habits[unsigned(at + 3)]) + (1 - one) * memory.doubles[unsigned(apart)]
    near_rest = other * np.float64(habits[unsigned(at + 4 + rest)]) + (1 - other) * memory.doubles[unsigned(apart + 1)]
    return one * np.float64(habits[unsigned(at)]), near, other * np.float64(habits[unsigned(at + 1 + rest)]), near_rest


@compiled
def is_known(memory: Memory, row: int, cell: tuple[int, int], interval_s: float) -> bool:
    """Return whether enough was seen of an hour, on days of rest or of work, to know what it brings."""
    count = memory.singles[unsigned(row * _ROW_4 + HABIT + cell[0] * HABITS + 6 + cell[1])]
    return bool(np.float64(count) * interval_s >= SEEN_S)


@compiled
def restart(memory: Memory, row: int, usual: float) -> None:
    """Fill all windows with what is usual: a pause by itself is nothing to report."""
    for at in range(BEFORE + WINDOW):
        memory.singles[unsigned(row * _ROW_4 + WINDOW_AT + at)] = usual
    for at in range(DEPARTURES * KINDS):
        memory.singles[unsigned(row * _ROW_4 + DEPARTURES_AT + at)] = 0.0


@compiled
def _sum_of(room: Floats, begin: int, end: int) -> float:
    """Return a sum, in four lanes."""
    a, b, c, d = 0.0, 0.0, 0.0, 0.0
    lanes = (end - begin) // 4 * 4
    for at in range(begin, begin + lanes, 4):
        a, b, c, d = a + room[at], b + room[at + 1], c + room[at + 2], d + room[at + 3]
    for at in range(begin + lanes, end):
        a += room[at]
    return (a + b) + (c + d)


@compiled
def of_level(memory: Memory, room: Floats, row: int, value: float, filled: int) -> None:
    """Put a value at the end of its window and work out the six departures of the level and the four spreads.

    Counted from the newest value, so that neither large numbers nor what has left the window leave a trace.
    """
    window, start, level = memory.singles, row * _ROW_4 + WINDOW_AT + BEFORE, row * _ROW_8 + LEVEL
    kept = np.float32(min(max(value, -LARGEST), LARGEST))
    newest = np.float64(kept)
    for place in range(WINDOW - 1):
        room[APART_AT + place] = np.float64(window[unsigned(start + place + 1)]) - newest
    for place in range(WINDOW - 1):
        window[unsigned(start + place)] = window[unsigned(start + place + 1)]
    window[unsigned(start + WINDOW - 1)] = kept
    room[APART_AT + WINDOW - 1] = 0.0
    for place in range(WINDOW - filled):
        room[APART_AT + place] = 0.0
    for place in range(WINDOW):
        room[SQUARES_AT + place] = room[APART_AT + place] * room[APART_AT + place]
    middle, short = memory.doubles[unsigned(level + MIDDLE)], memory.doubles[unsigned(level + SHORT)]
    total, squares = 0.0, 0.0
    edges = (50, 44, 38, 26, 2, 0)
    for stretch in range(5):
        begin, end = edges[stretch + 1], edges[stretch]
        total += _sum_of(room, APART_AT + begin, APART_AT + end)
        squares += _sum_of(room, SQUARES_AT + begin, SQUARES_AT + end)
        count = min(filled, WINDOW - begin)
        mean = total / count
        if stretch < 4:
            room[stretch] = abs(newest + mean - middle)
        if 0 < stretch < 3:
            room[3 + stretch] = abs(newest + mean - short)
        if stretch != 3:
            room[19 + min(stretch, 3)] = squares / count - mean * mean


@compiled
def in_shares(departure: float, apart: float, usual: float) -> float:
    """Return a departure in shares of the spread."""
    spread = apart + LEAST_SPREAD * usual
    return departure / spread if spread > TINY else 0.0


@compiled
def _sums(room: Floats, begin: int) -> tuple[float, float, float, float]:
    """Return the sums of half of four windows, which lie side by side."""
    a, b, c, d = 0.0, 0.0, 0.0, 0.0
    for at in range(begin, begin + DEPARTURES // 2 * KINDS, KINDS):
        a, b, c, d = a + room[at], b + room[at + 1], c + room[at + 2], d + room[at + 3]
    return a, b, c, d


@compiled
def of_seasons(memory: Memory, room: Floats, row: int, found: tuple[float, float, float, float], filled: int) -> None:
    """Work out five departures from the hour's mean, four in shares of the hour's spread, and four spreads of them."""
    window, start, half = memory.singles, row * _ROW_4 + DEPARTURES_AT, DEPARTURES // 2
    last = (DEPARTURES - 1) * KINDS
    for at in range(last):
        window[unsigned(start + at)] = window[unsigned(start + at + KINDS)]
    for kind in range(KINDS):
        window[unsigned(start + last + kind)] = min(max(found[kind], -LARGEST), LARGEST)
    for slot in range(DEPARTURES):
        for kind in range(KINDS):
            newest = np.float64(window[unsigned(start + last + kind)])
            room[APART_AT + slot * KINDS + kind] = np.float64(window[unsigned(start + slot * KINDS + kind)]) - newest
    for at in range((DEPARTURES - filled) * KINDS):
        room[APART_AT + at] = 0.0
    for at in range(DEPARTURES * KINDS):
        room[SQUARES_AT + at] = room[APART_AT + at] * room[APART_AT + at]
    short, long = min(filled, half), min(filled, DEPARTURES)
    late, early = _sums(room, APART_AT + half * KINDS), _sums(room, APART_AT)
    late_squares, early_squares = _sums(room, SQUARES_AT + half * KINDS), _sums(room, SQUARES_AT)
    for kind in range(KINDS):
        newest = np.float64(window[unsigned(start + last + kind)])
        mean_short, mean_long = late[kind] / short, (late[kind] + early[kind]) / long
        first = 6 + kind if kind < 2 else 9 + kind
        room[first], room[first + 2] = abs(newest + mean_short), abs(newest + mean_long)
        if kind % 2 == 1:
            squares = late_squares[kind]
            room[14 + kind] = squares / short - mean_short * mean_short
            squares += early_squares[kind]
            room[15 + kind] = squares / long - mean_long * mean_long
    room[10] = abs(found[1])
    for number in range(15, 23):
        room[number] = sqrt(max(room[number], 0.0))


@compiled
def learn_habits(memory: Memory, row: int, cell: tuple[int, int], seen: tuple[float, float, float, float]) -> None:
    """Move an hour's habits towards what was read: of all days, and of days of rest or of work.

    `cell` is the hour and whether it is a day of rest; `seen` how far above the level, from what was usual on all days
    and on such days, and the pace.
    """
    habits, at = memory.singles, row * _ROW_4 + HABIT + cell[0] * HABITS
    of_day = np.float64(habits[unsigned(at + 6 + cell[1])]) + 1
    of_all = np.float64(habits[unsigned(at + 6)]) + np.float64(habits[unsigned(at + 7)]) + 1
    _learn_habit(habits, at, (seen[0], seen[1], max(STEP * seen[3], 1.0 / of_all)))
    _learn_habit(habits, at + 1 + cell[1], (seen[0], seen[2], max(STEP * seen[3], 1.0 / of_day)))
    habits[unsigned(at + 6 + cell[1])] = min(of_day, ENOUGH)


@compiled
def _learn_habit(habits: NDArray[np.float32], at: int, seen: tuple[float, float, float]) -> None:
    above, departure, step = seen
    was, was_apart = np.float64(habits[unsigned(at)]), np.float64(habits[unsigned(at + 3)])
    habits[unsigned(at)] = was + step * (above - was)
    habits[unsigned(at + 3)] = was_apart + step * (abs(departure) - was_apart)


@compiled
def learn_level(memory: Memory, row: int, seen: tuple[float, float, float, float], count: int) -> None:
    """Move the means towards a value, and the spreads towards its two departures; the fourth is the pace."""
    apart, level, first = row * _ROW_8 + APART, row * _ROW_8 + LEVEL, 1.0 / (count + 1)
    for view in range(2):
        was = memory.doubles[unsigned(apart + view)]
        memory.doubles[unsigned(apart + view)] = was + max(seen[3] / MEMORIES[LONG], first) * (
            abs(seen[1 + view]) - was
        )
    for mean in range(MEANS):
        was = memory.doubles[unsigned(level + mean)]
        memory.doubles[unsigned(level + mean)] = was + max(seen[3] / MEMORIES[mean], first) * (seen[0] - was)
