"""Scores readings and learns them, one after the other, compiled: each with its series' memory all at once."""

from collections.abc import Callable
from math import nan, sqrt

import numpy as np
from numpy.typing import NDArray

from rules import compiled as compiling
from rules import prefetch
from rules.baseline import kernel_numbers, kernel_ranks, kernel_stage, memory, scale, scoring
from rules.baseline.kernel_numbers import (
    LONG,
    ROOM_SIZE,
    expected,
    in_shares,
    is_known,
    learn_habits,
    learn_level,
    of_level,
    of_seasons,
    paced,
    restart,
)
from rules.baseline.kernel_ranks import RANKED, place_all, rank_all, settle
from rules.baseline.kernel_stage import Stands, stage_all
from rules.baseline.memory import (
    APART,
    BEGAN,
    COUNT,
    HABIT,
    HABITS,
    LEVEL,
    NUMBERS,
    ORIGIN,
    ROOM,
    ROW,
    SCORE,
    TIME,
    WINDOW_AT,
    Memory,
    memory_of,
)
from rules.baseline.scale import WEIGHT
from rules.baseline.scoring import FAMILIES, FARTHEST, LEAST, RARE, Readings, Scored, blank
from rules.baseline.stage import Staged
from rules.compiled import compiled, kept, made_of, unsigned, whole
from rules.prefetch import doubles, fetch, wholes
from rules.table import StateTable

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Places = NDArray[np.int32]

#: A row in values of four bytes and of eight.
_ROW_4, _ROW_8 = ROW // 4, ROW // 8

#: So many readings before it is needed, a series' memory is asked for.
_AHEAD = 4

#: Room for the numbers of a reading and what is made of them, and for the bins of two.
_room, _spots = doubles(ROOM_SIZE), wholes(2 * ROOM)

_FAMILIES = tuple(FAMILIES.values())
_MOST_COUNTED = int(np.iinfo(np.int32).max)


def learner(table: StateTable) -> Callable[[Readings, Scored], None]:
    """Return what scores and learns readings and writes what it finds at each; what it remembers is in the table.

    Compiles all, unless an earlier start kept it.
    """
    rows = memory_of(table)

    def learn(readings: Readings, scored: Scored) -> None:
        push(rows, readings, scored)

    nothing = np.zeros(0, np.int64)
    learn(Readings(nothing, np.zeros(0), nothing, nothing, nothing), blank(0))
    return learn


def stager(table: StateTable, limits: tuple[Floats, Floats]) -> Callable[[Ints, Floats, Ints, Staged], None]:
    """Return what takes scores and writes what levels are reached and kept by; what it remembers is in the table.

    `limits` is where an alarm of each row is raised, and where it is left. Compiles all, as `learner` does.
    """
    stands = Stands(table["habit"], table["peak"], table["raised"], *limits)

    def judge(rows: Ints, score: Floats, slots: Ints, staged: Staged) -> None:
        stage(stands, rows, score, slots, staged)

    nothing = np.zeros(0, np.int64)
    judge(nothing, np.zeros(0), nothing, Staged(np.zeros(0), np.zeros(0)))
    return judge


def _entries(files: int) -> tuple[Callable[[Memory, Readings, Scored], int], Callable[..., int]]:
    """Return the two passes; `files` tells whether others have changed that were compiled into them."""

    def push(rows: Memory, readings: Readings, scored: Scored) -> int:
        _learn(rows, readings, scored)
        return files

    def stage(stands: Stands, rows: Ints, score: Floats, slots: Ints, staged: Staged) -> int:
        stage_all(stands, rows, score, slots, staged)
        return files

    return kept(push), kept(stage)


@compiled
def _learn(rows: Memory, readings: Readings, scored: Scored) -> None:
    """Score readings and learn them, one after the other.

    The numbers of a reading are worked out before the one ahead is ranked, if that is another series': what its ranks
    need from memory comes meanwhile.
    """
    row_of, hour, room, spots = readings.row, readings.hour, _room(), _spots()
    worked_out, ranked = 0, 0
    while ranked < len(row_of):
        ahead = worked_out - ranked
        if worked_out < len(row_of) and (ahead == 0 or (ahead == 1 and row_of[worked_out] != row_of[ranked])):
            next_one = worked_out + _AHEAD
            if next_one < len(row_of) and row_of[next_one] != row_of[next_one - 1]:
                _fetch_row(rows, row_of[next_one], hour[next_one])
            _work_out(rows, readings, scored, room, spots, worked_out)
            worked_out += 1
        else:
            _rank(rows, readings, scored, room, spots, ranked)
            ranked += 1


