"""An incident of the city's own when something of ingest's was found damaged or is lost, until somebody has looked."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

import structlog

from city.alarm import AlarmTransition
from city.clock import Clock
from city.errors import StoreUnavailable
from city.feed import DAMAGE_KINDS, Feed
from liandong.system_alarm import Matter, SystemAlarm
from linkage.faults import faults_told

log = structlog.get_logger()

_MATTER = Matter(
    ":damage",
    "damage",
    {"zh": "数据文件损坏", "en": "Files of the system were found damaged"},
    {
        "zh": ("在“系统”页查看哪些文件已隔离", "检查磁盘；必要时从备份恢复", "查看后移走已隔离的文件"),
        "en": (
            "See on the page System which files were set aside",
            "Look at the disk; restore a copy where that is needed",
            "Move away what was set aside once it was looked at",
        ),
    },
)

#: Time between two looks, in seconds.
EVERY_S = 30.0


class DamageWatch:
    """Asks ingest; which alarm stands is kept in the file `mark`."""

    def __init__(
        self, feed: Feed, clock: Clock, mark: Path, admit: Callable[[Sequence[AlarmTransition]], object]
    ) -> None:
        self._feed = feed
        self._alarm = SystemAlarm(_MATTER, mark, clock, admit)

    async def run(self) -> NoReturn:
        """Look until cancelled."""
        while True:
            try:
                with faults_told("damage"):
                    await self.look()
            except StoreUnavailable as error:
                log.info("damage_not_asked", store=error.store, cause=error.cause)
            await asyncio.sleep(EVERY_S)

    async def look(self) -> int:
        """Look once; return how many changes were admitted.

        Raises:
            StoreUnavailable: ingest or the database does not answer; the next look does what was left.
        """
        troubles = (await self._feed.status()).troubles
        stands = any(trouble.kind in DAMAGE_KINDS for trouble in troubles)
        return await asyncio.to_thread(self._alarm.say, stands=stands)
