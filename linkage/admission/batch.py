"""One batch of transitions: read what they may concern, decide on each in order, and write it all together."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import bindparam, insert, select

from city.alarm import AlarmTransition, Change
from city.clock import from_ns
from city.sensor import Sensor
from linkage.admission.board import Board, key_of
from linkage.admission.caps import Caps
from linkage.admission.decision import Action, Decision, Reason, Standing, decide
from linkage.admission.effects import Effects
from linkage.admission.evidence import admitted_row
from linkage.admission.grace import Grace
from linkage.admission.holding import Holding
from linkage.admission.lookout import Around, Lookout
from linkage.admission.nearness import nearnesses
from linkage.admission.neighbourhood import MOST_PROPOSED
from linkage.admission.rhythm import Rhythms
from linkage.admission.storms import Storms
from linkage.admission.surroundings import Surroundings
from linkage.admission.tables import RELEASED_BY
from linkage.hints.taking import Taking, is_hint
from linkage.ledger import Ledger, Page
from linkage.shadow.recording import Recording, is_shadow
from linkage.silences.reading import quiets
from linkage.tables import ADMISSIONS

_DECIDED = select(ADMISSIONS.c.transition, ADMISSIONS.c.action, ADMISSIONS.c.reason, ADMISSIONS.c.incident).where(
    ADMISSIONS.c.transition.in_(bindparam("transitions", expanding=True))
)


@dataclass(frozen=True, slots=True)
class Admission:
    """A transition's decision and the incident it concerns; `repeated` when it had been decided before."""

    transition: str
    decision: Decision
    incident: int | None
    repeated: bool = False


