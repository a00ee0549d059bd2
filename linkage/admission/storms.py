"""The cap on what alarms may open: above it they are held back, and one incident says how many are."""

from dataclasses import replace
from typing import Protocol

from sqlalchemy import func, select

from city.alarm import AlarmTransition
from city.clock import SECOND_NS
from linkage.admission.board import Board, Key
from linkage.admission.config import AdmissionSettings
from linkage.admission.decision import Hold, Reason
from linkage.admission.rhythm import openings
from linkage.admission.tables import HELD_ALARMS
from linkage.deed import Deed, Outcome
from linkage.ledger import Page
from linkage.record import Case, IncidentRecord
from linkage.tables import HELD, KEYS
from linkage.telling.audience import told_by

#: The key of the incident that says what a storm holds back.
STORM_KEY: Key = (":storm", "")

_CURRENT = select(KEYS.c.incident).where(KEYS.c.rule == STORM_KEY[0], KEYS.c.target == STORM_KEY[1], HELD)
_HELD = select(func.count(), func.max(HELD_ALARMS.c.level)).where(
    HELD_ALARMS.c.reason == str(Reason.STORM), HELD_ALARMS.c.ended_ns.is_(None)
)


class Opener(Protocol):
    """What opens the storm's incident, and writes what becomes of it."""

    def open_storm(self, transition: AlarmTransition, key: Key) -> int:
        """Open the incident of a storm that begins with this alarm; return its id."""
        ...


class Storms:
    """Counts what alarms have opened lately, and keeps the storm's incident up to date."""

    def __init__(self, page: Page, settings: AdmissionSettings) -> None:
        self._page, self._settings = page, settings
        self._opened = 0
        self._held, self._worst = 0, 0
        self._incident: int | None = None

    def read(self, board: Board) -> None:
        """Read how many incidents were opened lately, and what a storm holds back."""
        connection = self._page.connection
        self._opened = openings(connection, self._page.now_ns - self._settings.storm_within_s * SECOND_NS)
        self._incident = connection.execute(_CURRENT).scalar_one_or_none()
        held, worst = connection.execute(_HELD).one()
        self._held = held
        self._worst = worst if worst is not None else 0
        if self._incident is not None:
            board.fetch([self._incident])

    @property
    def on(self) -> bool:
        """Tell whether a storm holds something back."""
        return self._held > 0

    @property
    def full(self) -> int | None:
        """Return the storm's incident, 0 before there is one, while the queue bears no more; else None."""
        if self._opened < self._settings.storm_most:
            return None
        return 0 if self._incident is None else self._incident

    def opened(self) -> None:
        """Count an incident that an alarm opened."""
        self._opened += 1

    def holding(self, transition: AlarmTransition, opener: Opener, hold: Hold, *, again: bool) -> Hold:
        """Return the hold with the storm's incident in it; `again` for an alarm that the storm held before."""
        if self._incident is None:
            self._incident = opener.open_storm(transition, STORM_KEY)
        self._held += 0 if again else 1
        self._worst = max(self._worst, int(transition.level))
        return replace(hold, cause=str(self._incident), incident=self._incident)

    def let_go(self) -> None:
        """Count an alarm that the storm holds back no more."""
        self._held -= 1

    def settle(self, board: Board) -> None:
        """Say in the storm's incident how many alarms it holds now, if that has changed."""
        if self._incident is None:
            return
        case = board.case(self._incident)
        if case.incident.active != self._held or case.incident.level < self._worst:
            board.put(board.sheet.write(case, _counted(case, self._held, self._worst, self._page)))


def begun(outcome: Outcome) -> Outcome:
    """Return the opening of an incident for one alarm as that of a storm: about no place and no department."""
    case = outcome.case
    incident = replace(
        case.incident,
        title=_title(1),
        sensor=None,
        longitude=None,
        latitude=None,
        district="",
        place="",
        first_actions={},
        proposed=[],
    )
    first = outcome.deeds[0]
    names = ("title", "sensor", "longitude", "latitude", "district", "place", "first_actions", "proposed")
    data = {**first.data, **{name: getattr(incident, name) for name in names}, "storm": True}
    return Outcome(Case(incident), (replace(first, data=data),))


def _counted(case: Case, held: int, worst: int, page: Page) -> Outcome:
    incident = _counting(case.incident, held, worst, page.now_ns)
    rising = incident.level > case.incident.level
    deed = Deed(
        step="rise" if rising else "storm",
        from_state=case.incident.state,
        to_state=incident.state,
        data={"held": held, "level": incident.level, "title": incident.title},
    )
    after = Case(incident, case.tasks)
    told = told_by(deed, case, after, page.scene(incident.incident_class).directory)
    return Outcome(after, (replace(deed, told=told),))


def _counting(incident: IncidentRecord, held: int, worst: int, now_ns: int) -> IncidentRecord:
    over = held == 0
    level = incident.level if over else max(incident.level, worst)
    return replace(
        incident,
        title=_title(held),
        alarms=max(incident.alarms, held),
        active=held,
        level=level,
        worst_level=max(incident.worst_level, level),
        acknowledged_ns=None if level > incident.level else incident.acknowledged_ns,
        recovered_ns=now_ns if over else None,
    )


def _title(held: int) -> dict[str, str]:
    if not held:
        return {"zh": "报警风暴：已过", "en": "Alarm storm: over"}
    return {"zh": f"报警风暴：另有 {held} 条", "en": f"Alarm storm: and {held} more"}
