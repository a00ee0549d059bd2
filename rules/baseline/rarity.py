"""How rare a number is among all that came before it, by histograms on a logarithmic scale that slowly forget.

Each reading is ranked first and remembered after. Nothing is assumed about how the numbers are spread, so series of
every shape are scored alike: -log10 of the share of past numbers that were as large.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rules.baseline.scale import (
    ADDS,
    BEHIND,
    BINS,
    BLOCK,
    BLOCK_BITS,
    BLOCKS,
    BLOCKS_BEHIND,
    FIRST_LOOK,
    LANES,
    LEAST_NUMBER,
    LEAST_SLOPE,
    LOG_OF_WEIGHT,
    MEMORY,
    MIDDLE,
    MOST,
    NOWHERE,
    ONE_MORE,
    RARITY_OF_THIRD,
    SUMS,
    THIRD,
    THIRTIETH,
    TOP,
    WEIGHT,
    log10,
    places,
)
from rules.table import Column, StateTable

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

#: So many series are put right at once: what they need then stays in the processor's cache.
_AT_ONCE = 128


def columns(statistics: int) -> dict[str, Column]:
    """Return the columns for so many numbers a series."""
    return {"bins": (np.uint16, 0, statistics * BINS), "first_bin": (np.int16, NOWHERE, statistics)}


class Ranked(NamedTuple):
    """How rare numbers of some rows are, 0 to `MOST`, and where they would be remembered."""

    rare: Floats
    rows: Ints
    at: Ints
    own: NDArray[np.uint16]
    sums: NDArray[np.uint64]
    total: Ints


class Rarity:
    """Ranks the numbers of series in their own past; `table` has the columns, sums of blocks are derived from it."""

    def __init__(self, table: StateTable) -> None:
        self._first = table["first_bin"]
        self._count = self._first.shape[1]
        self._bins = table["bins"].reshape(-1, self._count, BINS)
        self.sums = np.zeros((*self._first.shape, SUMS), dtype=np.uint16)
        # The same memory: as words, and as one line of bins.
        self._words = self._bins.reshape(-1).view(np.uint64).reshape(-1, BLOCK // LANES)
        self._line = self._bins.reshape(-1)
        self.refresh()

    def refresh(self) -> None:
        """Derive the sums of blocks from the bins."""
        self.sums[..., :BLOCKS] = _of_blocks(self._bins)

    def rank(self, rows: Ints, numbers: Floats) -> Ranked:
        """Return how rare each number is; one row of numbers for each of `rows`, which are distinct."""
        numbers = np.where(numbers < LEAST_NUMBER, 0.0, numbers)
        octaves, within = places(numbers)
        self._found(rows, octaves, numbers)
        place = np.where(numbers > 0, octaves - self._first[rows], 0)
        low, high = place <= 0, place >= BINS
        within[low], within[high] = 0.0, 1.0
        place[low], place[high] = 0, BINS - 1
        return self._ranked(rows, place, within)

    def learn(self, ranked: Ranked, weight: Ints, count: Ints) -> None:
        """Remember the numbers of rows, each as `weight`; a reading counts `WEIGHT`, of a row `count` came before."""
        rows, weight = ranked.rows, weight[:, None]
        self._line[ranked.at] = ranked.own + weight.astype(np.uint16)
        more = ONE_MORE.take(ranked.at % BINS >> BLOCK_BITS, axis=0) * weight.astype(np.uint64)[..., None]
        self.sums[rows] = (ranked.sums + more).view(np.uint16)
        self._settle(rows, count + 1, ranked.total + weight[:, 0])

    def _found(self, rows: Ints, octaves: Ints, numbers: Floats) -> None:
        """Lay the bins around the first number of each that is not 0."""
        fresh = (self._first[rows] == NOWHERE) & (numbers > 0)
        if fresh.any():
            of, statistic = np.nonzero(fresh)
            self._first[rows[of], statistic] = octaves[of, statistic] - MIDDLE

    def _ranked(self, rows: Ints, place: Ints, within: Floats) -> Ranked:
        block, statistic = place >> BLOCK_BITS, rows[:, None] * self._count + np.arange(self._count)
        at = statistic * BINS + place
        sums = self.sums.take(rows, axis=0).view(np.uint64)
        total = _added(sums).astype(np.int64)
        behind = _added(sums & BLOCKS_BEHIND.take(block, axis=0))
        bins = self._words.take(at >> BLOCK_BITS, axis=0)
        bins &= BEHIND.take(place & (BLOCK - 1), axis=0)
        behind += _added(bins)
        own = self._line.take(at)
        above = behind + own * (1.0 - within)
        rare = LOG_OF_WEIGHT.take(total) - log10(above)
        far = above < THIRD
        if far.any():
            rare[far] = self._extended(rows, np.nonzero(far), (place + within)[far], total[far])
        return Ranked(np.minimum(np.maximum(rare, 0.0), MOST), rows, at, own, sums, total[:, 0])

    def _extended(self, rows: Ints, which: tuple[Ints, ...], place: Floats, total: Ints) -> Floats:
        """Return how rare numbers are that hardly any was as large as; 0 while there are too few to tell."""
        of, statistic = which
        from_top = self._bins[rows[of], statistic][:, ::-1].astype(np.int64).cumsum(axis=1)
        third, thirtieth = (_crossing(from_top, weight) for weight in (THIRD, THIRTIETH))
        slope = np.maximum(third - thirtieth, LEAST_SLOPE)
        rare = np.maximum(place - third, 0.0) / slope + RARITY_OF_THIRD.take(total)
        return np.where(total >= THIRTIETH, rare, 0.0)

    def _settle(self, rows: Ints, count: Ints, weight: Ints) -> None:
        """Halve what is full, and move bins so that the typical number lies where it should."""
        full = weight >= MEMORY * WEIGHT
        looks = count // FIRST_LOOK
        due = full | ((count % FIRST_LOOK == 0) & (looks & (looks - 1) == 0) & (count > 0))
        if not due.any():
            return
        rows, halves = rows[due], full[due]
        for begin in range(0, len(rows), _AT_ONCE):
            self._put_right(rows[begin : begin + _AT_ONCE], halves[begin : begin + _AT_ONCE])

    def _put_right(self, rows: Ints, halves: NDArray[np.bool_]) -> None:
        bins = np.where(halves[:, None, None], self._bins[rows] // 2, self._bins[rows])
        bins, self._first[rows] = _moved(bins, self._first[rows])
        self._bins[rows] = bins
        self.sums[rows, :, :BLOCKS] = _of_blocks(bins)


def _of_blocks(bins: NDArray[np.uint16]) -> NDArray[np.uint16]:
    """Return the sum of each block of bins."""
    sums: NDArray[np.uint16] = bins.reshape(*bins.shape[:-1], BLOCKS, BLOCK).sum(axis=-1, dtype=np.uint16)
    return sums


def _added(words: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return the sum of all bins in the words along the last axis."""
    lanes = words[..., 0] + words[..., 1]
    for word in range(2, words.shape[-1]):
        lanes += words[..., word]
    lanes *= ADDS
    lanes >>= TOP
    return lanes


