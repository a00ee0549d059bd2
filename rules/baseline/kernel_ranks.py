"""The ranks of `rules.baseline.rarity` once more, one number after the other, to be compiled by numba."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np
from numba import njit
from numpy.typing import NDArray

from rules.baseline.prefetch import fetch
from rules.baseline.scale import (
    ADDS,
    BEHIND,
    BIAS,
    BINS,
    BLOCK,
    BLOCK_BITS,
    BLOCKS,
    BLOCKS_BEHIND,
    EDGES,
    FIRST_LOOK,
    FRACTION,
    FRACTION_BITS,
    HALF,
    HALF_A_BIN,
    LANES,
    LEADING,
    LEADING_BITS,
    LEAST_NUMBER,
    LEAST_SLOPE,
    LOG_OF_STEP,
    LOG_OF_TWO,
    LOG_OF_WEIGHT,
    MEMORY,
    MIDDLE,
    MOST,
    NOWHERE,
    OCTAVE,
    PART,
    PART_BITS,
    PARTS,
    RARITY_OF_THIRD,
    SUMS,
    THIRD,
    THIRTIETH,
    TOP,
    WEIGHT,
    WIDTHS,
)

Function = TypeVar("Function", bound=Callable[..., Any])

#: Of all numbers of all series, each as one line: their first bins, all bins, and sums of blocks; words are four bins.
Firsts = NDArray[np.int16]
Bins = NDArray[np.uint16]
Words = NDArray[np.uint64]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_SUM_WORDS, _WORDS = SUMS // LANES, BINS // LANES

#: Numbers of a series, and a round room for one of each.
NUMBERS, ROOM = 23, 24

#: Where in the room of a reading are, of each number, how rare it is, how far into its bin, what lies above it, and the
#: logarithm of what lies in all its bins. The numbers themselves come first.
RANKED, ABOVE, TOTAL, WITHIN = ROOM, 2 * ROOM, 3 * ROOM, 4 * ROOM

#: The bin of 0: below all others.
_NONE = -(1 << 20)


#: What is divided by is never 0; and no array is made or kept here, so that none has to have its references counted
#: (at each call that takes one, a third of the work; numba's `_nrt`).
OPTIONS: dict[str, Any] = {"error_model": "numpy", "_nrt": False}


def compiled(function: Function) -> Function:
    """Return a function for others to call that are compiled."""
    return cast(Function, njit(**OPTIONS, forceinline=True)(function))


@compiled
def whole(number: np.integer[Any]) -> int:
    """Return a number of any width as one of the usual width: sums of signed and unsigned ones would be fractions."""
    return int(np.int64(number))


@compiled
def unsigned(place: int | np.int64) -> np.uint64:
    """Return a place as what is never counted from the end: looking which it is costs more than many a sum here."""
    return np.uint64(place)


@compiled
def place_all(first_bin: Firsts, bins: Bins, start: int, room: Floats, spots: Ints, mine: int) -> None:
    """Write the bin of each number, and how far into it; the first one that is not 0 says where its bins lie.

    They are written from `mine` on, since another reading's may still have to be ranked. Loops without branches:
    several numbers are done at once.
    """
    for number in range(ROOM):
        given = room[number]
        bits = np.float64(given * HALF_A_BIN).view(np.int64)
        mantissa = np.int64((bits & FRACTION) | HALF).view(np.float64)
        part = whole(PART[unsigned(bits >> (FRACTION_BITS - LEADING_BITS) & LEADING)])
        part += int(mantissa >= EDGES[unsigned(part + 1)])
        of_part = (part & (PARTS - 1)) + (mantissa - EDGES[unsigned(part)]) * WIDTHS[unsigned(part)]
        octaves = ((bits >> FRACTION_BITS) - BIAS) * OCTAVE + (part >> PART_BITS)
        spots[unsigned(mine + number)] = octaves if given >= LEAST_NUMBER else _NONE
        room[unsigned(WITHIN + mine + number)] = min(of_part / PARTS, 1.0)
    fresh = 0
    for number in range(NUMBERS):
        fresh += int(first_bin[unsigned(start + number)] == NOWHERE)
    if fresh > 0:
        for number in range(NUMBERS):
            at = unsigned(start + number)
            if first_bin[at] == NOWHERE and spots[unsigned(mine + number)] != _NONE:
                first_bin[at] = spots[unsigned(mine + number)] - MIDDLE
    for number in range(NUMBERS):
        bin_ = whole(spots[unsigned(mine + number)]) - whole(first_bin[unsigned(start + number)])
        within = room[unsigned(WITHIN + mine + number)]
        within = 0.0 if bin_ <= 0 else within
        room[unsigned(WITHIN + mine + number)] = 1.0 if bin_ >= BINS else within
        spots[unsigned(mine + number)] = min(max(bin_, 0), BINS - 1)
    for number in range(NUMBERS):
        fetch(bins, (start + number) * BINS + spots[unsigned(mine + number)])


@compiled
def rank_all(  # noqa: PLR0913 - one memory, seen in three ways
    bins: Bins,
    words: Words,
    sums: Bins,
    sum_words: Words,
    start: int,
    room: Floats,
    spots: Ints,
    mine: int,
    weight: int,
) -> None:
    """Write how rare numbers are that were placed, and remember them as `weight`."""
    for number in range(NUMBERS):
        bin_, which = spots[unsigned(mine + number)], start + number
        at, block, inside = unsigned(which * BINS + bin_), unsigned(bin_ >> BLOCK_BITS), unsigned(bin_ & (BLOCK - 1))
        of_sums, word = which * _SUM_WORDS, which * _WORDS + (bin_ >> BLOCK_BITS) * (BLOCK // LANES)
        one, other = sum_words[unsigned(of_sums)], sum_words[unsigned(of_sums + 1)]
        total = ((one + other) * ADDS) >> TOP
        lanes = (one & BLOCKS_BEHIND[block, 0]) + (other & BLOCKS_BEHIND[block, 1])
        lanes += (words[unsigned(word)] & BEHIND[inside, 0]) + (words[unsigned(word + 1)] & BEHIND[inside, 1])
        lanes += (words[unsigned(word + 2)] & BEHIND[inside, 2]) + (words[unsigned(word + 3)] & BEHIND[inside, 3])
        own = whole(bins[at])
        above = float(whole((lanes * ADDS) >> TOP)) + own * (1.0 - room[unsigned(WITHIN + mine + number)])
        room[ABOVE + number], room[TOTAL + number] = above, LOG_OF_WEIGHT[total]
        if above < THIRD:
            room[RANKED + number] = _extended(
                bins, sums, which, bin_ + room[unsigned(WITHIN + mine + number)], whole(total)
            )
        bins[at] = own + weight
        sums[unsigned(which * SUMS + (bin_ >> BLOCK_BITS))] += weight
    for number in range(ROOM):
        above = room[ABOVE + number]
        bits = np.float64(max(above, LEAST_NUMBER)).view(np.int64)
        leading = LOG_OF_STEP[unsigned(bits >> (FRACTION_BITS - LEADING_BITS) & LEADING)]
        rare = room[TOTAL + number] - (((bits >> FRACTION_BITS) - BIAS) * LOG_OF_TWO + leading)
        rare = room[RANKED + number] if above < THIRD else rare
        room[RANKED + number] = min(max(rare, 0.0), MOST)


@compiled
def _extended(bins: Bins, sums: Bins, which: int, place: float, total: int) -> float:
    """Return how rare a number is that hardly any was as large as; 0 while there are too few to tell."""
    if total < THIRTIETH:
        return 0.0
    third, thirtieth = _crossing(bins, sums, which, THIRD), _crossing(bins, sums, which, THIRTIETH)
    beyond = max(place - third, 0.0)
    return float(beyond / max(third - thirtieth, LEAST_SLOPE) + RARITY_OF_THIRD[unsigned(total)])


@compiled
def total_of(sum_words: Words, which: int) -> int:
    """Return what the bins of a number hold together."""
    return whole(((sum_words[which * _SUM_WORDS] + sum_words[which * _SUM_WORDS + 1]) * ADDS) >> TOP)


@compiled
def _crossing(bins: Bins, sums: Bins, which: int, weight: int) -> float:
    """Return the place above which so much weight lies; there is as much."""
    passed, block = 0, BLOCKS - 1
    while block > 0 and passed + whole(sums[which * SUMS + block]) < weight:
        passed += whole(sums[which * SUMS + block])
        block -= 1
    bin_ = block * BLOCK + BLOCK - 1
    own = whole(bins[which * BINS + bin_])
    while bin_ > 0 and passed + own < weight:
        passed += own
        bin_ -= 1
        own = whole(bins[which * BINS + bin_])
    return bin_ + max(passed + own - weight, 0) / max(own, 1)


@compiled
def settle(first_bin: Firsts, bins: Bins, sums: Bins, numbers: tuple[int, int], count: int, total: int) -> None:
    """Halve the bins of a series' numbers, from one to another, when full, and move them when it is time to."""
    full = total >= MEMORY * WEIGHT
    looks = count // FIRST_LOOK
    if not full and (count == 0 or count % FIRST_LOOK != 0 or looks & (looks - 1) != 0):
        return
    for which in range(numbers[0], numbers[1]):
        start = which * BINS
        if full:
            for at in range(start, start + BINS):
                bins[at] //= 2
        _move(first_bin, bins, which, _blocks_off(first_bin, bins, which))
        for block in range(BLOCKS):
            weight = 0
            for at in range(start + block * BLOCK, start + (block + 1) * BLOCK):
                weight += whole(bins[at])
            sums[which * SUMS + block] = weight


