"""How rare numbers are among all that came before, by histograms on a logarithmic scale that slowly forget; compiled.

Each reading is ranked first and remembered after. Nothing is assumed about how the numbers are spread, so series of
every shape are scored alike: -log10 of the share of past numbers that were as large.
"""

from math import floor, log10

import numpy as np
from numpy.typing import NDArray

from rules.baseline.memory import BINS_AT, FIRST_BIN, NUMBERS, ROOM, ROW, SUMS, Memory
from rules.baseline.scale import (
    ADDS,
    BEHIND,
    BINS,
    BLOCK,
    BLOCK_BITS,
    BLOCKS,
    FIRST_LOOK,
    HALF_A_BIN,
    LANES,
    LEAST_NUMBER,
    LEAST_SLOPE,
    MEMORY,
    MIDDLE,
    MOST,
    NOWHERE,
    OCTAVE,
    THIRD,
    THIRTIETH,
    TOP,
    WEIGHT,
)
from rules.compiled import compiled, log2, unsigned, whole
from rules.prefetch import fetch

Floats = NDArray[np.float64]
Places = NDArray[np.int32]

#: A row in values of two bytes, and in words of eight.
_ROW_2, _ROW_8 = ROW // 2, ROW // 8

#: Where in the room of a reading are, of each number, how rare it is, what lies above it, what all its bins hold, and
#: how far into its bin it is. The numbers themselves come first.
RANKED, ABOVE, TOTAL, WITHIN = ROOM, 2 * ROOM, 3 * ROOM, 4 * ROOM

#: The bin of 0: below all others.
_NONE = -(1 << 20)

#: Numbers that are departures from what the hour brings: remembered only where that is known.
_OF_HOUR, _BEHIND = 6, 15

_DECADE = log10(2.0)


@compiled
def _bin_at(row: int, number: int, bin_: int) -> np.uint64:
    """Return where a bin is among the values of two bytes."""
    return unsigned(row * _ROW_2 + BINS_AT + ((bin_ >> BLOCK_BITS) * NUMBERS + number) * BLOCK + (bin_ & (BLOCK - 1)))


@compiled
def _sum_at(row: int, number: int, block: int) -> np.uint64:
    """Return where the sum of a block of bins is."""
    return unsigned(row * _ROW_2 + SUMS + block * ROOM + number)


@compiled
def place_all(memory: Memory, row: int, room: Floats, spots: Places, mine: int) -> None:
    """Write the bin of each number, and how far into it; the first one that is not 0 says where its bins lie.

    They are written from `mine` on, since another reading's may still have to be ranked. Loops without branches:
    several numbers are done at once.
    """
    first_bin, first = memory.halves, row * _ROW_2 + FIRST_BIN
    for number in range(ROOM):
        given = room[number]
        place = OCTAVE * log2(max(given, LEAST_NUMBER)) + HALF_A_BIN
        below = floor(place)
        spots[unsigned(mine + number)] = np.int32(below) if given >= LEAST_NUMBER else np.int32(_NONE)
        room[unsigned(WITHIN + mine + number)] = place - below
    fresh = 0
    for number in range(NUMBERS):
        fresh += int(first_bin[unsigned(first + number)] == NOWHERE)
    if fresh > 0:
        for number in range(NUMBERS):
            at = unsigned(first + number)
            if first_bin[at] == NOWHERE and spots[unsigned(mine + number)] != _NONE:
                first_bin[at] = spots[unsigned(mine + number)] - MIDDLE
    for number in range(ROOM):
        bin_ = spots[unsigned(mine + number)] - np.int32(first_bin[unsigned(first + number)])
        within = room[unsigned(WITHIN + mine + number)]
        within = 0.0 if bin_ <= 0 else within
        room[unsigned(WITHIN + mine + number)] = 1.0 if bin_ >= BINS else within
        spots[unsigned(mine + number)] = min(max(bin_, np.int32(0)), np.int32(BINS - 1))
    for number in range(NUMBERS):
        bin_ = whole(spots[unsigned(mine + number)])
        fetch(memory.counts, _bin_at(row, number, bin_))


@compiled
def rank_all(memory: Memory, row: int, room: Floats, spots: Places, mine: int, weight: int) -> int:
    """Write how rare numbers are that were placed, remember them as `weight`; return what the bins of the first hold.

    Behind the bins of the numbers is whether it is known what the hour brings.
    """
    counts, of_hour = memory.counts, weight * whole(spots[unsigned(mine + NUMBERS)])
    for number in range(ROOM):
        total, behind, block = np.int32(0), np.int32(0), spots[unsigned(mine + number)] >> BLOCK_BITS
        for one in range(BLOCKS):
            of_block = np.int32(counts[_sum_at(row, number, one)])
            total += of_block
            behind += of_block if one > block else np.int32(0)
        room[TOTAL + number], room[ABOVE + number], room[RANKED + number] = total, behind, 0.0
    for number in range(NUMBERS):
        own_weight = of_hour if _OF_HOUR <= number < _BEHIND else weight
        _count(memory, row, room, (number, whole(spots[unsigned(mine + number)]), mine, own_weight))
    for number in range(ROOM):
        rare = _DECADE * log2(max(room[TOTAL + number], 1.0) / max(room[ABOVE + number], float(THIRD)))
        room[RANKED + number] = min(max(rare + room[RANKED + number], 0.0), MOST)
    return int(room[TOTAL]) + weight


