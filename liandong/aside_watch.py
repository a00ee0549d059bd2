"""An incident of the city's own while alarms are set aside that met a fault: nobody has decided on them."""

from collections.abc import Callable, Sequence
from pathlib import Path

from city.alarm import AlarmTransition
from city.clock import Clock
from liandong.system_alarm import Matter, SystemAlarm
from linkage.admission.setting_aside import troubles
from storage.sql import Database

_MATTER = Matter(
    ":set-aside",
    "admission",
    {"zh": "报警未能判定", "en": "Alarms could not be admitted"},
    {
        "zh": (
            "在“系统”页查看是哪些规则、哪些点位",
            "人工核实这些点位的现场情况",
            "将日志中的 desk_fault 转交维护人员",
        ),
        "en": (
            "See on the page System which rules and places they are about",
            "Have somebody look at these places",
            "Give the log's desk_fault to those who maintain the program",
        ),
    },
)

#: Time between two looks, in seconds.
EVERY_S = 15.0


class AsideWatch:
    """Looks whether alarms are set aside; which alarm stands is kept in the file `mark`."""

    name, every_s = "set_aside_watch", EVERY_S

    def __init__(
        self, database: Database, clock: Clock, mark: Path, admit: Callable[[Sequence[AlarmTransition]], object]
    ) -> None:
        self._database = database
        self._alarm = SystemAlarm(_MATTER, mark, clock, admit)

    def take(self) -> int:
        """Look once; return how many changes were admitted.

        Raises:
            StoreUnavailable: the database does not answer; the next look does what was left.
        """
        return self._alarm.say(stands=bool(troubles(self._database)))
