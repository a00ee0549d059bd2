"""One part of the program as the supervisor sees it: a child process that is started, watched, and started again."""

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Protocol

import structlog

from city.clock import Clock
from city.errors import LiandongError
from ingest.backoff import Backoff
from liandong import leash
from liandong.exits import Exit
from liandong.forked import NurseryGone

log = structlog.get_logger()

#: First pause before a part is started again, and how long it must run for the pause to be short again.
_FIRST_PAUSE_S = 0.2
_SETTLED_S = 10.0

#: Time between two looks at whether a starting part is ready.
_LOOK_S = 0.05

#: Where our packages are; a child finds them there too, be it in a checkout.
_ROOT = str(Path(__file__).resolve().parents[1])

#: Endings that starting again cannot mend.
_FINAL = (Exit.USAGE, Exit.SETTINGS, Exit.TAKEN)


class PartRefused(LiandongError):
    """Raised when a part says at its first start that it cannot run; it has said why itself."""

    code = "part_refused"

    def __init__(self, part: str, exit_code: int) -> None:
        self.part, self.exit, self.at = part, Exit(exit_code), part
        super().__init__(f"`{part}` cannot run (exit code {exit_code})")


class Process(Protocol):
    """A child process as asyncio describes its own."""

    @property
    def pid(self) -> int:
        """Return its number."""
        ...

    @property
    def returncode(self) -> int | None:
        """Return its exit code; None while it runs."""
        ...

    async def wait(self) -> int:
        """Return its exit code when it has ended."""
        ...

    def terminate(self) -> None:
        """Ask it to end."""
        ...

    def kill(self) -> None:
        """End it at once."""
        ...


async def _at_once() -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What to run.

    Attributes:
        fork: starts it, where it is one of our own; `command` does where there is none or it raises NurseryGone.
        ready: tells whether it does its work yet.
        prepare: called before each start.
        alone: the next part is started only when this one is ready.
        patience_s: time its start may take; what it has to recover can be much.
        grace_s: time it gets to end by itself after SIGTERM.
        longest_pause_s: before it is started again.
        says: file in which it says more than on stderr, if there is one.
    """

    name: str
    command: tuple[str, ...]
    fork: Callable[[], Awaitable[Process]] | None = None
    ready: Callable[[], Awaitable[bool]] = _at_once
    prepare: Callable[[], None] = lambda: None
    alone: bool = True
    patience_s: float = 900.0
    grace_s: float = 20.0
    longest_pause_s: float = 5.0
    says: str = ""


class Keeper:
    """Keeps one part running until cancelled; leaves no process behind."""

    def __init__(self, part: Part, clock: Clock, changed: Callable[[], None]) -> None:
        self.part = part
        self.pid = 0
        self.restarts = 0
        self.since_ns = 0
        self.ready = asyncio.Event()
        self._clock, self._changed = clock, changed
        self._was_ready = False

    async def keep(self) -> None:
        """Start the part, and start it again whenever it ends.

        Raises:
            PartRefused: it cannot run at all.
        """
        backoff = Backoff(_FIRST_PAUSE_S, self.part.longest_pause_s, Random())
        while True:
            began_s = asyncio.get_running_loop().time()
            code = await self._lived()
            if not self._was_ready and code in _FINAL:
                raise PartRefused(self.part.name, code)
            if asyncio.get_running_loop().time() - began_s > _SETTLED_S:
                backoff.reset()
            pause_s = backoff.next_s()
            more = {"see": self.part.says} if self.part.says else {}
            again_s = round(pause_s, 1)
            log.error(
                "part_ended", part=self.part.name, exit_code=code, how=how(code), starting_again_in_s=again_s, **more
            )
            await asyncio.sleep(pause_s)
            self.restarts += 1

    def signal(self, number: signal.Signals) -> None:
        """Send the part's process a signal, if it runs."""
        if self.pid:
            with suppress(ProcessLookupError):  # it has just ended, and will be started again
                os.kill(self.pid, number)

    async def _lived(self) -> int:
        """Live through one process; one that cannot be started now, as with a full disk, counts as one that failed."""
        try:
            return await self._live()
        except OSError as error:
            log.warning("part_not_started", part=self.part.name, cause=str(error))
            return Exit.FAILED

    async def _live(self) -> int:
        """Live through one process, and return its exit code."""
        self._prepare()
        process = await _started(self.part)
        self.pid, self.since_ns = process.pid, self._clock.now_ns()
        self._changed()
        log.info("part_started", part=self.part.name, pid=process.pid)
        try:
            await self._until_ready(process)
            return await process.wait()
        finally:
            self.ready.clear()
            await _ended(process, self.part.grace_s)
            self.pid, self.since_ns = 0, self._clock.now_ns()
            self._changed()

    def _prepare(self) -> None:
        """Prepare a start; where that fails, as with a full disk, it goes on with what it had when it was ready."""
        try:
            self.part.prepare()
        except (LiandongError, OSError) as error:
            if not self._was_ready:
                raise
            log.warning("part_not_prepared", part=self.part.name, cause=str(error))

    async def _until_ready(self, process: Process) -> None:
        deadline_s = asyncio.get_running_loop().time() + self.part.patience_s
        while process.returncode is None:
            if await self.part.ready():
                self._was_ready = True
                self.ready.set()
                self._changed()
                log.info("part_ready", part=self.part.name)
                return
            if asyncio.get_running_loop().time() > deadline_s:
                log.error("part_not_ready", part=self.part.name, after_s=self.part.patience_s)
                process.terminate()
                return
            await asyncio.sleep(_LOOK_S)


def how(exit_code: int) -> str:
    """Return in a word how a process ended: by which signal, or with which of our exits; a fault ends as `failed`."""
    if exit_code < 0:
        return signal.Signals(-exit_code).name
    return Exit(exit_code).name.lower() if exit_code in set(Exit) else "unknown"


async def _started(part: Part) -> Process:
    """Start a part on a leash, where Ctrl-C on the terminal does not reach it: it is ended in its turn."""
    if part.fork is not None:
        try:
            return await part.fork()
        except NurseryGone as gone:
            log.warning("nursery_gone", part=part.name, cause=str(gone))
    return await asyncio.create_subprocess_exec(
        *leash.command(*part.command), stdin=asyncio.subprocess.DEVNULL, env=own_environment(), process_group=0
    )


def own_environment() -> dict[str, str]:
    """Return the environment in which a child finds our packages."""
    path = os.pathsep.join(filter(None, [_ROOT, os.environ.get("PYTHONPATH", "")]))
    return {**os.environ, "PYTHONPATH": path}


async def _ended(process: Process, grace_s: float) -> None:
    """Return when the process is gone, killed where it did not go by itself."""
    if process.returncode is not None:
        return
    process.terminate()
    try:
        async with asyncio.timeout(grace_s):
            await process.wait()
    except TimeoutError:
        log.warning("part_killed", pid=process.pid, after_s=grace_s)
        process.kill()
        await process.wait()


def own_command(*arguments: str) -> tuple[str, ...]:
    """Return the command line of another `liandong` command; `-P` keeps the working directory out of its imports."""
    return (sys.executable, "-P", "-m", "liandong", *arguments)
