"""Reports upward (信息报送): what is due, a text to begin with, and the signature with which one is sent."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, RowMapping, select, update

from city.clock import from_ns, iso
from city.errors import BadRequest, IllegalTransition, NotFound, NotPermitted
from linkage import cases
from linkage.deed import Deed, Outcome
from linkage.departments import Axis
from linkage.ledger import Ledger, Page
from linkage.permissions import may_see
from linkage.person import Person, Role
from linkage.plans.tables import UPWARD
from linkage.plans.upward_clock import FOLLOW_UP, OWED, next_follow_up, owe
from linkage.record import Case
from linkage.states import TaskState
from linkage.tables import NEVER_NS
from linkage.viewing import moment
from linkage.views import Moment, View
from linkage.waking import Due

#: Who writes and signs a report to those above: the duty desks, and the leader.
REPORTING_UP = frozenset({Role.FOREMAN, Role.DISPATCHER, Role.LEADER})

#: Reports looked at in one transaction.
_DUE = Due(select(UPWARD), UPWARD.c.wake_ns, 50)

_KINDS: Mapping[str, tuple[str, str]] = {
    "initial": ("初报", "Initial report"),
    "follow_up": ("续报", "Follow-up report"),
    "final": ("终报", "Final report"),
}


class UpwardReport(View):
    """A report upward: when it is due, and what was sent."""

    id: str
    incident: str
    number: str
    title: dict[str, str]
    kind: str
    serial: int
    grade: str
    drill: bool
    from_at: Moment
    due_at: Moment
    overdue: bool
    sent_at: Moment | None
    signed: str
    subject: str
    body: str


class Upward:
    """Writes and lists reports upward. Calls block on the database: call from a thread."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger, self._upward = ledger, ledger.book.upward

    def page(self, person: Person, *, owed: bool = True, incident: int | None = None) -> list[UpwardReport]:
        """Return reports of incidents that `person` may see: those owed, nearest first, or those sent, newest first."""
        order = UPWARD.c.due_ns if owed else UPWARD.c.sent_ns.desc()
        query = select(UPWARD).where(OWED if owed else UPWARD.c.sent_ns.is_not(None)).order_by(order, UPWARD.c.id)
        if incident is not None:
            query = query.where(UPWARD.c.incident == incident)
        with self._ledger.database.read() as connection:
            rows = list(connection.execute(query.limit(200)).mappings())
            return [report for row in rows if (report := self._shown(connection, row, person)) is not None]

    def draft(self, number: int, person: Person) -> UpwardReport:
        """Return a report with a text filled in from the case, for a person to work on.

        Raises:
            NotFound: there is no such report, or its incident is not this person's to see.
        """
        with self._ledger.database.read() as connection:
            row, case = self._found(connection, number, person)
            words = {} if row["sent_ns"] is not None else self._words(row, case)
            return _view(row, case, words)

    def add(self, incident: int, person: Person) -> int:
        """Owe a follow-up at once, because facts have changed; return its number.

        Raises:
            NotPermitted: this person does not report upward.
            NotFound: there is no such incident, or it is not this person's to see.
            BadRequest: the incident has no grade yet.
        """
        _permit("add_upward_report", person)
        with self._ledger.writing() as page:
            case = self._case(page.connection, incident, person)
            if not case.incident.event_grade:
                raise BadRequest(expected="an incident that has been graded", got="none", at="incident")
            return owe(page.connection, case.incident, FOLLOW_UP, page.now_ns, page.now_ns)

    def send(self, number: int, subject: str, body: str, person: Person) -> None:
        """Sign a report and send it.

        Raises:
            NotPermitted, NotFound: as for `add`.
            BadRequest: it says nothing.
            IllegalTransition: it was sent before, or is owed no more.
        """
        _permit("send_upward_report", person)
        if not subject.strip() or not body.strip():
            raise BadRequest(expected="a subject and a text", got="nothing", at="body")
        with self._ledger.writing() as page:
            row, case = self._found(page.connection, number, person)
            if row["sent_ns"] is not None or row["dropped_ns"] is not None:
                state = "sent" if row["sent_ns"] is not None else "dropped"
                raise IllegalTransition("send", state=state, legal=(), at=f"upward report {number}")
            overdue = page.now_ns > row["due_ns"]
            sent = {
                "sent_ns": page.now_ns,
                "wake_ns": NEVER_NS,
                "overdue": overdue,
                "signed_by": person.id,
                "signed_name": person.name,
                "subject": subject,
                "body": body,
            }
            page.connection.execute(update(UPWARD).where(UPWARD.c.id == number).values(sent))
            deed = Deed(
                step="send_upward_report",
                from_state=case.incident.state,
                to_state=case.incident.state,
                note=f"{subject}\n{body}",
                data=_said(row) | {"overdue": overdue},
                told=self._upward.to,
            )
            page.write(case, Outcome(case, (deed,)), person)
            next_follow_up(page.connection, case.incident, page.now_ns, self._upward)

    def _found(self, connection: Connection, number: int, person: Person) -> tuple[RowMapping, Case]:
        row = connection.execute(select(UPWARD).where(UPWARD.c.id == number)).mappings().one_or_none()
        if row is None:
            raise NotFound("report", number)
        return row, self._case(connection, row["incident"], person)

    def _case(self, connection: Connection, incident: int, person: Person) -> Case:
        case = cases.load(connection, incident)
        if case is None or not may_see(person, case):
            raise NotFound("incident", incident)
        return case

    def _shown(self, connection: Connection, row: RowMapping, person: Person) -> UpwardReport | None:
        case = cases.load(connection, row["incident"])
        return None if case is None or not may_see(person, case) else _view(row, case, {})

    def _words(self, row: RowMapping, case: Case) -> dict[str, str]:
        """Return a subject and a text with what the case knows, in both languages."""
        incident, zone = case.incident, self._ledger.book.zone
        zh, en = _KINDS[row["kind"]]
        happened = from_ns(incident.happened_ns).astimezone(zone)
        done = sum(task.state is TaskState.CHECKED for task in case.legs)
        names = [self._ledger.book.directory.find(task.department) for task in case.legs]
        departments = "、".join(dict.fromkeys(one.name["zh"] for one in names if one is not None))
        subject = f"{incident.title['zh']}（{zh}{row['serial']}）/ {en} {row['serial']}: {incident.title['en']}"
        none = "无 / none"
        lines = (
            f"事件 / Event: {incident.title['zh']} / {incident.title['en']} ({incident.number})",
            f"时间 / Time: {happened:%Y-%m-%d %H:%M}",
            f"地点 / Place: {self._ledger.book.atlas.where(incident.place, incident.district)}",
            f"事件等级 / Grade: {incident.event_grade}",
            f"预警级别 / Warning: {incident.warning_level if incident.warning_level else none}",
            f"响应级别 / Response: {incident.response_level if incident.response_level else none}",
            f"处置部门 / Departments: {departments if departments else none} ({done}/{len(case.legs)})",
            f"情况 / Situation: {incident.note}".rstrip(),
            "伤亡与损失 / Casualties and loss: ",
            "已采取措施 / Measures taken: ",
            "下一步 / Next: ",
        )
        return {"subject": subject[:200], "body": "\n".join(lines)}


