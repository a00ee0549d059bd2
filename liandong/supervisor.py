"""Runs the parts of the program: started in order, kept running, ended in reverse, none left behind."""

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import msgspec
import structlog

from city.clock import Clock
from liandong.folder import write_private
from liandong.part import Keeper, Part, PartRefused

log = structlog.get_logger()


class PartState(msgspec.Struct, frozen=True):
    """How one part is, as the other processes may read it."""

    pid: int
    ready: bool
    restarts: int
    since_ns: int


class Supervisor:
    """Keeps `parts` running; `state` is the file that says how they are."""

    def __init__(self, parts: Sequence[Part], *, state: Path, clock: Clock) -> None:
        self._state = state
        self._keepers = [Keeper(part, clock, self._tell) for part in parts]
        self._stop = asyncio.Event()
        self._refusal: PartRefused | None = None

    def stop(self) -> None:
        """Have `run` end the parts and return."""
        self._stop.set()

    def signal(self, part: str, number: signal.Signals) -> None:
        """Send the named part a signal, if it runs."""
        for keeper in self._keepers:
            if keeper.part.name == part:
                keeper.signal(number)

    async def run(self, *, ready: Callable[[], Awaitable[None]]) -> None:
        """Start each part when the one before is ready, call `ready`, and stay until `stop`.

        Raises:
            PartRefused: a part cannot run at all; the others are ended first.
        """
        async with AsyncExitStack() as running:
            for keeper in self._keepers:
                await running.enter_async_context(_kept(keeper, self._refuse))
                await self._either(keeper.ready)
            if not self._stop.is_set():
                await ready()
            await self._stop.wait()
            log.info("parts_stopping")
        self._state.unlink(missing_ok=True)
        if self._refusal is not None:
            raise self._refusal

    def _refuse(self, refusal: PartRefused) -> None:
        self._refusal = self._refusal or refusal
        self._stop.set()

    async def _either(self, event: asyncio.Event) -> None:
        """Wait until `event` or the wish to stop, whichever comes first."""
        async with asyncio.TaskGroup() as group:
            waits = [group.create_task(one.wait(), name="supervisor.wait") for one in (event, self._stop)]
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            for wait in waits:
                wait.cancel()

    def _tell(self) -> None:
        states = {
            keeper.part.name: PartState(keeper.pid, keeper.ready.is_set(), keeper.restarts, keeper.since_ns)
            for keeper in self._keepers
        }
        write_private(self._state, msgspec.json.encode(states).decode())


@asynccontextmanager
async def _kept(keeper: Keeper, refuse: Callable[[PartRefused], None]) -> AsyncIterator[None]:
    """Keep a part running while the block lasts."""

    async def keep() -> None:
        try:
            await keeper.keep()
        except PartRefused as exc:
            refuse(exc)

    async with asyncio.TaskGroup() as group:
        task = group.create_task(keep(), name=f"supervisor.{keeper.part.name}")
        try:
            yield
        finally:
            task.cancel()
