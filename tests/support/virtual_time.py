"""An event loop whose clock jumps to the next timer instead of waiting for it."""

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

#: What one turn of the loop takes by its own clock.
TURN_S = 1e-5


class _Selector(selectors.DefaultSelector):
    """Waits for real only when there is no timer to jump to."""

    now_s = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self.now_s += TURN_S
        if timeout is None or timeout <= 0:
            return super().select(timeout)
        ready = super().select(0)
        if not ready:
            self.now_s += timeout
        return ready


class _Loop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._virtual = _Selector()
        super().__init__(self._virtual)

    def time(self) -> float:
        return self._virtual.now_s


def run_virtually(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run `coroutine` to its end; whatever it sleeps costs no time."""
    with asyncio.Runner(loop_factory=_Loop) as runner:
        return runner.run(coroutine)
