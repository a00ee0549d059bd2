"""When reports upward are due: a grade starts the first clock, a sent report may start the next, the end the last."""

from sqlalchemy import Connection, func, insert, select, update

from city.clock import SECOND_NS
from linkage.plans.tables import UPWARD
from linkage.plans.upward_book import UpwardBook
from linkage.record import Case, IncidentRecord
from linkage.scales import rank
from linkage.tables import NEVER_NS

INITIAL, FOLLOW_UP, FINAL = "initial", "follow_up", "final"

_MINUTE_NS = 60 * SECOND_NS
_DAY_NS = 24 * 60 * _MINUTE_NS

#: Reports that wait to be written.
OWED = UPWARD.c.sent_ns.is_(None) & UPWARD.c.dropped_ns.is_(None)


def follow(connection: Connection, before: Case | None, after: Case, now_ns: int, book: UpwardBook) -> None:
    """Set the clocks that a change of an incident starts, and drop those that it makes void."""
    known, incident = None if before is None else before.incident, after.incident
    if incident.event_grade and (known is None or known.event_grade != incident.event_grade):
        _graded(connection, "" if known is None else known.event_grade, incident, now_ns, book)
    if known is None or known.is_open is incident.is_open or not incident.event_grade:
        return
    if incident.is_open:
        drop(connection, incident.id, (FINAL,), now_ns)
        return
    drop(connection, incident.id, (FOLLOW_UP,), now_ns)
    owe(connection, incident, FINAL, now_ns, now_ns + round(book.final_days * _DAY_NS))


def owe(connection: Connection, incident: IncidentRecord, kind: str, from_ns: int, due_ns: int) -> int:
    """Note a report that is due; return its number."""
    last = connection.execute(select(func.max(UPWARD.c.id))).scalar_one()
    of_kind = (UPWARD.c.incident == incident.id) & (UPWARD.c.kind == kind)
    serial = connection.execute(select(func.count()).select_from(UPWARD).where(of_kind)).scalar_one() + 1
    number = 1 if last is None else int(last) + 1
    row = {
        "id": number,
        "incident": incident.id,
        "kind": kind,
        "serial": serial,
        "grade": incident.event_grade,
        "drill": incident.drill,
        "from_ns": from_ns,
        "due_ns": due_ns,
        "wake_ns": due_ns,
        "overdue": False,
        "signed_by": "",
        "signed_name": "",
        "subject": "",
        "body": "",
    }
    connection.execute(insert(UPWARD), row)
    return number


def drop(connection: Connection, incident: int, kinds: tuple[str, ...], now_ns: int) -> None:
    """Let reports be owed no more."""
    which = OWED & (UPWARD.c.incident == incident) & UPWARD.c.kind.in_(kinds)
    connection.execute(update(UPWARD).where(which).values(dropped_ns=now_ns, wake_ns=NEVER_NS))


def _graded(connection: Connection, before: str, incident: IncidentRecord, now_ns: int, book: UpwardBook) -> None:
    """A first grade owes the initial report; a graver one hastens it, or owes a follow-up when it has been sent."""
    grade = incident.event_grade
    due_ns = now_ns + book.initial_min.get(grade, 0) * _MINUTE_NS
    mine = (UPWARD.c.incident == incident.id) & (UPWARD.c.kind == INITIAL)
    initial = connection.execute(select(UPWARD).where(mine)).mappings().one_or_none()
    if initial is None:
        owe(connection, incident, INITIAL, now_ns, due_ns)
        return
    if initial["sent_ns"] is None:
        sooner = min(due_ns, initial["due_ns"])
        changed = {"grade": grade, "due_ns": sooner, "wake_ns": NEVER_NS if initial["overdue"] else sooner}
        connection.execute(update(UPWARD).where(UPWARD.c.id == initial["id"]).values(changed))
    elif rank(grade) > rank(before):
        drop(connection, incident.id, (FOLLOW_UP,), now_ns)
        owe(connection, incident, FOLLOW_UP, now_ns, due_ns)


def next_follow_up(connection: Connection, incident: IncidentRecord, now_ns: int, book: UpwardBook) -> None:
    """Owe the next follow-up after a report was sent, where the grade has a pace and nothing else is owed."""
    every_min = book.follow_up_min.get(incident.event_grade, 0)
    owed = connection.execute(select(UPWARD.c.id).where(OWED, UPWARD.c.incident == incident.id).limit(1)).first()
    if every_min and incident.is_open and owed is None:
        owe(connection, incident, FOLLOW_UP, now_ns, now_ns + every_min * _MINUTE_NS)