@compiled
def _blocks_off(first_bin: Firsts, bins: Bins, which: int) -> int:
    """Return by how many blocks the typical number lies above its place."""
    start, weight, so_far, typical = which * BINS, 0, 0, 0
    for at in range(start, start + BINS):
        weight += whole(bins[at])
    for bin_ in range(BINS):
        so_far += whole(bins[start + bin_])
        if 2 * so_far >= weight:
            typical = bin_
            break
    if first_bin[which] == NOWHERE or typical == 0:
        return 0
    return (typical - MIDDLE + BLOCK // 2) // BLOCK


@compiled
def _move(first_bin: Firsts, bins: Bins, which: int, blocks: int) -> None:
    """Move bins by whole blocks; the ends keep what falls off."""
    start, by, fallen = which * BINS, abs(blocks) * BLOCK, 0
    behind = start + BINS
    if blocks > 0:
        for at in range(start, start + by):
            fallen += whole(bins[at])
        for at in range(start, behind - by):
            bins[at] = bins[at + by]
        for at in range(behind - by, behind):
            bins[at] = 0
        bins[start] += fallen
    elif blocks < 0:
        for at in range(behind - by, behind):
            fallen += whole(bins[at])
        for at in range(behind - 1, start + by - 1, -1):
            bins[at] = bins[at - by]
        for at in range(start, start + by):
            bins[at] = 0
        bins[behind - 1] += fallen
    first_bin[which] += blocks * BLOCK
