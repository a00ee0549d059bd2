"""How rare a number is among all that came before it, by histograms on a logarithmic scale that slowly forget.

Each reading is ranked first and remembered after. Nothing is assumed about how the numbers are spread, so series of
every shape are scored alike: -log10 of the share of past numbers that were as large.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rules.table import Column, StateTable

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

#: Bins an octave, and bins in all: thirteen octaves, of which the typical number has nearly eleven above it.
_OCTAVE, _BINS, _MIDDLE = 6, 80, 16

#: Bins are summed up in blocks, so that a rank is a sum of a few numbers and not of eighty.
_BLOCK_BITS = 4
_BLOCK = 1 << _BLOCK_BITS
_BLOCKS = _BINS // _BLOCK

#: What one number adds to its bin, and after how many of them all bins are halved: a memory of some 7,500 numbers.
WEIGHT, _MEMORY = 4, 10_000

#: Beyond the third largest the share is extended with the slope from there to the thirtieth: a decade.
_THIRD, _THIRTIETH = 3 * WEIGHT, 30 * WEIGHT
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
_WIDTHS = 1.0 / np.diff(_EDGES)

#: How numbers are written (IEEE 754, binary64): the exponent, and the first ten bits of what follows. No two edges
#: of parts lie within one such step, so that a look-up and one comparison find the part.
_FRACTION_BITS, _LEADING_BITS, _BIAS = 52, 10, 1022
_LEADING = (1 << _LEADING_BITS) - 1
_STEPS = 0.5 + np.arange(_LEADING + 1) / (2.0 * (_LEADING + 1))
_PART = np.searchsorted(_EDGES, _STEPS, side="right") - 1
_FRACTION, _HALF = (1 << _FRACTION_BITS) - 1, _BIAS << _FRACTION_BITS

#: Numbers smaller than this are 0.
_LEAST = 1e-300

#: Decimal logarithms of the middle of each step, and of whole numbers as far as two bytes go: bins never hold more.
_LOG_OF_STEP = np.log10(_STEPS + 0.25 / (_LEADING + 1))
_LOG_OF_TWO = float(np.log10(2.0))
_LOG_OF_WEIGHT = np.log10(np.maximum(np.arange(1 << 16), 1))

#: Round numbers lie in the middle of a bin and not at its edge.
_HALF_A_BIN = 2.0 ** (0.5 / _OCTAVE)

#: Four bins are added up as one word: all bins together hold less than two bytes can.
_LANES, _ADDS, _TOP = 4, np.uint64(0x0001_0001_0001_0001), np.uint64(48)
_SUMS = 8


def _behind(bins: int) -> NDArray[np.uint64]:
    """Return for each of so many bins in a row the words that leave those behind it."""
    masks = np.where(np.arange(bins) > np.arange(bins)[:, None], 0xFFFF, 0).astype(np.uint16)
    return masks.view(np.uint64)


_BEHIND, _BLOCKS_BEHIND = _behind(_BLOCK), _behind(_SUMS)
_ONE_MORE = np.eye(_SUMS, dtype=np.uint16).view(np.uint64)


def columns(statistics: int) -> dict[str, Column]:
    """Return the columns for so many numbers a series."""
    return {"bins": (np.uint16, 0, statistics * _BINS), "first_bin": (np.int16, _NOWHERE, statistics)}


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
        self._bins = table["bins"].reshape(-1, self._count, _BINS)
        self._sums = np.zeros((*self._first.shape, _SUMS), dtype=np.uint16)
        # The same memory: as words, and as one line of bins.
        self._words = self._bins.reshape(-1).view(np.uint64).reshape(-1, _BLOCK // _LANES)
        self._line = self._bins.reshape(-1)
        self.refresh()

    def refresh(self) -> None:
        """Derive the sums of blocks from the bins."""
        self._sums[..., :_BLOCKS] = _of_blocks(self._bins)

    def rank(self, rows: Ints, numbers: Floats) -> Ranked:
        """Return how rare each number is; one row of numbers for each of `rows`, which are distinct."""
        numbers = np.where(numbers < _LEAST, 0.0, numbers)
        octaves, within = _places(numbers)
        self._found(rows, octaves, numbers)
        place = np.where(numbers > 0, octaves - self._first[rows], 0)
        low, high = place <= 0, place >= _BINS
        within[low], within[high] = 0.0, 1.0
        place[low], place[high] = 0, _BINS - 1
        return self._ranked(rows, place, within)

    def learn(self, ranked: Ranked, weight: Ints, count: Ints) -> None:
        """Remember the numbers of rows, each as `weight`; a reading counts `WEIGHT`, of a row `count` came before."""
        rows, weight = ranked.rows, weight[:, None]
        self._line[ranked.at] = ranked.own + weight.astype(np.uint16)
        more = _ONE_MORE.take(ranked.at % _BINS >> _BLOCK_BITS, axis=0) * weight.astype(np.uint64)[..., None]
        self._sums[rows] = (ranked.sums + more).view(np.uint16)
        self._settle(rows, count + 1, ranked.total + weight[:, 0])

    def _found(self, rows: Ints, octaves: Ints, numbers: Floats) -> None:
        """Lay the bins around the first number of each that is not 0."""
        fresh = (self._first[rows] == _NOWHERE) & (numbers > 0)
        if fresh.any():
            of, statistic = np.nonzero(fresh)
            self._first[rows[of], statistic] = octaves[of, statistic] - _MIDDLE

    def _ranked(self, rows: Ints, place: Ints, within: Floats) -> Ranked:
        block, statistic = place >> _BLOCK_BITS, rows[:, None] * self._count + np.arange(self._count)
        at = statistic * _BINS + place
        sums = self._sums.take(rows, axis=0).view(np.uint64)
        total = _added(sums).astype(np.int64)
        behind = _added(sums & _BLOCKS_BEHIND.take(block, axis=0))
        bins = self._words.take(at >> _BLOCK_BITS, axis=0)
        bins &= _BEHIND.take(place & (_BLOCK - 1), axis=0)
        behind += _added(bins)
        own = self._line.take(at)
        above = behind + own * (1.0 - within)
        rare = _LOG_OF_WEIGHT.take(total) - _log10(above)
        far = above < _THIRD
        if far.any():
            rare[far] = self._extended(rows, np.nonzero(far), (place + within)[far], total[far])
        return Ranked(np.minimum(np.maximum(rare, 0.0), MOST), rows, at, own, sums, total[:, 0])

    def _extended(self, rows: Ints, which: tuple[Ints, ...], place: Floats, total: Ints) -> Floats:
        """Return how rare numbers are that hardly any was as large as; 0 while there are too few to tell."""
        of, statistic = which
        from_top = self._bins[rows[of], statistic][:, ::-1].astype(np.int64).cumsum(axis=1)
        third, thirtieth = (_crossing(from_top, weight) for weight in (_THIRD, _THIRTIETH))
        slope = np.maximum(third - thirtieth, _LEAST_SLOPE)
        rare = np.maximum(place - third, 0.0) / slope - np.log10(_THIRD / np.maximum(total, 1))
        return np.where(total >= _THIRTIETH, rare, 0.0)

    def _settle(self, rows: Ints, count: Ints, weight: Ints) -> None:
        """Halve what is full, and move bins so that the typical number lies where it should."""
        full = weight >= _MEMORY * WEIGHT
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
        self._sums[rows, :, :_BLOCKS] = _of_blocks(bins)


def _of_blocks(bins: NDArray[np.uint16]) -> NDArray[np.uint16]:
    """Return the sum of each block of bins."""
    sums: NDArray[np.uint16] = bins.reshape(*bins.shape[:-1], _BLOCKS, _BLOCK).sum(axis=-1, dtype=np.uint16)
    return sums


def _added(words: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return the sum of all bins in the words along the last axis."""
    lanes = words[..., 0] + words[..., 1]
    for word in range(2, words.shape[-1]):
        lanes += words[..., word]
    lanes *= _ADDS
    lanes >>= _TOP
    return lanes


def _places(numbers: Floats) -> tuple[Ints, Floats]:
    """Return the bin of each number, counted from that of 1/2, and how far into it: exact, whatever the batch."""
    bits = (numbers * _HALF_A_BIN).view(np.int64)
    mantissa: Floats = ((bits & _FRACTION) | _HALF).view(np.float64)
    part = _PART.take(bits >> (_FRACTION_BITS - _LEADING_BITS) & _LEADING)
    part += mantissa >= _EDGES.take(part + 1)
    whole = part // _PARTS
    within = (part - whole * _PARTS + (mantissa - _EDGES.take(part)) * _WIDTHS.take(part)) / _PARTS
    return ((bits >> _FRACTION_BITS) - _BIAS) * _OCTAVE + whole, np.minimum(within, 1.0)


def _log10(numbers: Floats) -> Floats:
    """Return decimal logarithms to three and a half digits behind the point, the same on every processor."""
    bits = np.maximum(numbers, _LEAST).view(np.int64)
    leading: Floats = _LOG_OF_STEP.take(bits >> (_FRACTION_BITS - _LEADING_BITS) & _LEADING)
    return ((bits >> _FRACTION_BITS) - _BIAS) * _LOG_OF_TWO + leading


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
