"""Lets held alarms come up by themselves when what held them has ended and they still burn."""

from collections.abc import Sequence
from functools import partial

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
from linkage.tables import ADMISSIONS, NEVER_NS
from linkage.waking import Due

ALARMS_RELEASED = Counter(
    "linkage_alarms_released_total", "Held alarms that came up again, by what held them.", ["reason"]
)

_NOW = HELD_ALARMS.c.ended_ns.is_(None)
_DUE = Due(
    select(HELD_ALARMS).where(_NOW),
    HELD_ALARMS.c.wake_ns,
    100,
    then=(HELD_ALARMS.c.level.desc(), HELD_ALARMS.c.first_ns, HELD_ALARMS.c.id),
)
#: What a storm holds back waits for room, not for a time; what met a fault when there was room waits for its time.
_WORST = (
    select(HELD_ALARMS.c.id)
    .where(_NOW, HELD_ALARMS.c.reason == str(Reason.STORM), HELD_ALARMS.c.wake_ns == NEVER_NS)
    .order_by(HELD_ALARMS.c.level.desc(), HELD_ALARMS.c.first_ns, HELD_ALARMS.c.id)
    .limit(bindparam("room"))
)
_WAKE = update(HELD_ALARMS).where(HELD_ALARMS.c.id == bindparam("id_")).values(wake_ns=bindparam("now_"))
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
        self._risen = 0

    def take(self) -> int:
        """Judge held alarms that are due, and as many of a storm as there is room for; return how many rose."""
        self._risen = 0
        _DUE.take(self._ledger, self._release)
        while self._woken():
            _DUE.take(self._ledger, self._release)
        return self._risen

    def _woken(self) -> bool:
        """Wake the worst of a storm for which there is room; return whether some were woken."""
        with self._ledger.database.read() as connection:
            if not self._worst(connection):
                return False
        now_ns = self._ledger.clock.now_ns()
        with self._ledger.database.write() as connection:
            found = self._worst(connection)
            if found:
                connection.execute(_WAKE, [{"id_": number, "now_": now_ns} for number in found])
        return bool(found)

    def _worst(self, connection: Connection) -> Sequence[int]:
        settings = self._ledger.settings.admission
        since_ns = self._ledger.clock.now_ns() - settings.storm_within_s * SECOND_NS
        room = settings.storm_most - openings(connection, since_ns)
        return connection.execute(_WORST, {"room": room}).scalars().all() if room > 0 else ()

    def _release(self, page: Page, rows: Sequence[RowMapping]) -> None:
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
        page.afterwards.append(partial(self._tell, rows, admissions))

    def _tell(self, rows: Sequence[RowMapping], admissions: Sequence[Admission]) -> None:
        tell(admissions)
        for row, admission in zip(rows, admissions, strict=True):
            if admission.decision.action is not Action.HOLD:
                ALARMS_RELEASED.labels(row["reason"]).inc()
                self._risen += 1
