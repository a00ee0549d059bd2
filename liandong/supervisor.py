"""Runs the parts of the program: started in order, kept running, ended in reverse, none left behind."""

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import NoReturn

import msgspec
import structlog

from city.clock import Clock
from liandong.folder import write_private
from liandong.part import Keeper, Part, PartRefused

log = structlog.get_logger()

#: Time between two attempts to say how the parts are, where that could not be written, in seconds.
_TELL_AGAIN_S = 1.0


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
        self._untold = False

    def signal(self, part: str, number: signal.Signals) -> None:
        """Send the named part a signal, if it runs."""
        for keeper in self._keepers:
            if keeper.part.name == part:
                keeper.signal(number)

    async def run(self, *, ready: Callable[[], Awaitable[None]], stop: asyncio.Event) -> None:
        """Start the parts in their order, call `ready` when all of them are, and stay until `stop`.

        Raises:
            PartRefused: a part cannot run at all; the others are ended first.
        """
        refusals: list[PartRefused] = []

        def refuse(refusal: PartRefused) -> None:
            refusals.append(refusal)
            stop.set()

        async with AsyncExitStack() as running:
            await running.enter_async_context(_beside(self._tell_again(), "supervisor.telling"))
            for keeper in self._keepers:
                await running.enter_async_context(_kept(keeper, refuse))
                if keeper.part.alone:
                    await _either(keeper.ready, stop)
                if stop.is_set():
                    break
            for keeper in self._keepers:
                await _either(keeper.ready, stop)
            if not stop.is_set():
                await ready()
            await stop.wait()
            log.info("parts_stopping")
        self._state.unlink(missing_ok=True)
        if refusals:
            raise refusals[0]

    def _tell(self) -> None:
        """Say how the parts are; that the disk is full must not end them, so it is said later then."""
        states = {
            keeper.part.name: PartState(keeper.pid, keeper.ready.is_set(), keeper.restarts, keeper.since_ns)
            for keeper in self._keepers
        }
        try:
            write_private(self._state, msgspec.json.encode(states).decode())
        except OSError as error:
            if not self._untold:
                log.warning("parts_not_told", file=str(self._state), cause=str(error))
            self._untold = True
        else:
            self._untold = False

    async def _tell_again(self) -> NoReturn:
        while True:
            await asyncio.sleep(_TELL_AGAIN_S)
            if self._untold:
                self._tell()


def _kept(keeper: Keeper, refuse: Callable[[PartRefused], None]) -> AbstractAsyncContextManager[None]:
    """Keep a part running while the block lasts."""

    async def keep() -> None:
        try:
            await keeper.keep()
        except PartRefused as exc:
            refuse(exc)

    return _beside(keep(), f"supervisor.{keeper.part.name}")


@asynccontextmanager
async def _beside(work: Coroutine[object, object, None], name: str) -> AsyncIterator[None]:
    """Let `work` go on while the block lasts."""
    async with asyncio.TaskGroup() as group:
        task = group.create_task(work, name=name)
        try:
            yield
        finally:
            task.cancel()


async def _either(*events: asyncio.Event) -> None:
    """Wait until one of the events, whichever comes first."""
    async with asyncio.TaskGroup() as group:
        waits = [group.create_task(event.wait(), name="supervisor.wait") for event in events]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()
