"""Whether a sensor's silence can be its own: only while we are connected and hear everything as it comes."""

#: We have caught up when no batch was cut short for this long (a backlog keeps cutting them), in seconds.
SETTLE_S = 1.0
#: A burst of this length is still no backlog, in seconds.
PATIENCE_S = 10.0


class Listening:
    """Looks at connection and batches, and says from which moment silence counts.

    Times are seconds of a clock that never jumps.

    Attributes:
        value: we are connected and caught up.
    """

    def __init__(self) -> None:
        self.value = False
        self._connected_s: float | None = None
        self._behind_s = self._caught_up_s = 0.0

    def batch(self, now_s: float, *, caught_up: bool) -> None:
        """Note a batch, and whether it closed because nothing more was waiting."""
        if caught_up:
            self._caught_up_s = now_s
        else:
            self._behind_s = now_s

    def judge(self, now_s: float, *, connected: bool, idle: bool) -> bool:
        """Return `value` as of now; `idle` says that nothing waits to be committed."""
        if not connected:
            self._connected_s, self.value = None, False
            return False
        if self._connected_s is None:
            self._connected_s = self._caught_up_s = now_s
        if idle:
            self._caught_up_s = now_s
        if now_s - max(self._connected_s, self._behind_s) >= SETTLE_S:
            self.value = True
        elif now_s - self._caught_up_s >= PATIENCE_S:
            self.value = False
        return self.value
