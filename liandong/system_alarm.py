"""An alarm about the city's own system, which stands in no rule book: raised once and cleared once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from city.alarm import AlarmTransition, Change, Response
from city.clock import Clock
from city.level import Domain, Level
from liandong.folder import write_private


@dataclass(frozen=True, slots=True)
class Matter:
    """What such an alarm is about: names by language, and what is done first.

    Attributes:
        rule: begins with a colon, as it stands in no rule book.
    """

    rule: str
    target: str
    name: dict[str, str]
    first_actions: dict[str, tuple[str, ...]]


class SystemAlarm:
    """Raises the alarm and clears it; `admit` takes transitions into the queue, and a repeat is harmless.

    That it stands is kept in a file, so that a desk that was started again clears the one that was raised.
    """

    def __init__(
        self, matter: Matter, mark: Path, clock: Clock, admit: Callable[[Sequence[AlarmTransition]], object]
    ) -> None:
        self._matter, self._mark, self._clock, self._admit = matter, mark, clock, admit
        self._said: bool | None = None

    def say(self, *, stands: bool) -> int:
        """Have it stand or not; return how many changes were admitted. Blocks.

        Raises:
            StoreUnavailable: the database does not answer; the next call does what was left.
        """
        if stands == self._said:
            return 0
        done = self._raise() if stands else self._clear()
        self._said = stands
        return done

    def _raise(self) -> int:
        if not self._mark.exists():
            write_private(self._mark, f"{self._matter.rule}/{self._clock.now_ns()}")
        self._admit([self._change(Change.RAISED)])
        return 1

    def _clear(self) -> int:
        if not self._mark.exists():
            return 0
        self._admit([self._change(Change.CLEARED)])
        self._mark.unlink()
        return 1

    def _change(self, change: Change) -> AlarmTransition:
        key, now_ns = self._mark.read_text("utf-8"), self._clock.now_ns()
        return AlarmTransition(
            id=f"{key}/{change}",
            alarm=key,
            rule=self._matter.rule,
            rule_name=self._matter.name,
            kind=self._matter.target,
            target=self._matter.target,
            domain=Domain.MACHINE_ROOM,  # the lane of the city's own equipment
            change=change,
            level=Level.MAJOR,
            time_ns=now_ns,
            arrival_ns=now_ns,
            response=Response("equipment_fault", {Level.MAJOR.word: 3}, first_actions=self._matter.first_actions),
        )
