"""Takes reports: each opens an incident or joins one that is open, with its photos, in one transaction."""

from dataclasses import dataclass, replace

from sqlalchemy import insert, select

from city.errors import BadRequest, IllegalTransition, NotFound, NotPermitted
from city.place import Place
from linkage import cases
from linkage.admission.proposing import propose_near
from linkage.attachments.binding import Binding, bind
from linkage.deed import Deed, Outcome
from linkage.idempotency import asking, remember, remembered
from linkage.ledger import Ledger, Page
from linkage.opening import opened_by_person
from linkage.permissions import REPORTING, may_see
from linkage.person import Person
from linkage.record import Case
from linkage.reports.nearby import Sought, near_duplicates
from linkage.reports.said import Said, as_report, checked
from linkage.reports.tables import REPORTS
from linkage.reports.viewing import report_of
from linkage.reports.views import Filed, Near, ReportView
from linkage.rows import row_number
from linkage.tables import INCIDENTS

#: The event of a report that joined an incident.
JOINED = "report"


@dataclass(frozen=True, slots=True)
class Request:
    """Who reports; with a key, sending the same again reports nothing again."""

    person: Person
    key: str = ""


class Reports:
    """The service behind the report form. Calls block on the database: call from a thread."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def near(self, incident_class: str, place: Place, person: Person) -> tuple[Near, ...]:
        """Return open incidents that a report of this class at this place may be about, the nearest first."""
        sought = Sought(incident_class, place, self._ledger.clock.now_ns())
        with self._ledger.database.read() as connection:
            return near_duplicates(connection, sought, self._ledger.book.reports, person)

    def file(self, said: Said, request: Request, joins: str = "") -> Filed:
        """Open an incident for what was said, or let it join the incident `joins`.

        Raises:
            NotPermitted: this person has no part in incidents.
            NotFound: there is no such incident to join, or it is not this person's to see.
            BadRequest: the report cannot be.
            IllegalTransition: the incident to join has ended.
            Conflict: the key was used for something else.
        """
        if not request.person.holds(REPORTING):
            raise NotPermitted("report", allowed=" or ".join(sorted(REPORTING)), at="reports")
        checked(said, self._ledger.book)
        ask = asking(request.person.id, request.key, "report", joins, said.facts())
        with self._ledger.writing() as page:
            answer = remembered(page.connection, ask) if request.key else None
            if answer is None:
                answer = self._opened(page, said, request) if not joins else self._joined(page, said, request, joins)
                if request.key:
                    remember(page.connection, ask, answer, page.now_ns)
        return Filed.model_validate(answer)

    def of_incident(self, incident: str, person: Person) -> tuple[ReportView, ...]:
        """Return what was reported of an incident, in order; raises NotFound when it is not this person's to see."""
        number = row_number(incident, "incident")
        with self._ledger.database.read() as connection:
            case = cases.load(connection, number)
            if case is None or not may_see(person, case):
                raise NotFound("incident", incident)
            rows = connection.execute(select(REPORTS).where(REPORTS.c.incident == number).order_by(REPORTS.c.id))
            return tuple(report_of(row) for row in rows.mappings())

    def _opened(self, page: Page, said: Said, request: Request) -> dict[str, object]:
        book = self._ledger.book
        report = as_report(said, book)
        scene = page.scene(said.incident_class)
        number = page.next_id(INCIDENTS)
        outcome = opened_by_person(report, request.person, number, scene, book)
        case = page.write(None, outcome, request.person)
        written = _write(page, case, said, request.person, joined=False)
        self._bind(page, case, said, request.person)
        propose_near(page, case, book)
        return _filed(case, written, joined=False)

    def _joined(self, page: Page, said: Said, request: Request, joins: str) -> dict[str, object]:
        case = cases.load(page.connection, row_number(joins, "incident"))
        if case is None or not may_see(request.person, case):
            raise NotFound("incident", joins)
        if not case.incident.is_open:
            at = f"incident {case.incident.number}"
            raise IllegalTransition(JOINED, state=case.incident.state, legal=(), at=at)
        if case.incident.incident_class != said.incident_class:
            raise BadRequest(expected=f"class `{case.incident.incident_class}`", got=said.incident_class, at="class")
        written = _write(page, case, said, request.person, joined=True)
        proposed = as_report(said, self._ledger.book).priority
        case = page.write(case, joined_by(case, said, proposed, written), request.person)
        self._bind(page, case, said, request.person)
        return _filed(case, written, joined=True)

    def _bind(self, page: Page, case: Case, said: Said, person: Person) -> None:
        for photo in said.photos:
            case = bind(page, case, Binding(photo, "report"), person)


def joined_by(case: Case, said: Said, priority: int, report: int) -> Outcome:
    """Return the case after another report of it: a more urgent one raises its priority, nothing lowers it."""
    data: dict[str, object] = {"report": str(report), "source": said.source}
    if said.condition:
        data["condition"] = said.condition
    incident = case.incident
    if priority < incident.priority:
        data["priority"] = {"from": incident.priority, "to": priority}
        incident = replace(incident, priority=priority)
    state = incident.state
    deed = Deed(step=JOINED, from_state=state, to_state=state, note=said.note, data=data)
    return Outcome(Case(incident, case.tasks), (deed,))


def _write(page: Page, case: Case, said: Said, person: Person, *, joined: bool) -> int:
    row = {
        "incident": case.incident.id,
        "joined": joined,
        "source": said.source,
        "hotline": said.hotline,
        "condition": said.condition,
        "component": said.component,
        "person": person.id,
        "person_name": person.name,
        "note": said.note,
        "longitude": said.longitude,
        "latitude": said.latitude,
        "at_ns": page.now_ns,
        "caller_name": said.caller.name,
        "caller_phone": said.caller.phone,
        "callback": "wanted" if said.caller.call_back else "",
        "attempts": 0,
    }
    return int(page.connection.execute(insert(REPORTS).values(row).returning(REPORTS.c.id)).scalar_one())


def _filed(case: Case, report: int, *, joined: bool) -> dict[str, object]:
    incident = case.incident
    return {"incident": str(incident.id), "number": incident.number, "report": str(report), "joined": joined}
