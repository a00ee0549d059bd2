"""Lets held alarms come up by themselves when what held them has ended and they still burn."""

from collections.abc import Sequence

from prometheus_client import Counter
from sqlalchemy import Connection, RowMapping, bindparam, select, update

from city.clock import SECOND_NS
from linkage.admission.admit import tell
from linkage.admission.batch import Admission, Batch
from linkage.admission.decision import Action, Reason
from linkage.admission.holding import transition_of
from linkage.admission.openings import openings
from linkage.admission.tables import HELD_ALARMS
from linkage.ledger import Ledger, Page
from linkage.tables import ADMISSIONS

ALARMS_RELEASED = Counter(
    "linkage_alarms_released_total", "Held alarms that came up again, by what held them.", ["reason"]
)

#: Held alarms judged in one transaction, after which other writers get their turn.
_BATCH = 100

_NOW = HELD_ALARMS.c.ended_ns.is_(None)
_DUE = (
    select(HELD_ALARMS)
    .where(_NOW, HELD_ALARMS.c.wake_ns <= bindparam("now"))
    .order_by(HELD_ALARMS.c.wake_ns)
    .limit(_BATCH)
)
_WORST = (
    select(HELD_ALARMS)
    .where(_NOW, HELD_ALARMS.c.reason == str(Reason.STORM))
    .order_by(HELD_ALARMS.c.level.desc(), HELD_ALARMS.c.first_ns, HELD_ALARMS.c.id)
    .limit(bindparam("room"))
)
_SHOW_IN = (
    update(ADMISSIONS)
    .where(
        ADMISSIONS.c.rule == bindparam("rule_"),
        ADMISSIONS.c.target == bindparam("target_"),
        ADMISSIONS.c.alarm == bindparam("alarm_"),
        ADMISSIONS.c.action == str(Action.HOLD),
    )
    .values(incident=bindparam("incident_"))
)


class Releaser:
    """Judges held alarms again when their time has come. Calls block: call from a thread."""

    name = "held_alarms"

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self.every_s = ledger.settings.admission.tick_s

    def take(self) -> int:
        """Judge held alarms that are due, and as many of a storm as there is room for; return how many rose."""
        up = 0
        while found := self._some():
            up += sum(admission.decision.action is not Action.HOLD for admission in found)
            if len(found) < _BATCH:
                break
        return up

    def _some(self) -> Sequence[Admission]:
        with self._ledger.database.read() as connection:
            if not self._due(connection):
                return ()
        with self._ledger.writing() as page:
            rows = self._due(page.connection)
            admissions = self._released(page, rows)
        tell(admissions)
        for row, admission in zip(rows, admissions, strict=True):
            if admission.decision.action is not Action.HOLD:
                ALARMS_RELEASED.labels(row["reason"]).inc()
        return admissions

    def _due(self, connection: Connection) -> list[RowMapping]:
        now_ns, settings = self._ledger.clock.now_ns(), self._ledger.settings.admission
        due = list(connection.execute(_DUE, {"now": now_ns}).mappings())
        room = settings.storm_most - openings(connection, now_ns - settings.storm_within_s * SECOND_NS) - len(due)
        if room > 0:
            due += connection.execute(_WORST, {"room": min(room, _BATCH)}).mappings()
        return due

    def _released(self, page: Page, rows: Sequence[RowMapping]) -> list[Admission]:
        transitions = [transition_of(row) for row in rows]
        batch = Batch(page, self._ledger)
        batch.read(transitions)
        admissions = [batch.release(transition) for transition in transitions]
        batch.flush()
        shown = [
            {"rule_": one.rule, "target_": one.target, "alarm_": one.alarm, "incident_": admission.incident}
            for one, admission in zip(transitions, admissions, strict=True)
            if admission.incident is not None
        ]
        if shown:
            page.connection.execute(_SHOW_IN, shown)
        return admissions