@compiled
def _count(memory: Memory, row: int, room: Floats, seen: tuple[int, int, int, int]) -> None:
    """Add what lies above a number in its block to what lies above that, and remember the number in its bin.

    `seen` are the number, its bin, the room it has, and the weight that is added.
    """
    number, bin_, mine, weight = seen
    words, counts, inside = memory.words, memory.counts, unsigned(bin_ & (BLOCK - 1))
    at = _bin_at(row, number, bin_)
    word = row * _ROW_8 + BINS_AT // LANES + ((bin_ >> BLOCK_BITS) * NUMBERS + number) * (BLOCK // LANES)
    lanes = (words[unsigned(word)] & BEHIND[inside, 0]) + (words[unsigned(word + 1)] & BEHIND[inside, 1])
    lanes += (words[unsigned(word + 2)] & BEHIND[inside, 2]) + (words[unsigned(word + 3)] & BEHIND[inside, 3])
    own, within = whole(counts[at]), room[unsigned(WITHIN + mine + number)]
    above = room[ABOVE + number] + float(whole((lanes * ADDS) >> TOP)) + own * (1.0 - within)
    room[ABOVE + number] = above
    if above < THIRD:
        enough = room[TOTAL + number] >= THIRTIETH
        room[RANKED + number] = _beyond(memory, row, number, bin_ + within) if enough else -2.0 * MOST
    counts[at] = own + weight
    counts[_sum_at(row, number, bin_ >> BLOCK_BITS)] += weight


@compiled
def _beyond(memory: Memory, row: int, number: int, place: float) -> float:
    """Return by how many decades a number is beyond the third largest; from there to the thirtieth is one."""
    block, passed = _block_of(memory, row, number, THIRD, (BLOCKS - 1, 0))
    third = _place_in(memory, _bin_at(row, number, block * BLOCK), THIRD, block, passed)
    block, passed = _block_of(memory, row, number, THIRTIETH, (block, passed))
    thirtieth = _place_in(memory, _bin_at(row, number, block * BLOCK), THIRTIETH, block, passed)
    return max(place - third, 0.0) / max(third - thirtieth, LEAST_SLOPE)


@compiled
def _block_of(memory: Memory, row: int, number: int, weight: int, start: tuple[int, int]) -> tuple[int, int]:
    """Return in which block there is so much from above, and what lies above that; `start` is an earlier answer."""
    block, passed = start
    own = whole(memory.counts[_sum_at(row, number, block)])
    while block > 0 and passed + own < weight:
        passed += own
        block -= 1
        own = whole(memory.counts[_sum_at(row, number, block)])
    return block, passed


@compiled
def _place_in(memory: Memory, first: np.uint64, weight: int, block: int, passed: int) -> float:
    """Return the place in a block above which there is so much; `first` is where its bins are."""
    inside = BLOCK - 1
    own = whole(memory.counts[first + unsigned(inside)])
    while inside > 0 and passed + own < weight:
        passed += own
        inside -= 1
        own = whole(memory.counts[first + unsigned(inside)])
    return block * BLOCK + inside + max(passed + own - weight, 0) / max(own, 1)


@compiled
def settle(memory: Memory, row: int, count: int, total: int) -> None:
    """Halve the bins of a series' numbers when full, and move them when it is time to."""
    full = total >= MEMORY * WEIGHT
    looks = count // FIRST_LOOK
    if not full and (count == 0 or count % FIRST_LOOK != 0 or looks & (looks - 1) != 0):
        return
    for number in range(NUMBERS):
        if full:
            _halve(memory, row, number)
        _put_right(memory, row, number)


@compiled
def _halve(memory: Memory, row: int, number: int) -> None:
    for bin_ in range(BINS):
        memory.counts[_bin_at(row, number, bin_)] //= 2


@compiled
def _put_right(memory: Memory, row: int, number: int) -> None:
    """Move the bins of a number so that the typical one is near its place, and sum them up."""
    counts, first = memory.counts, row * _ROW_2 + FIRST_BIN + number
    blocks = _blocks_off(memory, row, number) if memory.halves[first] != NOWHERE else 0
    if blocks != 0:
        _move(memory, row, number, blocks)
        memory.halves[first] += blocks * BLOCK
    for block in range(BLOCKS):
        weight = 0
        for bin_ in range(block * BLOCK, (block + 1) * BLOCK):
            weight += whole(counts[_bin_at(row, number, bin_)])
        counts[_sum_at(row, number, block)] = weight


@compiled
def _blocks_off(memory: Memory, row: int, number: int) -> int:
    """Return by how many blocks the typical number lies above its place."""
    weight, so_far = 0, 0
    for bin_ in range(BINS):
        weight += whole(memory.counts[_bin_at(row, number, bin_)])
    typical = 0
    for bin_ in range(BINS):
        so_far += whole(memory.counts[_bin_at(row, number, bin_)])
        if 2 * so_far >= weight:
            typical = bin_
            break
    return (typical - MIDDLE + BLOCK // 2) // BLOCK if typical > 0 else 0


@compiled
def _move(memory: Memory, row: int, number: int, blocks: int) -> None:
    """Move bins by whole blocks; the ends keep what falls off."""
    counts, by, fallen = memory.counts, abs(blocks) * BLOCK, 0
    for step in range(BINS):
        bin_ = step if blocks > 0 else BINS - 1 - step
        beyond, from_ = bin_ - by if blocks > 0 else BINS - 1 - bin_ - by, bin_ + blocks * BLOCK
        if beyond < 0:
            fallen += whole(counts[_bin_at(row, number, bin_)])
        counts[_bin_at(row, number, bin_)] = counts[_bin_at(row, number, from_)] if 0 <= from_ < BINS else np.uint16(0)
    counts[_bin_at(row, number, 0 if blocks > 0 else BINS - 1)] += fallen
