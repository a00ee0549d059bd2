"""A rate with a burst: what may pass now."""

from dataclasses import dataclass
from math import inf


@dataclass(frozen=True, slots=True)
class Rate:
    """So many a second in the long run, and the amount of `burst_s` seconds at once; None is no bound."""

    messages_per_s: float | None = None
    bytes_per_s: float | None = None
    burst_s: float = 2.0

    @property
    def bounded(self) -> bool:
        """Return whether anything is bounded at all."""
        return self.messages_per_s is not None or self.bytes_per_s is not None


class Bucket:
    """Tokens of one unit that come at `per_s` and are kept up to the burst; without a rate there is always room."""

    def __init__(self, per_s: float | None, burst_s: float) -> None:
        self._per_s = per_s
        self._depth = inf if per_s is None else max(1.0, per_s * burst_s)
        self._tokens = self._depth
        self._last_s: float | None = None

    def room(self, now_s: float, *, kept_back: float = 0.0) -> float:
        """Return what may pass now, if a part of the burst, from 0 to 1, is `kept_back` for others.

        A burst of two has nothing to keep back: a slow source would wait for a full bucket, or for ever.
        """
        if self._per_s is None:
            return inf
        passed_s = 0.0 if self._last_s is None else max(0.0, now_s - self._last_s)
        self._last_s = now_s
        self._tokens = min(self._depth, self._tokens + passed_s * self._per_s)
        return max(0.0, self._tokens - min(kept_back * self._depth, max(0.0, self._depth - 2)))

    def spend(self, amount: float) -> None:
        """Take tokens out."""
        if self._per_s is not None:
            self._tokens -= amount
