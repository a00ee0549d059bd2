"""How functions are compiled by numba and kept, and the few that all of them use."""

from collections.abc import Callable
from inspect import getsource
from math import log
from types import ModuleType
from typing import Any, TypeVar, cast
from zlib import crc32

import numpy as np
from numba import njit

Function = TypeVar("Function", bound=Callable[..., Any])

#: What is divided by is never 0; and no array is made or kept here, so that none has to have its references counted
#: (at each call that takes one, a third of the work; numba's `_nrt`).
OPTIONS: dict[str, Any] = {"error_model": "numpy", "_nrt": False}

#: How numbers are written (IEEE 754, binary64).
_FRACTION_BITS, _BIAS = 52, 1023
_FRACTION, _ONE = (1 << _FRACTION_BITS) - 1, _BIAS << _FRACTION_BITS
_ROOT_OF_TWO = 2.0**0.5

#: The series of the logarithm of (1 + s) / (1 - s), to the base of two: to nine digits where s is at most 0.172.
_TERMS = tuple(2.0 / log(2.0) / power for power in (1, 3, 5, 7, 9))


def compiled(function: Function) -> Function:
    """Return a function for others to call that are compiled."""
    return cast(Function, njit(**OPTIONS, forceinline=True)(function))


def kept(function: Function) -> Function:
    """Return a function compiled, and kept on disk for the next start where that can be.

    It is found again by the date of its file, and by the numbers that it knows from where it was made.
    """
    try:
        found: Function = njit(**OPTIONS, cache=True)(function)
    except RuntimeError:  # neither beside the source nor at home may anything be written: compiled at each start
        found = njit(**OPTIONS)(function)
    return found


def made_of(*files: ModuleType) -> int:
    """Return a number that is another once one of these has changed, for a function to know that is made of them."""
    return crc32("".join(getsource(one) for one in files).encode())


@compiled
def whole(number: np.integer[Any]) -> int:
    """Return a number of any width as one of the usual width: sums of signed and unsigned ones would be fractions."""
    return int(np.int64(number))


@compiled
def unsigned(place: int | np.int64) -> np.uint64:
    """Return a place as what is never counted from the end: looking which it is costs more than many a sum here."""
    return np.uint64(place)


@compiled
def log2(number: float) -> float:
    """Return the logarithm of a number above 0, by sums and products only: several at once, and alike everywhere."""
    bits = np.float64(number).view(np.int64)
    mantissa = np.int64((bits & _FRACTION) | _ONE).view(np.float64)
    above = mantissa > _ROOT_OF_TWO
    mantissa = 0.5 * mantissa if above else mantissa
    octave = (bits >> _FRACTION_BITS) - (_BIAS - 1 if above else _BIAS)
    share = (mantissa - 1.0) / (mantissa + 1.0)
    square = share * share
    a, b, c, d, e = _TERMS
    return octave + share * (a + square * (b + square * (c + square * (d + square * e))))
