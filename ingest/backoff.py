"""Pauses between attempts: exponential, capped, with jitter so that many do not come back at once."""

from random import Random


class Backoff:
    """Counts attempts that failed and says how long to wait before the next."""

    def __init__(self, first_s: float, cap_s: float, random: Random) -> None:
        self._first_s, self._cap_s, self._random = first_s, cap_s, random
        self._failures = 0

    def next_s(self) -> float:
        """Return the pause after one more failure, in seconds: between half and all of the doubled one."""
        ceiling = min(self._cap_s, self._first_s * 2.0 ** min(self._failures, 32))
        self._failures += 1
        return ceiling * self._random.uniform(0.5, 1.0)

    def reset(self) -> None:
        """Forget the failures: an attempt succeeded."""
        self._failures = 0
