"""A logarithmic scale of bins: where numbers lie on it, exactly and without logarithms, and how bins are laid out."""

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

#: Bins an octave, and bins in all: thirteen octaves, of which the typical number has nearly eleven above it.
OCTAVE, BINS, MIDDLE = 6, 80, 16

#: Bins are summed up in blocks, so that a rank is a sum of a few numbers and not of eighty.
BLOCK_BITS = 4
BLOCK = 1 << BLOCK_BITS
BLOCKS = BINS // BLOCK

#: What one number adds to its bin, and after how many of them all bins are halved: a memory of some 7,500 numbers.
WEIGHT, MEMORY = 4, 10_000

#: Beyond the third largest the share is extended with the slope from there to the thirtieth: a decade.
THIRD, THIRTIETH = 3 * WEIGHT, 30 * WEIGHT
LEAST_SLOPE = 0.05

#: No number is rarer than this: 1 in 100,000.
MOST = 5.0

#: No bins yet: only zeros came.
NOWHERE = -32_768

#: The typical number is looked for after so many readings, and each time they have doubled.
FIRST_LOOK = 25

#: Each bin in so many parts, so that a place within it needs no logarithm, which processors round differently.
PART_BITS = 4
PARTS = 1 << PART_BITS
EDGES = 0.5 * 2.0 ** (np.arange(OCTAVE * PARTS + 1) / (OCTAVE * PARTS))
WIDTHS = 1.0 / np.diff(EDGES)

#: How numbers are written (IEEE 754, binary64): the exponent, and the first ten bits of what follows. No two edges
#: of parts lie within one such step, so that a look-up and one comparison find the part.
FRACTION_BITS, LEADING_BITS, BIAS = 52, 10, 1022
LEADING = (1 << LEADING_BITS) - 1
_STEPS = 0.5 + np.arange(LEADING + 1) / (2.0 * (LEADING + 1))
PART = np.searchsorted(EDGES, _STEPS, side="right") - 1
FRACTION, HALF = (1 << FRACTION_BITS) - 1, BIAS << FRACTION_BITS

#: Numbers smaller than this are 0.
LEAST_NUMBER = 1e-300

#: Decimal logarithms of the middle of each step, and of whole numbers as far as two bytes go: bins never hold more.
LOG_OF_STEP = np.log10(_STEPS + 0.25 / (LEADING + 1))
LOG_OF_TWO = float(np.log10(2.0))
LOG_OF_WEIGHT = np.log10(np.maximum(np.arange(1 << 16), 1))

#: Less the decimal logarithm of the share that the third largest is, by what all bins hold.
RARITY_OF_THIRD = -np.log10(THIRD / np.maximum(np.arange(1 << 16), 1))

#: Round numbers lie in the middle of a bin and not at its edge.
HALF_A_BIN = 2.0 ** (0.5 / OCTAVE)

#: Four bins are added up as one word: all bins together hold less than two bytes can.
LANES, ADDS, TOP = 4, np.uint64(0x0001_0001_0001_0001), np.uint64(48)
SUMS = 8


def _behind(bins: int) -> NDArray[np.uint64]:
    """Return for each of so many bins in a row the words that leave those behind it."""
    masks = np.where(np.arange(bins) > np.arange(bins)[:, None], 0xFFFF, 0).astype(np.uint16)
    return masks.view(np.uint64)


BEHIND, BLOCKS_BEHIND = _behind(BLOCK), _behind(SUMS)
ONE_MORE = np.eye(SUMS, dtype=np.uint16).view(np.uint64)


def places(numbers: Floats) -> tuple[Ints, Floats]:
    """Return the bin of each number, counted from that of 1/2, and how far into it: exact, whatever the batch."""
    bits = (numbers * HALF_A_BIN).view(np.int64)
    mantissa: Floats = ((bits & FRACTION) | HALF).view(np.float64)
    part = PART.take(bits >> (FRACTION_BITS - LEADING_BITS) & LEADING)
    part += mantissa >= EDGES.take(part + 1)
    whole = part // PARTS
    within = (part - whole * PARTS + (mantissa - EDGES.take(part)) * WIDTHS.take(part)) / PARTS
    return ((bits >> FRACTION_BITS) - BIAS) * OCTAVE + whole, np.minimum(within, 1.0)


def log10(numbers: Floats) -> Floats:
    """Return decimal logarithms to three and a half digits behind the point, the same on every processor."""
    bits = np.maximum(numbers, LEAST_NUMBER).view(np.int64)
    leading: Floats = LOG_OF_STEP.take(bits >> (FRACTION_BITS - LEADING_BITS) & LEADING)
    return ((bits >> FRACTION_BITS) - BIAS) * LOG_OF_TWO + leading
