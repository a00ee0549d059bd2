"""What a cap holds back, and the one incident that says how many there are."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from city.alarm import AlarmTransition
from city.level import Level
from linkage.admission.board import Board, Key
from linkage.admission.decision import Hold
from linkage.deed import Deed, Outcome
from linkage.ledger import Page
from linkage.proposing import RULE
from linkage.record import Case, IncidentRecord
from linkage.telling.audience import told_by


class Opener(Protocol):
    """What opens the incident of a cap, and writes what becomes of it."""

    def open_overflow(self, transition: AlarmTransition, cap: "Cap") -> int:
        """Open the incident of a cap that begins to hold back with this alarm; return its id."""
        ...


@dataclass(frozen=True, slots=True)
class Cap:
    """A cap, as its incident tells of it.

    Attributes:
        key: of its incident.
        step: what the event log calls a change of the number.
        title: of its incident, by how many alarms it holds back.
        one_rule: all of them are one rule's, so what that rule says is to be done is for all of them.
    """

    key: Key
    step: str
    title: Callable[[int], dict[str, str]]
    one_rule: bool = False


class Overflow:
    """Counts the alarms that a cap holds back, and says so in its incident when the batch is settled."""

    def __init__(self, page: Page, cap: Cap, *, held: int, worst: int, incident: int | None) -> None:
        self._page, self._cap = page, cap
        self.held, self._worst = held, worst
        self.incident = incident

    def holding(self, transition: AlarmTransition, opener: Opener, hold: Hold, *, again: bool) -> Hold:
        """Return the hold with the cap's incident in it; `again` for an alarm that the cap held before."""
        if self.incident is None:
            self.incident = opener.open_overflow(transition, self._cap)
        self.held += 0 if again else 1
        self._worst = max(self._worst, int(transition.level))
        return replace(hold, cause=str(self.incident), incident=self.incident)

    def let_go(self) -> None:
        """Count an alarm that the cap holds back no more."""
        self.held -= 1

    def settle(self, board: Board) -> None:
        """Say in the cap's incident how many alarms it holds now, if that has changed."""
        if self.incident is None:
            return
        case = board.case(self.incident)
        if case.incident.active != self.held or case.incident.level < self._worst:
            board.put(board.sheet.write(case, self._counted(case)))

    def _counted(self, case: Case) -> Outcome:
        incident = self._counting(case.incident)
        rising = incident.level > case.incident.level
        deed = Deed(
            step="rise" if rising else self._cap.step,
            from_state=case.incident.state,
            to_state=incident.state,
            data={"held": self.held, "level": Level(incident.level).word, "title": incident.title},
        )
        after = Case(incident, case.tasks)
        told = told_by(deed, case, after, self._page.scene(incident.incident_class).directory)
        return Outcome(after, (replace(deed, told=told),))

    def _counting(self, incident: IncidentRecord) -> IncidentRecord:
        over = self.held == 0
        level = incident.level if over else max(incident.level, self._worst)
        return replace(
            incident,
            title=self._cap.title(self.held),
            alarms=max(incident.alarms, self.held),
            active=self.held,
            level=level,
            worst_level=max(incident.worst_level, level),
            acknowledged_ns=None if level > incident.level else incident.acknowledged_ns,
            recovered_ns=self._page.now_ns if over else None,
        )


def begun(outcome: Outcome, cap: Cap) -> Outcome:
    """Return the opening of an incident for one alarm as that of a cap: about no place, and of what all have alike."""
    case = outcome.case
    named = [one for one in case.incident.proposed if case.incident.proposed_why.get(one) == RULE]
    proposed = named if cap.one_rule else []
    incident = replace(
        case.incident,
        title=cap.title(1),
        sensor=None,
        longitude=None,
        latitude=None,
        district="",
        place="",
        first_actions=case.incident.first_actions if cap.one_rule else {},
        proposed=proposed,
        proposed_why=dict.fromkeys(proposed, RULE),
    )
    first = outcome.deeds[0]
    names = ("title", "sensor", "longitude", "latitude", "district", "place", "first_actions", "proposed")
    data = {**first.data, **{name: getattr(incident, name) for name in names}, cap.step: True}
    return Outcome(Case(incident), (replace(first, data=data),))
