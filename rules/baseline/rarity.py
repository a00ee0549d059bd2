"""How rare a number is among all that came before it, by histograms on a logarithmic scale that slowly forget.

Each reading is scored first and remembered after. Nothing is assumed about how the numbers are spread, so series of
every shape are scored alike: -log10 of the share of past numbers that were as large.
"""

import numpy as np
from numpy.typing import NDArray

from rules.table import Column, StateTable

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

#: Bins an octave, and bins in all: thirteen octaves, of which the typical number has nearly eleven above it.
_OCTAVE, _BINS, _MIDDLE = 6, 80, 16

#: Bins are summed up in blocks, so that a rank is a sum of a few numbers and not of eighty.
_BLOCK = 16
_BLOCKS = _BINS // _BLOCK

#: What one number adds to its bin, and after how many of them all bins are halved: a memory of some 7,500 numbers.
_WEIGHT, _MEMORY = 4, 10_000

#: Beyond the third largest the share is extended with the slope from there to the thirtieth: a decade.
_THIRD, _THIRTIETH = 3 * _WEIGHT, 30 * _WEIGHT
_LEAST_SLOPE = 0.05

#: No number is rarer than this: 1 in 100,000.
MOST = 5.0

#: So many series are put right at once: what they need then stays in the processor's cache.
_AT_ONCE = 128

#: No bins yet: only zeros came.
_NOWHERE = -32_768

#: The typical number is looked for after so many readings, and each time they have doubled.
_FIRST_LOOK = 25

#: Each bin in so many parts, so that a place within it needs no logarithm, which processors round differently.
_PARTS = 16
_EDGES = 0.5 * 2.0 ** (np.arange(_OCTAVE * _PARTS + 1) / (_OCTAVE * _PARTS))

#: Round numbers lie in the middle of a bin and not at its edge.
_HALF_A_BIN = 2.0 ** (0.5 / _OCTAVE)

_BEHIND = (np.arange(_BLOCK) > np.arange(_BLOCK)[:, None]).astype(np.uint16)
_BLOCKS_BEHIND = np.arange(_BLOCKS) > np.arange(_BLOCKS)[:, None]


def columns(statistics: int) -> dict[str, Column]:
    """Return the columns for so many numbers a series."""
    return {"bins": (np.uint16, 0, statistics * _BINS), "first_bin": (np.int16, _NOWHERE, statistics)}


