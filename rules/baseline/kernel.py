"""A baseline's numbers and memories once more, one reading after the other, to be compiled by numba.

Every operation is the one that the columns do, in their order, so that scores and state are the same bit by bit
(`tests/unit/rules/test_baseline_kernel.py`): series may go from one to the other at any reading. What the numbers mean
is told beside the columns.
"""

from collections.abc import Callable
from inspect import getsource
from math import floor, nan, sqrt
from typing import NamedTuple
from zlib import crc32

import numpy as np
from numba import njit
from numpy.typing import NDArray

from city.clock import SECOND_NS
from rules.baseline import kernel_ranks, kernel_sums, levels, prefetch, rarity, scale, scoring, seasons, windows
from rules.baseline.kernel_ranks import (
    OPTIONS,
    ROOM,
    Bins,
    Firsts,
    Words,
    compiled,
    place_all,
    rank_all,
    settle,
    total_of,
    whole,
)
from rules.baseline.kernel_sums import sum_of
from rules.baseline.levels import LONG, MEMORIES, MIDDLE, SHORT
from rules.baseline.prefetch import fetch
from rules.baseline.scale import BINS, SUMS, WEIGHT
from rules.baseline.scoring import (
    FAMILIES,
    FARTHEST,
    FIVE_MINUTES_S,
    FOLLOWS,
    LEAST,
    NEARLY,
    NUMBERS,
    OF_MEAN,
    PAUSE,
    RARE,
    STANDS_FOR,
    Readings,
    Scored,
    blank,
)
from rules.baseline.seasons import CELLS, DOUBT, ENOUGH, HOURS, LEAST_SPREAD, STEP, TINY
from rules.baseline.windows import LARGEST
from rules.table import Array, StateTable

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Singles = NDArray[np.float32]

Counts = NDArray[np.uint16]

#: Values of a series' window, its windows of departures, the values of each of those, and its means.
_WINDOW, _KINDS, _DEPARTURES, _MEANS = 50, 4, 24, len(MEMORIES)

#: Where in the room are how rare a reading's numbers are, the departures of a window from its newest value, and their
#: squares.
_RARE, _APART = kernel_ranks.RANKED, 6 * ROOM
_SQUARES = _APART + _WINDOW

_FAMILIES = tuple(FAMILIES.values())
_MOST_COUNTED = int(np.iinfo(np.int32).max)


class State(NamedTuple):
    """The columns of a detector's table, and the ranks of its numbers, each as one line."""

    seen: NDArray[np.int32]
    began_ns: Ints
    time_ns: Ints
    interval_s: Floats
    origin: Floats
    score: Singles
    level: Floats
    apart: Floats
    window: Singles
    departures: Singles
    usual: Singles
    usual_apart: Singles
    cell_count: Counts
    first_bin: Firsts
    bins: Bins
    words: Words
    sums: Bins
    sum_words: Words


def learner(table: StateTable, sums: NDArray[np.uint16]) -> Callable[[Readings, Scored], None]:
    """Return what scores and learns readings and writes what it finds at each.

    What is remembered is written in the table and the sums. Compiles all, unless an earlier start kept it.
    """
    names = {"seen": "count"} | {name: name for name in State._fields if name in table.columns}
    lines: dict[str, Array] = {name: table[column].reshape(-1) for name, column in names.items()}
    lines |= {"words": lines["bins"].view(np.uint64), "sums": sums.reshape(-1)}
    lines["sum_words"] = lines["sums"].view(np.uint64)
    state, room = State(*(lines[name] for name in State._fields)), np.zeros(_SQUARES + _WINDOW)
    kept = np.zeros(2 * ROOM, np.int64)

    def learn(readings: Readings, scored: Scored) -> None:
        push(state, readings, scored, room, kept)

    nothing = np.zeros(0, np.int64)
    learn(Readings(nothing, np.zeros(0), nothing, nothing, nothing), blank(0))
    return learn


def _entry(made_of: int) -> Callable[[State, Readings, Scored, Floats, Ints], int]:
    """Return the compiled pass, kept on disk for the next start where that can be.

    It is found again by the date of this file, and by `made_of`, which tells whether other files have changed whose
    constants were compiled into it.
    """

    def push(state: State, readings: Readings, scored: Scored, room: Floats, kept: Ints) -> int:
        _learn(state, readings, scored, room, kept)
        return made_of

    try:
        kept: Callable[[State, Readings, Scored, Floats, Ints], int] = njit(**OPTIONS, cache=True)(push)
    except RuntimeError:  # neither beside the source nor at home may anything be written: compiled at each start
        kept = njit(**OPTIONS)(push)
    return kept