def _crossing(from_top: Ints, weight: int) -> Floats:
    """Return the place above which so much weight lies."""
    at = np.argmax(from_top >= weight, axis=1)
    each = np.arange(len(at))
    upto = from_top[each, at]
    own = upto - np.where(at > 0, from_top[each, at - 1], 0)
    place: Floats = BINS - 1 - at + np.maximum(upto - weight, 0) / np.maximum(own, 1)
    return place


def _moved(bins: NDArray[np.uint16], first: NDArray[np.int16]) -> tuple[NDArray[np.uint16], NDArray[np.int16]]:
    """Return bins moved by whole blocks so that the typical number is near its place; the ends keep what falls off."""
    so_far = bins.cumsum(axis=-1, dtype=np.int32)
    typical = np.argmax(2 * so_far >= so_far[..., -1:], axis=-1)
    blocks = (typical - MIDDLE + BLOCK // 2) // BLOCK
    blocks[(first == NOWHERE) | (typical == 0)] = 0
    moved = bins.copy()
    for by in np.unique(blocks[blocks != 0]).tolist():
        some, bins_of = blocks == by, abs(by) * BLOCK
        old, new = bins[blocks == by], np.zeros_like(bins[blocks == by])
        if by > 0:
            new[:, :-bins_of] = old[:, bins_of:]
            new[:, 0] += old[:, :bins_of].sum(axis=1, dtype=np.uint16)
        else:
            new[:, bins_of:] = old[:, :-bins_of]
            new[:, -1] += old[:, -bins_of:].sum(axis=1, dtype=np.uint16)
        moved[some] = new
    return moved, (first + blocks * BLOCK).astype(np.int16)
