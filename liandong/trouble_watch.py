"""Incidents of the city's own while ingest tells of damage, or that judging met a fault."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from city.alarm import AlarmTransition
from city.clock import Clock
from city.feed import DAMAGE_KINDS, JUDGING_KINDS, Feed
from liandong.looking import looking
from liandong.system_alarm import Matter, SystemAlarm


@dataclass(frozen=True, slots=True)
class Watched:
    """What is watched: kinds of troubles, and the alarm that they are."""

    kinds: Sequence[str]
    matter: Matter


_DAMAGE = Matter(
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

_RULES_FAULT = Matter(
    ":rules-fault",
    "rules",
    {"zh": "规则判断出错", "en": "Rules met a fault and began anew"},
    {
        "zh": (
            "在“系统”页查看是哪些类型的规则",
            "人工核实此前仍在报警的点位：其恢复可能不再自动报告",
            "将日志中的 rules_fault 转交维护人员",
        ),
        "en": (
            "See on the page System which kinds of rules they are",
            "Have somebody look at what stood in alarm by them: that it is over may not be told",
            "Give the log's rules_fault to those who maintain the program",
        ),
    },
)

#: Damage and loss, until somebody has looked; faults of judging, until ingest is started again.
DAMAGE, RULES_FAULT = Watched(DAMAGE_KINDS, _DAMAGE), Watched(JUDGING_KINDS, _RULES_FAULT)

#: Time between two looks, in seconds.
EVERY_S = 30.0


class TroubleWatch:
    """Asks ingest; which alarm stands is kept in the file `mark`."""

    def __init__(
        self,
        watched: Watched,
        feed: Feed,
        clock: Clock,
        mark: Path,
        admit: Callable[[Sequence[AlarmTransition]], object],
    ) -> None:
        self._kinds, self._feed = watched.kinds, feed
        self._alarm = SystemAlarm(watched.matter, mark, clock, admit)

    async def run(self) -> NoReturn:
        """Look until cancelled."""
        await looking("troubles", EVERY_S, self.look)

    async def look(self) -> int:
        """Look once; return how many changes were admitted.

        Raises:
            StoreUnavailable: ingest or the database does not answer; the next look does what was left.
        """
        troubles = (await self._feed.status()).troubles
        stands = any(trouble.kind in self._kinds for trouble in troubles)
        return await asyncio.to_thread(self._alarm.say, stands=stands)
