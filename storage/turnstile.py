"""A lock that is fair: whoever waits longest is let through next, so that a busy thread cannot keep it for itself."""

from collections import deque
from threading import Lock


class Turnstile:
    """Lets one thread through at a time, in the order in which they came.

    A plain lock goes to whoever asks while nobody holds it, which is again and again the thread that has just let go.
    """

    def __init__(self) -> None:
        self._own = Lock()
        self._taken = False
        self._waiting: deque[Lock] = deque()

    def acquire(self, timeout_s: float) -> bool:
        """Wait for one's turn, at most `timeout_s`; return whether it came."""
        with self._own:
            if not self._taken:
                self._taken = True
                return True
            turn = Lock()
            turn.acquire()
            self._waiting.append(turn)
        if turn.acquire(timeout=timeout_s):
            return True
        with self._own:
            if turn in self._waiting:
                self._waiting.remove(turn)
                return False
        return True  # it came at the last moment

    def release(self) -> None:
        """Hand over to whoever waits longest."""
        with self._own:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._taken = False
