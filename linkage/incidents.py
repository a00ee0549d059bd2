"""The incidents of the queue: opened by people, moved by steps, shown to those whose they are."""

from collections.abc import Iterable
from dataclasses import asdict, replace

from sqlalchemy import Connection, select

from city.errors import BadRequest, Conflict, IllegalTransition, NotFound, NotOver, NotPermitted
from linkage import acting, cases, permissions, viewing
from linkage.acting import Order
from linkage.admission.proposing import propose_near
from linkage.closing import doubts
from linkage.conflict import Happened, matters
from linkage.deed import Outcome
from linkage.failpoint import Work
from linkage.idempotency import asking, done_before, mark_done
from linkage.ledger import Ledger, Page
from linkage.opening import Report, opened_by_person
from linkage.person import Person
from linkage.record import Case, TaskRecord
from linkage.reopening import recounted
from linkage.rows import row_number
from linkage.states import Step
from linkage.tables import ADMISSIONS, EVENTS, INCIDENTS, TASKS
from linkage.views import Actions, Incident
from linkage.witness.showing import pictured, shown

#: Newest events and alarm changes that one view of an incident carries; a storm may have thousands.
_SHOWN = 500


class Incidents:
    """The service behind every step that a person takes. Calls block on the database: call from a thread."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def open_by_person(self, report: Report, person: Person) -> Incident:
        """Open an incident for what `person` reports.

        Raises:
            NotPermitted: this person has no part in incidents.
            BadRequest: the report cannot be.
        """
        if not person.holds(permissions.REPORTING):
            raise NotPermitted("open", allowed=" or ".join(sorted(permissions.REPORTING)), at="incidents")
        with self._ledger.writing() as page:
            number = cases.next_id(page.connection, INCIDENTS)
            scene = page.scene(report.incident_class)
            case = page.write(None, opened_by_person(report, person, number, scene, self._ledger.book), person)
            propose_near(page, case, self._ledger.book)
        return self.one(str(number), person)

    def act(self, incident: str, order: Order, person: Person, key: str = "") -> Incident:
        """Take an incident step; sent again with the same key it is not taken again.

        Raises:
            NotFound: there is no such incident, or it is not this person's to see.
            Conflict: somebody changed it first, and that matters to this step.
            NotPermitted: the step is somebody else's.
            IllegalTransition: the incident does not allow it now.
            BadRequest: something that the step needs is missing or wrong.
        """
        number = row_number(incident, "incident")
        with self._ledger.writing(Work.STEP) as page:
            ask = asking(person.id, key, "incident", number, asdict(order))
            if not done_before(page.connection, ask):
                case = self._visible(page.connection, number, person)
                self._step(page, case, None, order, person)
                mark_done(page.connection, ask, page.now_ns)
        return self.one(incident, person)

    def act_on_task(self, task: str, order: Order, person: Person, key: str = "") -> Incident:
        """Take a task step; errors as for `act`."""
        number = row_number(task, "task")
        with self._ledger.writing(Work.STEP) as page:
            row = page.connection.execute(select(TASKS.c.incident).where(TASKS.c.id == number)).one_or_none()
            if row is None:
                raise NotFound("task", task)
            ask = asking(person.id, key, "task", number, asdict(order))
            if not done_before(page.connection, ask):
                case = self._visible(page.connection, row.incident, person)
                self._step(page, case, case.task(number), order, person)
                mark_done(page.connection, ask, page.now_ns)
        return self.one(str(row.incident), person)

    def one(self, incident: str, person: Person) -> Incident:
        """Return an incident whole, with the steps that `person` may take now.

        Raises:
            NotFound: there is no such incident, or it is not this person's to see.
        """
        number = row_number(incident, "incident")
        now_ns = self._ledger.clock.now_ns()
        with self._ledger.database.read() as connection:
            case = self._visible(connection, number, person)
            past = cases.past_steps(connection, number, person.id)
            found = doubts(connection, case, self._ledger.sense)
            standard = self._ledger.book.standards.of(case.incident.incident_class)
            row = connection.execute(select(INCIDENTS).where(INCIDENTS.c.id == number)).mappings().one()
            events = connection.execute(
                select(EVENTS).where(EVENTS.c.incident == number).order_by(EVENTS.c.number.desc()).limit(_SHOWN)
            ).mappings()
            alarms = connection.execute(
                select(ADMISSIONS)
                .where(ADMISSIONS.c.incident == number)
                .order_by(ADMISSIONS.c.decided_ns.desc(), ADMISSIONS.c.time_ns.desc())
                .limit(_SHOWN)
            ).mappings()
            return Incident.model_validate(
                {
                    **viewing.line_of(row),
                    "departments": viewing.legs_of(case.tasks),
                    "note": row["note"],
                    "first_actions": Actions.model_validate(row["first_actions"]),
                    "proposed": row["proposed"],
                    "tasks": [
                        viewing.task_of(t, viewing.task_steps(case, t, person, past, now_ns)) for t in case.tasks
                    ],
                    "alarms": [viewing.alarm_of(alarm) for alarm in alarms],
                    "events": [viewing.event_of(event) for event in reversed(list(events))],
                    "steps": viewing.incident_steps(case, person, past, standard, found),
                    "closing": viewing.closing_of(found),
                    "evidence": shown(connection, number),
                    "snapshots": pictured(connection, number),
                }
            )

    def _visible(self, connection: Connection, number: int, person: Person) -> Case:
        case = cases.load(connection, number)
        if case is None or not permissions.may_see(person, case):
            raise NotFound("incident", number)
        return case

    def _step(self, page: Page, case: Case, task: TaskRecord | None, order: Order, person: Person) -> None:
        since = _since(page.connection, case, order.version, person)
        past = cases.past_steps(page.connection, case.incident.id, person.id)
        at = f"incident {case.incident.number}"
        mattering = matters(order.step, None if task is None else task.id, since)
        permissions.check(order.step, person, case, task, past)
        if mattering:
            raise Conflict(found=_told(mattering), at=at)
        try:
            outcome = self._decided(page, case, task, order, person)
        except IllegalTransition as error:
            if since:
                raise Conflict(found=_told(since), at=at) from error
            raise
        if order.step is Step.CLOSE:
            self._assure(page.connection, case, order, person)
        page.write(case, outcome, person)

    def _assure(self, connection: Connection, case: Case, order: Order, person: Person) -> None:
        """Let nobody close what burns or cannot be seen, but the foreman in writing."""
        found = doubts(connection, case, self._ledger.sense)
        at = f"incident {case.incident.number}"
        if order.override.strip() and not person.holds(permissions.OVERRIDING):
            raise NotPermitted("override", allowed=" or ".join(sorted(permissions.OVERRIDING)), at=at)
        if found and not order.override.strip():
            raise NotOver(order.step, state=case.incident.state, why=str(found), at=at)

    def _decided(self, page: Page, case: Case, task: TaskRecord | None, order: Order, person: Person) -> Outcome:
        scene = replace(page.scene(case.incident.incident_class), actor=person)
        if order.step is Step.REOPEN:
            case = recounted(page.connection, case, page.now_ns)
        if task is None:
            return acting.act(case, order, scene)
        return acting.act_on_task(case, task, order, scene)


def _since(connection: Connection, case: Case, version: int, person: Person) -> list[Happened]:
    """Return what others did after `version`, oldest first; a phone sends several steps that saw the same version."""
    if not 0 <= version <= case.incident.version:
        raise BadRequest(expected=f"0 to {case.incident.version}", got=version, at="version")
    if version == case.incident.version:
        return []
    rows = connection.execute(
        select(EVENTS)
        .where(
            EVENTS.c.incident == case.incident.id,
            EVENTS.c.version > version,
            EVENTS.c.actor.is_distinct_from(person.id),
        )
        .order_by(EVENTS.c.number)
    ).mappings()
    return [Happened(row["step"], row["task"], row["actor_name"], row["from_state"], row["to_state"]) for row in rows]


def _told(events: Iterable[Happened]) -> str:
    return ", ".join(str(event) for event in list(events)[-3:])
