"""Running escalations as people see them, and the phone calls that they make."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, RowMapping, select, update

from city.clock import iso
from city.errors import BadRequest, NotFound, NotPermitted
from linkage import cases, permissions
from linkage.deed import Deed, Outcome
from linkage.escalation import keeping
from linkage.escalation.answering import acknowledged, waits
from linkage.escalation.climb import EscalationState
from linkage.escalation.tables import CALLS, ESCALATIONS, NEVER_NS
from linkage.escalation.views import CallOutcome, CallView, EscalationView, RungView
from linkage.ledger import Ledger, Page
from linkage.person import Person, Role
from linkage.record import Case
from linkage.scope import visible
from linkage.tables import INCIDENTS
from linkage.viewing import moment
from linkage.views import Names

#: Who makes the calls that an escalation asks for; officers those of their own department.
CALLERS = frozenset({Role.ACCEPTOR, Role.FOREMAN, Role.DISPATCHER, Role.MONITOR, Role.LEADER})

_SHOWN_CALLS = 50


class Escalations:
    """The service behind the list of escalations. Calls block on the database: call from a thread."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def running(
        self, person: Person, *, incident: str | None = None, after: int = 0, limit: int = 100
    ) -> list[EscalationView]:
        """Return escalations of incidents that `person` may see, in order of id from after `after`.

        Those that climb; with an incident all of that incident's that have not ended.
        """
        shown = [EscalationState.CLIMBING]
        query = select(ESCALATIONS, *_SHOWN).join(INCIDENTS, INCIDENTS.c.id == ESCALATIONS.c.incident)
        if incident is not None:
            shown = [state for state in EscalationState if state is not EscalationState.ENDED]
            query = query.where(ESCALATIONS.c.incident == int(incident))
        wanted = (visible(person), ESCALATIONS.c.state.in_(shown), ESCALATIONS.c.id > after)
        with self._ledger.database.read() as connection:
            rows = list(connection.execute(query.where(*wanted).order_by(ESCALATIONS.c.id).limit(limit)).mappings())
            calls = _calls(connection, [row["id"] for row in rows])
        return [self._view(row, calls.get(row["id"], ())) for row in rows]

    def called(
        self, escalation: str, person: Person, outcome: CallOutcome, *, note: str = "", call: str | None = None
    ) -> EscalationView:
        """Log a phone call that `person` made; one that was answered is an acknowledgement.

        Raises:
            NotFound: there is no such escalation or call, or it is not this person's to see.
            NotPermitted: others make these calls.
            BadRequest: that call was logged before.
        """
        with self._ledger.writing() as page:
            one, case = self._visible(page.connection, escalation, person)
            _check(person, one["department"])
            row = _open_call(page.connection, one["id"], call)
            task = case.task(one["task"])
            said = {
                "escalation": one["id"],
                "outcome": outcome,
                "person": "" if row is None else row["person_name"],
                "call": None if row is None else row["id"],
            }
            department = one["department"] if one["department"] else None
            deed = Deed(step="call", task=one["task"], department=department, note=note, data=said)
            outcomes: list[Deed] = [deed]
            after = case
            if outcome is CallOutcome.ANSWERED and waits(case, task):
                seen = acknowledged(case, task, {"by": "call", **said}, page.now_ns)
                after, outcomes = seen.case, [deed, *seen.deeds]
            if row is not None:
                _log(page, row["id"], person, outcome, note)
            page.write(case, Outcome(after, tuple(outcomes)), person)
        (view,) = (one for one in self.running(person, incident=str(case.incident.id)) if one.id == escalation)
        return view

    def _visible(self, connection: Connection, escalation: str, person: Person) -> tuple[RowMapping, Case]:
        row = (
            connection.execute(select(ESCALATIONS).where(ESCALATIONS.c.id == int(escalation))).mappings().one_or_none()
        )
        case = None if row is None else cases.load(connection, row["incident"])
        over = row is not None and row["state"] == EscalationState.ENDED
        if row is None or case is None or over or not permissions.may_see(person, case):
            raise NotFound("escalation", escalation)
        return row, case

    def _view(self, row: RowMapping, calls: Iterable[CallView]) -> EscalationView:
        one = keeping.escalation_of(row)
        chain = self._ledger.book.chains.of(row["priority"])
        rungs = () if chain is None else chain.rungs
        upcoming = rungs[min(one.rung, len(rungs) - 1)] if rungs and one.next_ns != NEVER_NS else None
        return EscalationView(
            id=str(one.id),
            incident=str(one.incident),
            number=row["number"],
            title=Names(**row["title"]),
            priority=row["priority"],
            task=None if one.task is None else str(one.task),
            department=one.department,
            state=one.state,
            fired=min(one.rung, len(rungs)),
            rungs=len(rungs),
            started_at=iso(one.started_ns),
            answered_at=moment(one.answered_ns),
            answered_by=one.answered_by,
            next=None if upcoming is None else RungView(at=iso(one.next_ns), way=upcoming.way, whom=upcoming.whom),
            calls=tuple(calls),
        )


_SHOWN = (INCIDENTS.c.number, INCIDENTS.c.title, INCIDENTS.c.priority)


def _check(person: Person, department: str) -> None:
    own = person.holds(frozenset({Role.OFFICER})) and department != "" and person.department == department
    if not own and not person.holds(CALLERS):
        raise NotPermitted("call", allowed=" or ".join(sorted(CALLERS)), at="escalations")


def _open_call(connection: Connection, escalation: int, call: str | None) -> RowMapping | None:
    """Return the call that is logged: the named one, else the oldest that waits; None when none was asked for."""
    query = select(CALLS).where(CALLS.c.escalation == escalation)
    if call is None:
        waiting = query.where(CALLS.c.outcome == "").order_by(CALLS.c.id).limit(1)
        return connection.execute(waiting).mappings().one_or_none()
    row = connection.execute(query.where(CALLS.c.id == int(call))).mappings().one_or_none()
    if row is None:
        raise NotFound("call", call)
    if row["outcome"] not in {"", keeping.NOT_NEEDED}:
        raise BadRequest(expected="a call that was not logged yet", got=row["outcome"], at="call")
    return row


def _log(page: Page, call: int, person: Person, outcome: CallOutcome, note: str) -> None:
    values = {
        "outcome": outcome,
        "called_ns": page.now_ns,
        "caller": person.id,
        "caller_name": person.name,
        "note": note,
    }
    page.connection.execute(update(CALLS).where(CALLS.c.id == call).values(values))


def _calls(connection: Connection, escalations: Sequence[int]) -> dict[int, list[CallView]]:
    found: dict[int, list[CallView]] = {}
    query = select(CALLS).where(CALLS.c.escalation.in_(escalations)).order_by(CALLS.c.id).limit(_SHOWN_CALLS)
    for row in connection.execute(query).mappings():
        view = CallView(
            id=str(row["id"]),
            department=row["department"],
            person=row["person_name"],
            phone=row["phone"],
            asked_at=iso(row["asked_ns"]),
            outcome=row["outcome"],
            called_at=moment(row["called_ns"]),
            caller=row["caller_name"],
            note=row["note"],
        )
        found.setdefault(row["escalation"], []).append(view)
    return found
