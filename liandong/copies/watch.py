"""An incident of the city's own when its copies are too old: what nobody misses until the day it is needed."""

from collections.abc import Callable, Sequence
from pathlib import Path

from city.alarm import AlarmTransition, Change, Response
from city.clock import Clock
from city.level import Domain, Level
from liandong.copies.config import BackupSettings
from liandong.copies.standing import Standings, complaints
from liandong.folder import write_private

#: What the alarm's rule is called; like `:channel`, it stands in no rule book.
RULE, TARGET = ":copies", "copies"

_NAME = {"zh": "备份过期", "en": "Copies are too old"}
_FIRST_ACTIONS: dict[str, tuple[str, ...]] = {
    "zh": ("查看备份位置是否可达、空间是否足够", "手动执行 liandong backup，再执行 liandong backup verify"),
    "en": (
        "See whether the place for copies is reachable and has room",
        "Run liandong backup, then liandong backup verify",
    ),
}

#: Time between two looks, in seconds.
EVERY_S = 60.0


class CopyWatch:
    """Raises the alarm and clears it; `admit` takes transitions into the queue, and a repeat is harmless.

    Which alarm stands is kept in a file, so that a desk that was started again clears the one that was raised.
    """

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
        self._mark, self._admit = mark, admit
        self._said: bool | None = None

    def take(self) -> int:
        """Look once; return how many changes were admitted.

        Raises:
            StoreUnavailable: the database does not answer; the next look does what was left.
        """
        now_ns = self._clock.now_ns()
        late = bool(complaints(self._standings.now(), self._settings, now_ns))
        if late == self._said:
            return 0
        done = self._raise(now_ns) if late else self._clear(now_ns)
        self._said = late
        return done

    def _raise(self, now_ns: int) -> int:
        if not self._mark.exists():
            write_private(self._mark, f"{RULE}/{now_ns}")
        self._admit([self._change(Change.RAISED, now_ns)])
        return 1

    def _clear(self, now_ns: int) -> int:
        if not self._mark.exists():
            return 0
        self._admit([self._change(Change.CLEARED, now_ns)])
        self._mark.unlink()
        return 1

    def _change(self, change: Change, now_ns: int) -> AlarmTransition:
        key = self._mark.read_text("utf-8")
        return AlarmTransition(
            id=f"{key}/{change}",
            alarm=key,
            rule=RULE,
            rule_name=_NAME,
            kind="copies",
            target=TARGET,
            domain=Domain.MACHINE_ROOM,  # the lane of the city's own equipment
            change=change,
            level=Level.MAJOR,
            time_ns=now_ns,
            arrival_ns=now_ns,
            response=Response("equipment_fault", {Level.MAJOR.word: 3}, first_actions=_FIRST_ACTIONS),
        )
