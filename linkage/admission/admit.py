"""Takes alarm transitions into the queue: each is decided once, and its decision is kept with it."""

from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from prometheus_client import Counter
from sqlalchemy import Connection, bindparam, insert, select, update

from city.alarm import AlarmTransition, Change
from linkage import cases
from linkage.admission.decision import Action, Decision, Reason, Standing, decide
from linkage.admission.evidence import evidence_text, finite
from linkage.admission.joining import joined
from linkage.failpoint import Work
from linkage.ledger import Ledger, Page
from linkage.opening import opened_by_alarm
from linkage.record import Case
from linkage.tables import ADMISSIONS, HELD, INCIDENTS, KEYS, MEMBERS

log = structlog.get_logger()

ALARMS_DECIDED = Counter(
    "linkage_alarms_decided_total", "Alarm transitions, by what was done and why.", ["action", "reason"]
)

# Built once: building a statement anew costs as much as running it.
_DECIDED = select(ADMISSIONS).where(ADMISSIONS.c.transition == bindparam("transition"))
_MEMBER = select(MEMBERS).where(MEMBERS.c.alarm == bindparam("alarm"))
_OPEN = select(KEYS.c.incident).where(KEYS.c.rule == bindparam("rule"), KEYS.c.target == bindparam("target"), HELD)
_OTHERS = (
    select(MEMBERS.c.level)
    .where(MEMBERS.c.incident == bindparam("incident"), MEMBERS.c.active, MEMBERS.c.alarm != bindparam("alarm"))
    .order_by(MEMBERS.c.level.desc())
    .limit(1)
)
_CHANGE_MEMBER = update(MEMBERS).where(MEMBERS.c.alarm == bindparam("alarm_"))


@dataclass(frozen=True, slots=True)
class Admission:
    """A transition's decision and the incident it concerns; `repeated` when it had been decided before."""

    transition: str
    decision: Decision
    incident: int | None
    repeated: bool = False


class Admitter:
    """Decides on alarms, all given at once in one transaction. Calls block on the database: call from a thread."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def admit(self, transitions: Sequence[AlarmTransition]) -> list[Admission]:
        """Decide on `transitions` in order; one that was decided before gets the same answer again.

        Raises:
            StoreUnavailable: nothing was decided; try again.
        """
        with self._ledger.writing(Work.ADMIT) as page:
            admissions = [self._one(page, transition) for transition in transitions]
        for admission in admissions:
            _tell(admission)
        return admissions

    def _one(self, page: Page, transition: AlarmTransition) -> Admission:
        known = _decided(page.connection, transition.id)
        if known is not None:
            return known
        case, standing = _standing(page.connection, transition)
        decision = decide(transition, standing)
        incident = self._done(page, transition, decision, standing, case)
        _keep(page, transition, decision, incident)
        return Admission(transition.id, decision, incident)

    def _done(
        self, page: Page, transition: AlarmTransition, decision: Decision, standing: Standing, case: Case | None
    ) -> int | None:
        """Write what the decision does; return the incident it concerns."""
        if decision.action is Action.OPEN:
            opened = self._open(page, transition)
            _member(page.connection, transition, opened.incident.id, known=standing.known)
            return opened.incident.id
        if decision.action is Action.IGNORE or case is None:
            if transition.change is Change.CLEARED and standing.known:
                _clear(page.connection, transition.alarm)
            return decision.incident
        scene = page.scene(case.incident.incident_class)
        page.write(case, joined(case, transition, decision, standing, scene))
        if transition.change is Change.CLEARED:
            _clear(page.connection, transition.alarm)
        else:
            _member(page.connection, transition, case.incident.id, known=standing.known)
        return case.incident.id

    def _open(self, page: Page, transition: AlarmTransition) -> Case:
        number = cases.next_id(page.connection, INCIDENTS)
        scene = page.scene(transition.response.incident_class)
        outcome = opened_by_alarm(transition, number, scene, self._ledger.book, self._ledger.settings.confirm_within_s)
        case = page.write(None, outcome)
        key = {"incident": number, "rule": transition.rule, "target": transition.target, "open": True}
        page.connection.execute(insert(KEYS), key)
        return case


def _decided(connection: Connection, transition: str) -> Admission | None:
    row = connection.execute(_DECIDED, {"transition": transition}).one_or_none()
    if row is None:
        return None
    decision = Decision(Action(row.action), Reason(row.reason), row.incident)
    return Admission(transition, decision, row.incident, repeated=True)


def _standing(connection: Connection, transition: AlarmTransition) -> tuple[Case | None, Standing]:
    """Return the open incident that the alarm could belong to, and how it stands."""
    member = connection.execute(_MEMBER, {"alarm": transition.alarm}).one_or_none()
    case = None if member is None else cases.load(connection, member.incident)
    if case is None or not case.incident.is_open:
        key = {"rule": transition.rule, "target": transition.target}
        number = connection.execute(_OPEN, key).scalar_one_or_none()
        case = None if number is None else cases.load(connection, number)
    if case is None:
        return None, Standing(belonged=None if member is None else member.incident)
    belongs = member is not None and member.incident == case.incident.id
    return case, Standing(
        incident=case.incident.id,
        level=case.incident.level,
        recovered=case.incident.recovered_ns is not None,
        belonged=None if member is None else member.incident,
        active=belongs and member is not None and bool(member.active),
        others=_others(connection, case.incident.id, transition.alarm),
    )


def _others(connection: Connection, incident: int, alarm: str) -> int:
    highest = connection.execute(_OTHERS, {"incident": incident, "alarm": alarm}).scalar_one_or_none()
    return 0 if highest is None else int(highest)


def _member(connection: Connection, transition: AlarmTransition, incident: int, *, known: bool) -> None:
    values = {"incident": incident, "level": int(transition.level), "active": True}
    if known:
        connection.execute(_CHANGE_MEMBER, {"alarm_": transition.alarm, **values})
    else:
        key = {"alarm": transition.alarm, "rule": transition.rule, "target": transition.target}
        connection.execute(insert(MEMBERS), {**key, **values})


def _clear(connection: Connection, alarm: str) -> None:
    connection.execute(_CHANGE_MEMBER, {"alarm_": alarm, "active": False})


def _keep(page: Page, transition: AlarmTransition, decision: Decision, incident: int | None) -> None:
    row = {
        "transition": transition.id,
        "alarm": transition.alarm,
        "rule": transition.rule,
        "rule_name": transition.rule_name,
        "target": transition.target,
        "change": transition.change,
        "level": int(transition.level),
        "time_ns": transition.time_ns,
        "arrival_ns": transition.arrival_ns,
        "quantity": transition.quantity,
        "value": finite(transition.value),
        "limit_value": finite(transition.limit),
        "unit": transition.unit,
        "late": transition.late,
        "evidence": evidence_text(transition),
        "action": decision.action,
        "reason": decision.reason,
        "incident": incident,
        "decided_ns": page.now_ns,
    }
    page.connection.execute(insert(ADMISSIONS), row)


def _tell(admission: Admission) -> None:
    if admission.repeated:
        ALARMS_DECIDED.labels(admission.decision.action, "repeated").inc()
        return
    ALARMS_DECIDED.labels(admission.decision.action, admission.decision.reason).inc()
    if admission.decision.action is Action.OPEN:
        log.info("incident_opened", incident=admission.incident, transition=admission.transition)
