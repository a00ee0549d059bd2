"""An incident of the city's own when its copies are too old: what nobody misses until the day it is needed."""

from collections.abc import Callable, Sequence
from pathlib import Path

from city.alarm import AlarmTransition
from city.clock import Clock
from liandong.copies.config import BackupSettings
from liandong.copies.standing import Standings, complaints
from liandong.system_alarm import Matter, SystemAlarm

_MATTER = Matter(
    ":copies",
    "copies",
    {"zh": "备份过期", "en": "Copies are too old"},
    {
        "zh": ("查看备份位置是否可达、空间是否足够", "手动执行 liandong backup，再执行 liandong backup verify"),
        "en": (
            "See whether the place for copies is reachable and has room",
            "Run liandong backup, then liandong backup verify",
        ),
    },
)

#: Time between two looks, in seconds.
EVERY_S = 60.0


class CopyWatch:
    """Looks how old the copies are; which alarm stands is kept in the file `mark`."""

    name, every_s = "copies", EVERY_S

    def __init__(
        self,
        standings: Standings,
        settings: BackupSettings,
        clock: Clock,
        mark: Path,
        admit: Callable[[Sequence[AlarmTransition]], object],
    ) -> None:
        self._standings, self._settings, self._clock = standings, settings, clock
        self._alarm = SystemAlarm(_MATTER, mark, clock, admit)

    def take(self) -> int:
        """Look once; return how many changes were admitted.

        Raises:
            StoreUnavailable: the database does not answer; the next look does what was left.
        """
        late = complaints(self._standings.now(), self._settings, self._clock.now_ns())
        return self._alarm.say(stands=bool(late))
