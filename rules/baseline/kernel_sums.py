"""Sums in the order in which numpy adds, to be compiled by numba."""

from rules.baseline.kernel_ranks import Floats, compiled


@compiled
def sum_of(values: Floats, begin: int, end: int) -> float:
    """Return a sum as numpy does it: the first value and the sum of the others, in eight lanes where they are eight."""
    others, start, at = end - begin - 1, begin + 1, 8
    if others < 8:
        so_far = -0.0
        for place in range(start, end):
            so_far += values[place]
        return float(values[begin] + so_far)
    a, b, c, d = values[start], values[start + 1], values[start + 2], values[start + 3]
    e, f, g, h = values[start + 4], values[start + 5], values[start + 6], values[start + 7]
    while at + 8 <= others:
        p = start + at
        a, b, c, d = a + values[p], b + values[p + 1], c + values[p + 2], d + values[p + 3]
        e, f, g, h = e + values[p + 4], f + values[p + 5], g + values[p + 6], h + values[p + 7]
        at += 8
    so_far = ((a + b) + (c + d)) + ((e + f) + (g + h))
    while at < others:
        so_far += values[start + at]
        at += 1
    return float(values[begin] + so_far)
