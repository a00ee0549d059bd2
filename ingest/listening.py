"""Whether a sensor's silence can be its own: only while we are connected and hear everything as it comes."""

from math import inf

#: We have caught up when no batch was cut short for this long (a backlog keeps cutting them), in seconds.
SETTLE_S = 1.0
#: A burst of this length is still no backlog, in seconds.
PATIENCE_S = 10.0
#: Where sensors speak all at once, each burst cuts batches short, whatever comes after it. So we have caught up, too,
#: when for so long we had everything at least once in so long, in seconds.
PROOF_S, GAP_S = 3.0, 1.0
#: A broker that sent nothing for so long after it was acknowledged had nothing; farther than this is none, in seconds.
IDLE_S = 0.1


class Listening:
    """Looks at connection and batches, and says from which moment silence counts.

    Times are seconds of a clock that never jumps.

    Attributes:
        value: we are connected and caught up.
    """

    def __init__(self) -> None:
        self.value = False
        self._connected_s: float | None = None
        self._behind_s = self._caught_up_s = self._proof_s = self._done_s = 0.0

    def batch(self, now_s: float, *, caught_up: bool) -> None:
        """Note a batch that begins, and whether it closed because nothing more was waiting."""
        if caught_up or now_s - self._done_s >= IDLE_S:
            self._have_all(now_s)
        if not caught_up:
            self._behind_s = now_s
        self._done_s = inf

    def done(self, now_s: float) -> None:
        """Note that a batch was acknowledged."""
        self._done_s = now_s

    def judge(self, now_s: float, *, connected: bool, idle: bool) -> bool:
        """Return `value` as of now; `idle` says that nothing waits to be committed."""
        if not connected:
            self._connected_s, self.value = None, False
            return False
        if self._connected_s is None:
            self._connected_s = self._caught_up_s = self._proof_s = now_s
        if idle and now_s - self._done_s >= IDLE_S:
            self._have_all(now_s)
        whole = now_s - self._caught_up_s <= GAP_S and self._caught_up_s - self._proof_s >= PROOF_S
        if whole or now_s - max(self._connected_s, self._behind_s) >= SETTLE_S:
            self.value = True
        elif now_s - self._caught_up_s >= PATIENCE_S:
            self.value = False
        return self.value

    def _have_all(self, now_s: float) -> None:
        """Note a moment at which the broker had nothing more for us."""
        if now_s - self._caught_up_s > GAP_S:
            self._proof_s = now_s
        self._caught_up_s = now_s