@compiled
def _learn(state: State, readings: Readings, scored: Scored, room: Floats, kept: Ints) -> None:
    """Score readings and learn them, one after the other.

    The numbers of a reading are worked out before the one ahead is ranked, if that is another series': what its ranks
    need from memory comes meanwhile.
    """
    row_of, hour, rest = readings.row, readings.hour, readings.rest
    worked_out, ranked = 0, 0
    while ranked < len(row_of):
        ahead = worked_out - ranked
        if worked_out < len(row_of) and (ahead == 0 or (ahead == 1 and row_of[worked_out] != row_of[ranked])):
            next_one = worked_out + 1
            if next_one < len(row_of) and row_of[next_one] != row_of[worked_out]:
                _fetch_row(state, row_of[next_one], hour[next_one], rest[next_one])
            _work_out(state, readings, scored, room, kept, worked_out)
            worked_out += 1
        else:
            _rank(state, readings, scored, room, kept, ranked)
            ranked += 1


@compiled
def _work_out(state: State, readings: Readings, scored: Scored, room: Floats, kept: Ints, place: int) -> None:
    """Work out the numbers of a reading, and where in their ranks they are."""
    count_of, began_of, time_of, interval_s, origin, _, level, apart = state[:8]
    window, departures, usual, usual_apart, cell_count, first_bin, bins = state[8:15]
    row_of, value_of, now_of, hour, rest = readings
    _, _, expected_of, spread_of, readings_of, since_of, slots_of = scored
    row, at_ns = row_of[place], now_of[place]
    count = whole(count_of[row])
    if count == 0:
        origin[row], began_of[row] = value_of[place], at_ns
    value = min(max(value_of[place] - origin[row], -FARTHEST), FARTHEST)
    pace, slots, paused = _paced(interval_s, time_of[row], began_of[row], row, at_ns, count)
    cell, of_rest = row * CELLS + hour[place], row * CELLS + HOURS * (1 + rest[place]) + hour[place]
    one, near = _expected(usual, usual_apart, cell_count, cell, apart[2 * row])
    other, near_rest = _expected(usual, usual_apart, cell_count, of_rest, apart[2 * row + 1])
    above = value - level[row * _MEANS + LONG]
    expected = level[row * _MEANS + LONG] + other
    if paused:
        _restart(window, departures, row, expected)
    _of_level(window, level, room, row, value, count + 1)
    share = _in_shares(above - one, near, apart[2 * row])
    share_rest = _in_shares(above - other, near_rest, apart[2 * row + 1])
    _of_seasons(departures, room, row, (above - one, above - other, share, share_rest), count + 1)
    mine = (place & 1) * ROOM
    place_all(first_bin, bins, row * NUMBERS, room, kept, mine)
    expected_of[place], spread_of[place] = expected + origin[row], near_rest
    readings_of[place], since_of[place], slots_of[place] = count, began_of[row], slots
    _learn_cell(usual, usual_apart, cell_count, cell, (above, above - one, pace))
    _learn_cell(usual, usual_apart, cell_count, of_rest, (above, above - other, pace))
    _learn_level(level, apart, row, (value, above - one, above - other, pace), count)
    count_of[row], time_of[row] = min(count + 1, _MOST_COUNTED), at_ns


