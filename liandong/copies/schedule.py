"""Takes copies when they are due, and tries the newest out now and then, each in a process of its own."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Sequence
from typing import NoReturn

import structlog

from city.clock import SECOND_NS, Clock
from liandong import leash
from liandong.copies.config import BackupSettings
from liandong.copies.standing import Standing, Standings
from liandong.part import own_environment

log = structlog.get_logger()

#: Time between two looks at what is due, and shortest time before what failed is tried again, in seconds.
_LOOK_S, _AGAIN_S = 20.0, 600.0

#: Copies yield to the city's work (nice(1)).
_NICENESS = 10

_HOUR_NS = 3600 * SECOND_NS


def due(standing: Standing, settings: BackupSettings, now_ns: int) -> str:
    """Return what is due now: `backup`, `verify`, or nothing."""
    again_ns = round(_AGAIN_S * SECOND_NS)
    taken, tested = standing.taken, standing.tested
    if now_ns - taken.at_ns >= settings.every_h * _HOUR_NS and now_ns - taken.tried_ns >= again_ns:
        return "backup"
    test_ns = settings.test_every_h * _HOUR_NS
    if test_ns and taken.at_ns and now_ns - tested.at_ns >= test_ns and now_ns - tested.tried_ns >= again_ns:
        return "verify"
    return ""


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
        self._standings.begin()
        while True:
            what = due(self._standings.now(), self._settings, self._clock.now_ns())
            if what:
                await self._do(*(["backup"] if what == "backup" else ["backup", "verify"]))
            await asyncio.sleep(_LOOK_S)

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