class UpwardTurn:
    """A turn: marks reports upward that did not go out in time, once each. Calls block: call from a thread."""

    name = "upward"

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self.every_s = ledger.settings.plans.rhythm_s

    def take(self) -> int:
        """Mark what is overdue; return how many."""
        return _DUE.take(self._ledger, self._mark_all)

    def _mark_all(self, page: Page, rows: Sequence[RowMapping]) -> None:
        for row in rows:
            self._mark(page, row)

    def _mark(self, page: Page, row: RowMapping) -> None:
        marked = {"wake_ns": NEVER_NS, "overdue": True}
        page.connection.execute(update(UPWARD).where(UPWARD.c.id == row["id"]).values(marked))
        case = cases.load(page.connection, row["incident"])
        assert case is not None  # the foreign key says so
        directory, district = self._ledger.book.directory, case.incident.district
        desks = [*directory.desks(Axis.COMMAND, district), *directory.desks(Axis.SUPERVISION, district)]
        state = case.incident.state
        deed = Deed(step="upward_overdue", from_state=state, to_state=state, data=_said(row), told=tuple(desks))
        page.write(case, Outcome(case, (deed,)))


def _permit(step: str, person: Person) -> None:
    if not person.holds(REPORTING_UP):
        raise NotPermitted(step, allowed=" or ".join(sorted(REPORTING_UP)), at="upward reports")


def _said(row: RowMapping) -> dict[str, object]:
    names = ("kind", "serial", "grade", "drill", "from_ns", "due_ns")
    return {"upward": row["id"], **{name: row[name] for name in names}}


def _view(row: RowMapping, case: Case, words: dict[str, str]) -> UpwardReport:
    return UpwardReport(
        id=str(row["id"]),
        incident=str(row["incident"]),
        number=case.incident.number,
        title=case.incident.title,
        kind=row["kind"],
        serial=row["serial"],
        grade=row["grade"],
        drill=row["drill"],
        from_at=iso(row["from_ns"]),
        due_at=iso(row["due_ns"]),
        overdue=row["overdue"],
        sent_at=moment(row["sent_ns"]),
        signed=row["signed_name"],
        subject=words.get("subject", row["subject"]),
        body=words.get("body", row["body"]),
    )
