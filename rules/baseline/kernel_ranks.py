"""The ranks of `rules.baseline.rarity` once more, one number after the other, to be compiled by numba."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np
from numba import njit
from numpy.typing import NDArray

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

_SUM_WORDS = SUMS // LANES


def compiled(function: Function) -> Function:
    """Return a function for others to call that are compiled; what is divided by is never 0."""
    return cast(Function, njit(error_model="numpy", forceinline=True)(function))


@compiled
def whole(number: np.integer[Any]) -> int:
    """Return a number of any width as one of the usual width: sums of signed and unsigned ones would be fractions."""
    return int(np.int64(number))


@compiled
def rank(  # noqa: PLR0913 - arrays in a tuple would have their references counted at each call: half of the work
    first_bin: Firsts, bins: Bins, words: Words, sums: Bins, sum_words: Words, which: int, number: float, weight: int
) -> float:
    """Return how rare a number is and remember it as `weight`; `which` is its place among those of all series."""
    bin_, within = _placed(first_bin, which, number)
    at, block, inside = which * BINS + bin_, bin_ >> BLOCK_BITS, bin_ & (BLOCK - 1)
    one, other = sum_words[which * _SUM_WORDS], sum_words[which * _SUM_WORDS + 1]
    total = whole(((one + other) * ADDS) >> TOP)
    lanes = (one & BLOCKS_BEHIND[block, 0]) + (other & BLOCKS_BEHIND[block, 1])
    word = (at >> BLOCK_BITS) * (BLOCK // LANES)
    lanes += (words[word] & BEHIND[inside, 0]) + (words[word + 1] & BEHIND[inside, 1])
    lanes += (words[word + 2] & BEHIND[inside, 2]) + (words[word + 3] & BEHIND[inside, 3])
    own = whole(bins[at])
    above = float(whole((lanes * ADDS) >> TOP)) + own * (1.0 - within)
    if above >= THIRD:
        rare = LOG_OF_WEIGHT[total] - _log10(above)
    elif total >= THIRTIETH:
        third, thirtieth = _crossing(bins, sums, which, THIRD), _crossing(bins, sums, which, THIRTIETH)
        beyond = max((bin_ + within) - third, 0.0)
        rare = beyond / max(third - thirtieth, LEAST_SLOPE) + RARITY_OF_THIRD[total]
    else:
        rare = 0.0
    bins[at] = own + weight
    sums[which * SUMS + block] += weight
    return float(min(max(rare, 0.0), MOST))


@compiled
def total_of(sum_words: Words, which: int) -> int:
    """Return what the bins of a number hold together."""
    return whole(((sum_words[which * _SUM_WORDS] + sum_words[which * _SUM_WORDS + 1]) * ADDS) >> TOP)


@compiled
def _placed(first_bin: Firsts, which: int, number: float) -> tuple[int, float]:
    """Return the bin of a number and how far into it; the first one that is not 0 says where the bins lie."""
    if number < LEAST_NUMBER:
        return 0, 0.0
    bits = np.float64(number * HALF_A_BIN).view(np.int64)
    mantissa = np.int64((bits & FRACTION) | HALF).view(np.float64)
    part = PART[bits >> (FRACTION_BITS - LEADING_BITS) & LEADING]
    if mantissa >= EDGES[part + 1]:
        part += 1
    inside = part // PARTS
    bin_ = ((bits >> FRACTION_BITS) - BIAS) * OCTAVE + inside
    if first_bin[which] == NOWHERE:
        first_bin[which] = bin_ - MIDDLE
    bin_ -= whole(first_bin[which])
    if bin_ <= 0:
        return 0, 0.0
    if bin_ >= BINS:
        return BINS - 1, 1.0
    return bin_, min((part - inside * PARTS + (mantissa - EDGES[part]) * WIDTHS[part]) / PARTS, 1.0)


@compiled
def _log10(number: float) -> float:
    bits = np.float64(max(number, LEAST_NUMBER)).view(np.int64)
    leading = LOG_OF_STEP[bits >> (FRACTION_BITS - LEADING_BITS) & LEADING]
    return float(((bits >> FRACTION_BITS) - BIAS) * LOG_OF_TWO + leading)


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
