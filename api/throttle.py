"""Slows down guessing: after some failures of one key, each further one doubles the wait."""

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

from api.errors import TooMany
from city.clock import SECOND_NS, Clock

#: Failures are forgotten after this long without a new one.
FORGET_AFTER_S = 900

#: Keys remembered at most; the one longest without a failure is forgotten first.
CAPACITY = 10_000


@dataclass(slots=True)
class _Failures:
    count: int
    last_ns: int


class Throttle:
    """Counts failures by key and refuses a key that must wait; safe between threads, kept in memory only."""

    def __init__(self, clock: Clock, *, free_attempts: int, longest_wait_s: int, capacity: int = CAPACITY) -> None:
        self._clock = clock
        self._free_attempts, self._longest_wait_s, self._capacity = free_attempts, longest_wait_s, capacity
        self._failures: OrderedDict[str, _Failures] = OrderedDict()
        self._lock = Lock()

    def check(self, key: str, *, at: str) -> None:
        """Let `key` try now.

        Raises:
            TooMany: it has to wait.
        """
        with self._lock:
            left_ns = self._left_ns(key)
        if left_ns > 0:
            raise TooMany(what="failed sign-ins", retry_after_s=-(-left_ns // SECOND_NS), at=at)

    def failed(self, key: str) -> None:
        """Count a failure of `key`."""
        now_ns = self._clock.now_ns()
        with self._lock:
            known = self._failures.pop(key, None)
            fresh = known is None or now_ns - known.last_ns > FORGET_AFTER_S * SECOND_NS
            self._failures[key] = _Failures(1 if known is None or fresh else known.count + 1, now_ns)
            while len(self._failures) > self._capacity:
                self._failures.popitem(last=False)

    def succeeded(self, key: str) -> None:
        """Forget the failures of `key`."""
        with self._lock:
            self._failures.pop(key, None)

    def _left_ns(self, key: str) -> int:
        known = self._failures.get(key)
        if known is None or known.count < self._free_attempts:
            return 0
        # The exponent is capped, since a wait above 2**20 s is above every allowed longest wait.
        wait_s: int = min(2 ** min(known.count - self._free_attempts, 20), self._longest_wait_s)
        # A clock set back must not make the wait longer.
        return min(known.last_ns + wait_s * SECOND_NS - self._clock.now_ns(), wait_s * SECOND_NS)
