"""Ends what takes too long, with one thread for all that is watched."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Condition, Thread

_NEVER_S = float("inf")


@dataclass(frozen=True, slots=True, eq=False)
class _Watched:
    """What is to be ended, and when, by the monotonic clock."""

    due_s: float
    end: Callable[[], None] = field(repr=False)


class Watchdog:
    """Ends blocks that last too long. Safe between threads; its own thread starts with the first block."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._watched: set[_Watched] = set()
        self._nearest_s = _NEVER_S
        self._changed = Condition()
        self._thread: Thread | None = None

    @contextmanager
    def watching(self, longest_s: float, end: Callable[[], None]) -> Iterator[None]:
        """Call `end`, which must be quick and must not raise, from another thread if the block lasts longer."""
        watched = _Watched(time.monotonic() + longest_s, end)
        self._add(watched)
        try:
            yield
        finally:
            with self._changed:
                self._watched.discard(watched)

    def _add(self, watched: _Watched) -> None:
        with self._changed:
            self._watched.add(watched)
            if self._thread is None:
                self._thread = Thread(target=self._look, name=self._name, daemon=True)
                self._thread.start()
            elif watched.due_s < self._nearest_s:
                self._changed.notify()

    def _look(self) -> None:
        with self._changed:
            while True:
                now_s = time.monotonic()
                late = {one for one in self._watched if one.due_s <= now_s}
                self._watched -= late
                for one in late:
                    one.end()
                self._nearest_s = min((one.due_s for one in self._watched), default=_NEVER_S)
                self._changed.wait(None if self._nearest_s == _NEVER_S else self._nearest_s - now_s)
