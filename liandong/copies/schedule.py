"""Takes copies when they are due, and tries the newest out now and then, each in a process of its own."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Sequence
from typing import NoReturn

import structlog

from city.clock import SECOND_NS, Clock
from liandong import leash
from liandong.copies.config import BackupSettings
from liandong.copies.standing import Act, Standing, Standings
from liandong.part import own_environment

log = structlog.get_logger()

#: Time between two looks at what is due, and shortest time before what failed is tried again, in seconds.
_LOOK_S, _AGAIN_S = 20.0, 600.0

#: Copies yield to the city's work (nice(1)).
_NICENESS = 10

_HOUR_NS = 3600 * SECOND_NS


def due(standing: Standing, settings: BackupSettings, now_ns: int) -> str:
    """Return what is due now: `backup`, `verify`, or nothing."""
    if _is_due(standing.taken, settings.every_h, now_ns):
        return "backup"
    if settings.test_every_h and standing.taken.at_ns and _is_due(standing.tested, settings.test_every_h, now_ns):
        return "verify"
    return ""


def _is_due(act: Act, every_h: float, now_ns: int) -> bool:
    """Return whether it is time; what a clock noted that was ahead then is no reason to wait for it."""
    if 0 <= now_ns - act.at_ns < every_h * _HOUR_NS:
        return False
    failed = act.tried_ns != act.at_ns
    return not (failed and 0 <= now_ns - act.tried_ns < _AGAIN_S * SECOND_NS)


class Schedule:
    """Runs what is due until cancelled; `command` makes the command line of one of our own commands.

    It begins when `may_begin` returns: a restored copy would push the city's own copies out of their folder.
    """

    def __init__(
        self,
        settings: BackupSettings,
        standings: Standings,
        clock: Clock,
        command: Callable[..., Sequence[str]],
        may_begin: Callable[[], Awaitable[None]],
    ) -> None:
        self._settings, self._standings, self._clock, self._command = settings, standings, clock, command
        self._may_begin = may_begin

    async def run(self) -> NoReturn:
        """Look, run what is due, and look again."""
        await self._may_begin()
        while True:
            try:
                await self._look()
            except OSError as error:  # a full disk, or no process can be started: the city's parts go on
                log.warning("copies_not_looked_after", cause=str(error))
            await asyncio.sleep(_LOOK_S)

    async def _look(self) -> None:
        """Run what is due."""
        what = due(self._standings.begin(), self._settings, self._clock.now_ns())
        if what:
            await self._do(*(["backup"] if what == "backup" else ["backup", "verify"]))

    async def _do(self, *words: str) -> None:
        process = await asyncio.create_subprocess_exec(
            *leash.command(*self._command(*words)),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            env=own_environment(),
            process_group=0,
        )
        try:
            os.setpriority(os.PRIO_PROCESS, process.pid, _NICENESS)
            code = await process.wait()
        finally:
            if process.returncode is None:
                process.terminate()
                await process.wait()
        (log.info if code == 0 else log.error)("copy_scheduled", command=" ".join(words), exit_code=code)
