"""Calling back: who called is told how it ended, and says how satisfied they are."""

from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, insert, select, update

from city.clock import iso
from city.errors import BadRequest, Conflict, NotFound, NotPermitted
from linkage import cases
from linkage.access import Look, Looked, log_look
from linkage.deed import Deed, Outcome
from linkage.idempotency import asking, remember, remembered
from linkage.ledger import Ledger, Page
from linkage.permissions import may_see
from linkage.person import Person, Role
from linkage.queue import summaries
from linkage.reports.book import ReportBook
from linkage.reports.filing import Request
from linkage.reports.tables import CALLS, REPORTS
from linkage.reports.viewing import call_of
from linkage.reports.views import Callback, CallerView
from linkage.rows import row_number
from linkage.scope import visible
from linkage.tables import INCIDENTS

#: The only ones who see callers' names and numbers, and who call back.
CALLING = frozenset({Role.ACCEPTOR, Role.FOREMAN})

#: Waiting calls shown at once.
_MOST = 200

#: The event of an attempt to call back.
CALLED = "call_back"


@dataclass(frozen=True, slots=True)
class Called:
    """How an attempt went; `satisfaction` is one of the city's answers, or None where the caller gave none."""

    reached: bool
    satisfaction: int | None = None
    note: str = ""


class Callbacks:
    """The service behind the list of calls. Calls block on the database: call from a thread."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def waiting(self, person: Person) -> tuple[Callback, ...]:
        """Return callers whose incident has ended and who are still to be told, longest waiting first."""
        _check(person)
        query = (
            select(REPORTS, INCIDENTS.c.ended_ns.label("ended"))
            .join(INCIDENTS, INCIDENTS.c.id == REPORTS.c.incident)
            .where(
                REPORTS.c.callback == "wanted",
                INCIDENTS.c.ended_ns.is_not(None),
                visible(person),
            )
            .order_by(INCIDENTS.c.ended_ns, REPORTS.c.id)
            .limit(_MOST)
        )
        with self._ledger.database.read() as connection:
            rows = list(connection.execute(query).mappings())
            return _callbacks(connection, rows)

    def caller(self, report: str, person: Person) -> CallerView:
        """Return who called, after writing down that `person` looked; raises NotFound, NotPermitted."""
        _check(person)
        number = row_number(report, "report")
        with self._ledger.writing() as page:
            row = _row(page.connection, number, person)
            log_look(page.connection, person, Look(Looked.CALLER, report, row["incident"]), page.now_ns)
        return CallerView(name=row["caller_name"], phone=row["caller_phone"])

    def called(self, report: str, called: Called, request: Request) -> bool:
        """Record an attempt to call back; return whether the caller is to be called again.

        Raises:
            NotFound: there is no such report, or it is not this person's to see.
            NotPermitted: calling back is somebody else's.
            BadRequest: the answer is none of the city's.
            Conflict: somebody called them meanwhile, the incident is open (again), or the key was used otherwise.
        """
        _check(request.person)
        _check_answer(called, self._ledger.book.reports)
        number = row_number(report, "report")
        ask = asking(request.person.id, request.key, "call", report, called.reached, called.satisfaction, called.note)
        with self._ledger.writing() as page:
            answer = remembered(page.connection, ask) if request.key else None
            if answer is None:
                answer = self._record(page, number, called, request.person)
                if request.key:
                    remember(page.connection, ask, answer, page.now_ns)
        return answer == "wanted"

    def _record(self, page: Page, number: int, called: Called, person: Person) -> str:
        row = _row(page.connection, number, person)
        case = cases.load(page.connection, row["incident"])
        assert case is not None
        if row["callback"] != "wanted" or case.incident.is_open:
            changed = (
                "the incident is open" if case.incident.is_open else f"the call is `{row['callback'] or 'not wanted'}`"
            )
            raise Conflict(found=changed, at=f"report {number}")
        attempts = row["attempts"] + 1
        last = attempts >= self._ledger.book.reports.call_attempts
        state = "done" if called.reached else "given_up" if last else "wanted"
        change = update(REPORTS).where(REPORTS.c.id == number)
        page.connection.execute(change.values(callback=state, attempts=attempts, satisfaction=called.satisfaction))
        page.connection.execute(insert(CALLS), _call(number, called, person, page.now_ns))
        said = {"report": str(number), "reached": called.reached, "attempt": attempts, "callback": state}
        if called.satisfaction is not None:
            said["satisfaction"] = called.satisfaction
        state_now = case.incident.state
        deed = Deed(step=CALLED, from_state=state_now, to_state=state_now, note=called.note, data=said)
        page.write(case, Outcome(case, (deed,)), person)
        return state


def _check(person: Person) -> None:
    if not person.holds(CALLING):
        raise NotPermitted("call_back", allowed=" or ".join(sorted(CALLING)), at="reports")


def _check_answer(called: Called, book: ReportBook) -> None:
    if called.satisfaction is None:
        return
    if not called.reached:
        raise BadRequest(expected="no answer of somebody not reached", got=called.satisfaction, at="satisfaction")
    if called.satisfaction not in book.answers:
        expected = "one of " + ", ".join(f"`{answer}`" for answer in book.answers)
        raise BadRequest(expected=expected, got=called.satisfaction, at="satisfaction")


def _row(connection: Connection, number: int, person: Person) -> RowMapping:
    row = connection.execute(select(REPORTS).where(REPORTS.c.id == number)).mappings().one_or_none()
    case = None if row is None else cases.load(connection, row["incident"])
    if row is None or case is None or not may_see(person, case):
        raise NotFound("report", number)
    return row


def _call(report: int, called: Called, person: Person, now_ns: int) -> dict[str, object]:
    return {
        "report": report,
        "person": person.id,
        "person_name": person.name,
        "at_ns": now_ns,
        "reached": called.reached,
        "satisfaction": called.satisfaction,
        "note": called.note,
    }


def _callbacks(connection: Connection, rows: list[RowMapping]) -> tuple[Callback, ...]:
    incidents = sorted({row["incident"] for row in rows})
    found = connection.execute(select(INCIDENTS).where(INCIDENTS.c.id.in_(incidents))).mappings()
    lines = {line.id: line for line in summaries(connection, list(found))}
    calls: dict[int, list[RowMapping]] = {}
    past = select(CALLS).where(CALLS.c.report.in_([row["id"] for row in rows])).order_by(CALLS.c.id)
    for call in connection.execute(past).mappings():
        calls.setdefault(call["report"], []).append(call)
    return tuple(
        Callback(
            report=str(row["id"]),
            hotline=row["hotline"],
            reported_at=iso(row["at_ns"]),
            incident=lines[str(row["incident"])],
            attempts=row["attempts"],
            calls=tuple(call_of(call) for call in calls.get(row["id"], ())),
        )
        for row in rows
    )
