"""Rings when the event log has grown, so that live streams need not ask all the time."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock

Listener = Callable[[int], None]


class Bell:
    """Calls its listeners, in the writer's thread and after its commit, with the newest event number."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []
        self._lock = Lock()

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Add a listener, which must be quick and must not raise; return what removes it again."""
        with self._lock:
            self._listeners.append(listener)

        def leave() -> None:
            with self._lock:
                if listener in self._listeners:
                    self._listeners.remove(listener)

        return leave

    @contextmanager
    def heard(self) -> Iterator[asyncio.Event]:
        """Yield an event of the running loop that is set at every ring while the block lasts."""
        news, loop = asyncio.Event(), asyncio.get_running_loop()

        def hear(_: int) -> None:
            loop.call_soon_threadsafe(news.set)

        leave = self.listen(hear)
        try:
            yield news
        finally:
            leave()

    def ring(self, number: int) -> None:
        """Tell every listener that the log has grown to `number`."""
        with self._lock:
            listeners = tuple(self._listeners)
        for listener in listeners:
            listener(number)