class Batch:
    """Decides on transitions inside one write transaction; nothing is written before `flush`."""

    def __init__(self, page: Page, ledger: Ledger) -> None:
        settings = ledger.settings.admission
        self.page = page
        self._sensor = ledger.book.sensor
        self.board = Board(page, Grace(ledger.book, page.now_ns, settings.reopen_within_s))
        self.holding = Holding(page.connection, page.now_ns)
        self._surroundings = Surroundings(self.board, settings)
        self._rhythms = Rhythms(settings.flapping)
        self._caps = Caps(page, settings)
        self._storms = Storms(page, settings)
        day = from_ns(page.now_ns).astimezone(ledger.book.zone).date()
        around = Around(
            self.board,
            self.holding,
            self._surroundings,
            self._rhythms,
            self._caps,
            self._storms,
            quiets(page.connection, page.now_ns, ledger.book.zone),
            nearnesses(ledger.book.plans, day),
            settings,
        )
        self._lookout = Lookout(around)
        self._effects = Effects(self.board, self._surroundings, ledger)
        self._recording = Recording(page.connection, page.now_ns)
        self._hints = Taking(page, ledger.book.directory)
        self._known: dict[str, Admission] = {}
        self._rows: list[dict[str, Any]] = []

    def read(self, transitions: Sequence[AlarmTransition]) -> None:
        """Read what the transitions may concern; each that is then admitted must be among them."""
        self._recording.read([one for one in transitions if is_shadow(one)])
        transitions = [one for one in transitions if not is_shadow(one)]
        connection = self.page.connection
        for row in connection.execute(_DECIDED, {"transitions": [one.id for one in transitions]}):
            decision = Decision(Action(row.action), Reason(row.reason), row.incident)
            self._known[row.transition] = Admission(row.transition, decision, row.incident, repeated=True)
        self._hints.read([one for one in transitions if is_hint(one)])
        transitions = [one for one in transitions if not is_hint(one)]
        placed = [(transition, self._sensor(transition.target)) for transition in transitions]
        keys = sorted({key_of(transition, sensor) for transition, sensor in placed})
        self.board.read({transition.alarm for transition in transitions}, keys)
        self.holding.read(keys)
        self._surroundings.read(placed)
        self._rhythms.read(connection, transitions, self.page.now_ns)
        self._caps.read(placed, self.board)
        self._storms.read(self.board)

    def admit(self, transition: AlarmTransition) -> Admission:
        """Decide on one transition; one that was decided before gets the same answer again."""
        known = self._known.get(transition.id)
        if known is not None:
            return known
        sensor = self._sensor(transition.target)
        if is_shadow(transition):
            self._recording.note(transition, sensor)
            return Admission(transition.id, Decision(Action.RECORD, Reason.SHADOW), None)
        if is_hint(transition):
            decision, incident = self._hints.take(transition, sensor), None
        else:
            decision, incident = self._decided(transition, sensor, self._lookout.standing(transition, sensor))
            self._rhythms.count(transition)
        self._rows.append(admitted_row(transition, decision, incident, self.page.now_ns))
        self._known[transition.id] = Admission(transition.id, decision, incident, repeated=True)
        return Admission(transition.id, decision, incident)

    def release(self, transition: AlarmTransition) -> Admission:
        """Judge a held alarm again as it burns now; it is held back for another reason, or comes up."""
        sensor = self._sensor(transition.target)
        burning = replace(transition, change=Change.RAISED)
        standing = self._lookout.standing(burning, sensor)
        decision, incident = self._decided(burning, sensor, standing, released=self.holding.reason(transition.alarm))
        return Admission(transition.id, decision, incident)

    def flush(self) -> None:
        """Write everything that was decided."""
        self._effects.settle()
        self._caps.settle(self.board)
        self._storms.settle(self.board)
        self.board.flush()
        self.holding.flush()
        self._effects.propose()
        self._recording.flush()
        self._hints.flush()
        if self._rows:
            self.page.connection.execute(insert(ADMISSIONS), self._rows)
        self._rows = []

    def _decided(
        self, transition: AlarmTransition, sensor: Sensor | None, standing: Standing, released: str = ""
    ) -> tuple[Decision, int | None]:
        decision = decide(transition, standing)
        if decision.hold is not None:
            return self._held(transition, sensor, decision)
        if decision.action is Action.IGNORE and standing.held_at:
            self._relieved(transition, sensor)
            return decision, None
        near = self._lookout.near(transition, sensor) if decision.action is Action.OPEN else []
        incident = self._effects.take(transition, sensor, decision, standing, released)
        if transition.change in {Change.RAISED, Change.RISEN} and standing.held_at:
            opens = decision.action is Action.OPEN
            self._let_go(transition, sensor, RELEASED_BY if released and opens else "came_up")
        if decision.action is Action.OPEN and incident is not None:
            self._caps.opened(transition, sensor)
            self._storms.opened()
            self._effects.near(incident, near[:MOST_PROPOSED])
        return decision, incident

    def _held(
        self, transition: AlarmTransition, sensor: Sensor | None, decision: Decision
    ) -> tuple[Decision, int | None]:
        assert decision.hold is not None
        hold, before = decision.hold, self.holding.reason(transition.alarm)
        again = before == hold.reason
        if not again:
            self._uncount(transition, sensor)
        if hold.reason is Reason.CAPPED:
            hold = self._caps.holding(transition, sensor, self._effects, hold, again=again)
        elif hold.reason is Reason.STORM:
            hold = self._storms.holding(transition, self._effects, hold, again=again)
        self.holding.hold(transition, hold, sensor)
        return replace(decision, incident=hold.incident, hold=hold), hold.incident

    def _relieved(self, transition: AlarmTransition, sensor: Sensor | None) -> None:
        if transition.change is Change.CLEARED:
            self._let_go(transition, sensor, "cleared")
        else:
            self.holding.fell(transition)

    def _let_go(self, transition: AlarmTransition, sensor: Sensor | None, how: str) -> None:
        self._uncount(transition, sensor)
        self.holding.end(transition.alarm, how)

    def _uncount(self, transition: AlarmTransition, sensor: Sensor | None) -> None:
        """Count an alarm out of the cap that has held it back until now, if one has."""
        reason = self.holding.reason(transition.alarm)
        if reason == Reason.CAPPED:
            self._caps.let_go(transition, sensor)
        elif reason == Reason.STORM:
            self._storms.let_go()