@compiled
def _rank(state: State, readings: Readings, scored: Scored, room: Floats, kept: Ints, place: int) -> None:
    """Rank the numbers of a reading and remember them."""
    first_bin, bins, words, sums, sum_words = state[13:]
    row, count = readings.row[place], scored.readings[place]
    weight = scored.slots[place] * (WEIGHT // 2 if state.score[row] > RARE else WEIGHT)
    rank_all(bins, words, sums, sum_words, row * NUMBERS, room, kept, (place & 1) * ROOM, weight)
    score = _together(room, scored.families, place)
    ends = row * NUMBERS, (row + 1) * NUMBERS
    settle(first_bin, bins, sums, ends, count + 1, total_of(sum_words, ends[0]))
    scored.score[place] = score if count >= LEAST else nan
    state.score[row] = score


@compiled
def _fetch_row(state: State, row: int, hour: int, rest: int) -> None:
    """Ask for what is read of a series, all its ranks among it: which of their bins is not known before."""
    fetch(state.seen, row)
    fetch(state.began_ns, row)
    fetch(state.time_ns, row)
    fetch(state.interval_s, row)
    fetch(state.origin, row)
    fetch(state.score, row)
    fetch(state.level, row * _MEANS)
    fetch(state.apart, row * 2)
    for at in range(row * _WINDOW, (row + 1) * _WINDOW, 16):
        fetch(state.window, at)
    for at in range(row * _KINDS * _DEPARTURES, (row + 1) * _KINDS * _DEPARTURES, 16):
        fetch(state.departures, at)
    for cell in (row * CELLS + hour, row * CELLS + HOURS * (1 + rest) + hour):
        fetch(state.usual, cell)
        fetch(state.usual_apart, cell)
        fetch(state.cell_count, cell)
    fetch(state.first_bin, row * NUMBERS)
    for at in range(row * NUMBERS * SUMS, (row + 1) * NUMBERS * SUMS, 32):
        fetch(state.sums, at)
    for at in range(row * NUMBERS * BINS, (row + 1) * NUMBERS * BINS, 32):
        fetch(state.bins, at)


@compiled
def _paced(
    interval_of: Floats, before_ns: int, began_ns: int, row: int, at_ns: int, count: int
) -> tuple[float, int, bool]:
    """Return how much is learned from a reading, for how many intervals it stands, and whether it ends a pause."""
    usual_s = interval_of[row]
    passed_s = (at_ns - before_ns) / SECOND_NS if count > 0 else 0.0
    mean_s = (before_ns - began_ns) / SECOND_NS / count if count > 0 else 0.0
    interval_s = max(max(usual_s, OF_MEAN * mean_s), 1e-9)
    most = max(FOLLOWS, 1.0 / max(count, 1)) * usual_s
    followed_s = usual_s + min(max(passed_s - usual_s, -most), most)
    interval_of[row] = passed_s if count == 1 else followed_s
    paused, slots = count >= LEAST and passed_s > PAUSE * interval_s, 1
    if count >= LEAST and not paused:
        slots = int(min(max(floor(passed_s / interval_s + NEARLY), 1.0), float(STANDS_FOR)))
    pace = min(max(interval_s / FIVE_MINUTES_S, 1 / FIVE_MINUTES_S), 1.0)
    return pace * slots, slots, paused


@compiled
def _expected(usual: Singles, usual_apart: Singles, counts: Counts, cell: int, apart: float) -> tuple[float, float]:
    """Return what is usual in a cell, counted from the long level, and how far readings usually are from that."""
    count = np.float64(counts[cell])
    believed = count / (count + DOUBT)
    return believed * np.float64(usual[cell]), believed * np.float64(usual_apart[cell]) + (1 - believed) * apart


@compiled
def _restart(window: Singles, departures: Singles, row: int, expected: float) -> None:
    """Fill all windows with what is usual."""
    for at in range(row * _WINDOW, (row + 1) * _WINDOW):
        window[at] = expected
    for at in range(row * _KINDS * _DEPARTURES, (row + 1) * _KINDS * _DEPARTURES):
        departures[at] = 0.0


@compiled
def _push(values: Singles, room: Floats, start: int, size: int, value: float, filled: int) -> float:
    """Put a value at the end of a window, whose oldest goes, and return it as it is kept.

    How far the others are from it, and the squares of that, are in the room; only `filled` came so far.
    """
    behind = start + size
    for at in range(start, behind - 1):
        values[at] = values[at + 1]
    values[behind - 1] = min(max(value, -LARGEST), LARGEST)
    newest = np.float64(values[behind - 1])
    for place in range(size):
        room[_APART + place] = np.float64(values[start + place]) - newest
    for place in range(size - filled):
        room[_APART + place] = 0.0
    for place in range(size):
        room[_SQUARES + place] = room[_APART + place] * room[_APART + place]
    return newest


@compiled
def _of_level(window: Singles, level: Floats, room: Floats, row: int, value: float, filled: int) -> None:
    """Work out the six departures of the level and the four spreads."""
    newest = _push(window, room, row * _WINDOW, _WINDOW, value, filled)
    middle, short = level[row * _MEANS + MIDDLE], level[row * _MEANS + SHORT]
    total, squares = 0.0, 0.0
    edges = (50, 44, 38, 26, 2, 0)
    for stretch in range(5):
        begin, end = edges[stretch + 1], edges[stretch]
        total += sum_of(room, _APART + begin, _APART + end)
        squares += sum_of(room, _SQUARES + begin, _SQUARES + end)
        count = min(filled, _WINDOW - begin)
        mean = total / count
        if stretch < 4:
            room[stretch] = abs(newest + mean - middle)
        if 0 < stretch < 3:
            room[3 + stretch] = abs(newest + mean - short)
        if stretch != 3:
            room[19 + min(stretch, 3)] = sqrt(max(squares / count - mean * mean, 0.0))


@compiled
def _in_shares(departure: float, apart: float, usual: float) -> float:
    """Return a departure in shares of the spread."""
    spread = apart + LEAST_SPREAD * usual
    return departure / spread if spread > TINY else 0.0


@compiled
def _of_seasons(
    departures: Singles, room: Floats, row: int, found: tuple[float, float, float, float], filled: int
) -> None:
    """Work out five departures from the hour's mean, four in shares of the hour's spread, and four spreads of them."""
    half = _DEPARTURES // 2
    short, long = min(filled, half), min(filled, _DEPARTURES)
    for kind in range(_KINDS):
        newest = _push(departures, room, (row * _KINDS + kind) * _DEPARTURES, _DEPARTURES, found[kind], filled)
        total = sum_of(room, _APART + half, _APART + _DEPARTURES)
        mean_short = total / short
        mean_long = (total + sum_of(room, _APART, _APART + half)) / long
        first = 6 + kind if kind < 2 else 9 + kind
        room[first], room[first + 2] = abs(newest + mean_short), abs(newest + mean_long)
        if kind % 2 == 1:
            squares = sum_of(room, _SQUARES + half, _SQUARES + _DEPARTURES)
            room[14 + kind] = sqrt(max(squares / short - mean_short * mean_short, 0.0))
            squares += sum_of(room, _SQUARES, _SQUARES + half)
            room[15 + kind] = sqrt(max(squares / long - mean_long * mean_long, 0.0))
    room[10] = abs(found[1])


@compiled
def _together(room: Floats, families: Floats, place: int) -> float:
    """Return the score, and write what each family says."""
    begin, fourth = _RARE, 0.0
    for family in range(5):
        count = _FAMILIES[family]
        squares = 0.0
        for number in range(begin, begin + count):
            squares += room[number] * room[number]
        squares /= count
        families[place, family] = sqrt(squares)
        fourth += squares * squares
        begin += count
    return sqrt(sqrt(fourth / 5))


@compiled
def _learn_cell(
    usual: Singles, usual_apart: Singles, counts: Counts, cell: int, seen: tuple[float, float, float]
) -> None:
    """Move a cell towards what was read: how far above the level, and from what was usual; the third is the pace."""
    count = np.float64(counts[cell]) + 1
    step = max(STEP * seen[2], 1.0 / count)
    was, was_apart = np.float64(usual[cell]), np.float64(usual_apart[cell])
    usual[cell] = was + step * (seen[0] - was)
    usual_apart[cell] = was_apart + step * (abs(seen[1]) - was_apart)
    counts[cell] = min(count, float(ENOUGH))


@compiled
def _learn_level(level: Floats, apart: Floats, row: int, seen: tuple[float, float, float, float], count: int) -> None:
    """Move the means towards a value, and the spreads towards its two departures; the fourth is the pace."""
    for view in range(2):
        was = apart[2 * row + view]
        apart[2 * row + view] = was + max(seen[3] / MEMORIES[LONG], 1.0 / (count + 1)) * (abs(seen[1 + view]) - was)
    for mean in range(_MEANS):
        was = level[row * _MEANS + mean]
        level[row * _MEANS + mean] = was + max(seen[3] / MEMORIES[mean], 1.0 / (count + 1)) * (seen[0] - was)


_MADE_OF = (kernel_ranks, kernel_sums, levels, prefetch, rarity, scale, scoring, seasons, windows)
push = _entry(crc32("".join(getsource(one) for one in _MADE_OF).encode()))