@compiled
def _work_out(rows: Memory, readings: Readings, scored: Scored, room: Floats, spots: Places, place: int) -> None:
    """Work out the numbers of a reading, and where in their ranks they are."""
    row_of, value_of, now_of, hour_of, rest_of = readings
    row, at_ns, hour, rest = (
        row_of[unsigned(place)],
        now_of[unsigned(place)],
        hour_of[unsigned(place)],
        rest_of[unsigned(place)],
    )
    base = row * _ROW_8
    count = whole(rows.wholes[unsigned(row * _ROW_4 + COUNT)])
    if count == 0:
        rows.doubles[unsigned(base + ORIGIN)], rows.moments[unsigned(base + BEGAN)] = value_of[unsigned(place)], at_ns
    origin, began_ns = rows.doubles[unsigned(base + ORIGIN)], rows.moments[unsigned(base + BEGAN)]
    value = min(max(value_of[unsigned(place)] - origin, -FARTHEST), FARTHEST)
    pace, slots, paused, interval_s = paced(rows, row, (began_ns, rows.moments[unsigned(base + TIME)], at_ns), count)
    one, near, other, near_rest = expected(rows, row, hour, rest)
    level = rows.doubles[unsigned(base + LEVEL + LONG)]
    above = value - level
    if paused:
        restart(rows, row, level + other)
    of_level(rows, room, row, value, count + 1)
    share = in_shares(above - one, near, rows.doubles[unsigned(base + APART)])
    share_rest = in_shares(above - other, near_rest, rows.doubles[unsigned(base + APART + 1)])
    of_seasons(rows, room, row, (above - one, above - other, share, share_rest), count + 1)
    place_all(rows, row, room, spots, (place & 1) * ROOM)
    spots[unsigned((place & 1) * ROOM + NUMBERS)] = 1 if is_known(rows, row, (hour, rest), interval_s) else 0
    scored.expected[unsigned(place)], scored.spread[unsigned(place)] = level + other + origin, near_rest
    scored.readings[unsigned(place)], scored.began_ns[unsigned(place)], scored.slots[unsigned(place)] = (
        count,
        began_ns,
        slots,
    )
    learn_habits(rows, row, (hour, rest), (above, above - one, above - other, pace))
    learn_level(rows, row, (value, above - one, above - other, pace), count)
    rows.wholes[unsigned(row * _ROW_4 + COUNT)] = min(count + 1, _MOST_COUNTED)
    rows.moments[unsigned(base + TIME)] = at_ns


@compiled
def _rank(rows: Memory, readings: Readings, scored: Scored, room: Floats, spots: Places, place: int) -> None:
    """Rank the numbers of a reading and remember them."""
    row, count = readings.row[unsigned(place)], scored.readings[unsigned(place)]
    before = unsigned(row * _ROW_4 + SCORE)
    weight = scored.slots[unsigned(place)] * (WEIGHT // 2 if rows.singles[before] > RARE else WEIGHT)
    total = rank_all(rows, row, room, spots, (place & 1) * ROOM, weight)
    score = _together(room, scored.families, place)
    settle(rows, row, count + 1, total)
    scored.score[unsigned(place)] = score if count >= LEAST else nan
    rows.singles[before] = score


@compiled
def _fetch_row(rows: Memory, row: int, hour: int) -> None:
    """Ask for what is read of a series, but for the ranks: which of their bins is not known before."""
    base = row * _ROW_4
    for at in range(base, base + HABIT, 16):
        fetch(rows.singles, at)
    fetch(rows.singles, base + HABIT + hour * HABITS)
    for at in range(base + WINDOW_AT, base + _ROW_4, 16):
        fetch(rows.singles, at)


@compiled
def _together(room: Floats, families: Floats, place: int) -> float:
    """Return the score, and write what each family says.

    A family speaks by the root mean square of its numbers, all of them by the mean of fourth powers: several families
    must agree, or one be very sure.
    """
    begin, fourth = RANKED, 0.0
    for family in range(5):
        count = _FAMILIES[family]
        squares = 0.0
        for number in range(begin, begin + count):
            squares += room[number] * room[number]
        squares /= count
        families[unsigned(place), family] = sqrt(squares)
        fourth += squares * squares
        begin += count
    return sqrt(sqrt(fourth / 5))


push, stage = _entries(made_of(compiling, prefetch, kernel_numbers, kernel_ranks, kernel_stage, memory, scale, scoring))
