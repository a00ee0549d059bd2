"""The scale on which numbers are ranked: bins by their logarithm, in blocks, and how bins forget."""

import numpy as np
from numpy.typing import NDArray

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

#: Numbers smaller than this are 0.
LEAST_NUMBER = 1e-300

#: Round numbers lie in the middle of a bin and not at its edge.
HALF_A_BIN = 0.5

#: Four bins are added up as one word: all bins together hold less than two bytes can.
LANES, ADDS, TOP = 4, np.uint64(0x0001_0001_0001_0001), np.uint64(48)


def _behind(bins: int) -> NDArray[np.uint64]:
    """Return for each of so many bins in a row the words that leave those behind it."""
    masks = np.where(np.arange(bins) > np.arange(bins)[:, None], 0xFFFF, 0).astype(np.uint16)
    return masks.view(np.uint64)


BEHIND = _behind(BLOCK)