class Rarity:
    """Ranks the numbers of series in their own past; `table` has the columns, sums of blocks are derived from it."""

    def __init__(self, table: StateTable) -> None:
        self._first = table["first_bin"]
        self._count = self._first.shape[1]
        self._bins = table["bins"].reshape(-1, self._count, _BINS)
        self._sums = np.zeros((*self._first.shape, _BLOCKS), dtype=np.uint16)
        self.refresh()

    def refresh(self) -> None:
        """Derive the sums of blocks from the bins."""
        self._sums[:] = self._bins.reshape(*self._first.shape, _BLOCKS, _BLOCK).sum(axis=-1)

    def push(self, rows: Ints, numbers: Floats, count: Ints) -> Floats:
        """Return how rare each number is, 0 to `MOST`, and remember it; one row of numbers for each of `rows`.

        `count` is how many readings each series had before.
        """
        octaves, within = _places(numbers)
        self._found(rows, octaves, numbers)
        place = np.where(numbers > 0, octaves - self._first[rows], 0)
        within = np.where(place < 0, 0.0, np.where(place >= _BINS, 1.0, within))
        place = np.clip(place, 0, _BINS - 1)
        within = np.where(place == 0, 0.0, within)
        rare = self._ranked(rows, place, within)
        self._remember(rows, place)
        self._settle(rows, count + 1)
        return rare

    def _found(self, rows: Ints, octaves: Ints, numbers: Floats) -> None:
        """Lay the bins around the first number of each that is not 0."""
        fresh = (self._first[rows] == _NOWHERE) & (numbers > 0)
        if fresh.any():
            of, statistic = np.nonzero(fresh)
            self._first[rows[of], statistic] = octaves[of, statistic] - _MIDDLE

    def _ranked(self, rows: Ints, place: Ints, within: Floats) -> Floats:
        block, inner = place // _BLOCK, place % _BLOCK
        sums = self._sums[rows].astype(np.int64)
        blocks = (rows[:, None] * self._count + np.arange(self._count)) * _BLOCKS + block
        bins = self._bins.reshape(-1, _BLOCK)[blocks]
        above = (sums * _BLOCKS_BEHIND[block]).sum(axis=-1) + (bins * _BEHIND[inner]).sum(axis=-1, dtype=np.int64)
        own = np.take_along_axis(bins, inner[..., None], axis=-1)[..., 0]
        total = sums.sum(axis=-1)
        above = above + own * (1.0 - within)
        share = np.maximum(above, 1e-9) / np.maximum(total, 1)
        rare = -np.log10(share)
        far = above < _THIRD
        if far.any():
            rare[far] = self._extended(rows, np.nonzero(far), (place + within)[far], total[far])
        limited: Floats = np.clip(rare, 0.0, MOST)
        return limited

    def _extended(self, rows: Ints, which: tuple[Ints, ...], place: Floats, total: Ints) -> Floats:
        """Return how rare numbers are that hardly any was as large as; 0 while there are too few to tell."""
        of, statistic = which
        from_top = self._bins[rows[of], statistic][:, ::-1].astype(np.int64).cumsum(axis=1)
        third, thirtieth = (_crossing(from_top, weight) for weight in (_THIRD, _THIRTIETH))
        slope = np.maximum(third - thirtieth, _LEAST_SLOPE)
        rare = np.maximum(place - third, 0.0) / slope - np.log10(_THIRD / np.maximum(total, 1))
        return np.where(total >= _THIRTIETH, rare, 0.0)

    def _remember(self, rows: Ints, place: Ints) -> None:
        at = rows[:, None], np.arange(self._count), place
        self._bins[at] += _WEIGHT
        self._sums[rows[:, None], np.arange(self._count), place // _BLOCK] += _WEIGHT

    def _settle(self, rows: Ints, count: Ints) -> None:
        """Halve what is full, and move bins so that the typical number lies where it should."""
        full = self._sums[rows].sum(axis=-1, dtype=np.int64)[:, 0] >= _MEMORY * _WEIGHT
        looks = count // _FIRST_LOOK
        due = full | ((count % _FIRST_LOOK == 0) & (looks & (looks - 1) == 0) & (count > 0))
        if not due.any():
            return
        rows, halves = rows[due], full[due]
        for begin in range(0, len(rows), _AT_ONCE):
            self._put_right(rows[begin : begin + _AT_ONCE], halves[begin : begin + _AT_ONCE])

    def _put_right(self, rows: Ints, halves: NDArray[np.bool_]) -> None:
        bins = np.where(halves[:, None, None], self._bins[rows] // 2, self._bins[rows])
        bins, self._first[rows] = _moved(bins, self._first[rows])
        self._bins[rows] = bins
        self._sums[rows] = bins.reshape(-1, self._count, _BLOCKS, _BLOCK).sum(axis=-1)


def _places(numbers: Floats) -> tuple[Ints, Floats]:
    """Return the bin of each number, counted from that of 1/2, and how far into it: exact, whatever the batch."""
    mantissa, exponent = np.frexp(numbers * _HALF_A_BIN)
    part = np.clip(np.searchsorted(_EDGES, mantissa, side="right") - 1, 0, _OCTAVE * _PARTS - 1)
    low = _EDGES[part]
    within = np.clip((part % _PARTS + (mantissa - low) / (_EDGES[part + 1] - low)) / _PARTS, 0.0, 1.0)
    return exponent.astype(np.int64) * _OCTAVE + part // _PARTS, within


def _crossing(from_top: Ints, weight: int) -> Floats:
    """Return the place above which so much weight lies."""
    at = np.argmax(from_top >= weight, axis=1)
    each = np.arange(len(at))
    upto = from_top[each, at]
    own = upto - np.where(at > 0, from_top[each, at - 1], 0)
    place: Floats = _BINS - 1 - at + np.maximum(upto - weight, 0) / np.maximum(own, 1)
    return place


def _moved(bins: NDArray[np.uint16], first: NDArray[np.int16]) -> tuple[NDArray[np.uint16], NDArray[np.int16]]:
    """Return bins moved by whole blocks so that the typical number is near its place; the ends keep what falls off."""
    so_far = bins.cumsum(axis=-1, dtype=np.int32)
    typical = np.argmax(2 * so_far >= so_far[..., -1:], axis=-1)
    blocks = (typical - _MIDDLE + _BLOCK // 2) // _BLOCK
    blocks[(first == _NOWHERE) | (typical == 0)] = 0
    moved = bins.copy()
    for by in np.unique(blocks[blocks != 0]).tolist():
        some, bins_of = blocks == by, abs(by) * _BLOCK
        old, new = bins[blocks == by], np.zeros_like(bins[blocks == by])
        if by > 0:
            new[:, :-bins_of] = old[:, bins_of:]
            new[:, 0] += old[:, :bins_of].sum(axis=1, dtype=np.uint16)
        else:
            new[:, bins_of:] = old[:, :-bins_of]
            new[:, -1] += old[:, -bins_of:].sum(axis=1, dtype=np.uint16)
        moved[some] = new
    return moved, (first + blocks * _BLOCK).astype(np.int16)
