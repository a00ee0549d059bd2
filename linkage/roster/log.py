"""The duty log (值班日志): what people on duty wrote down, and what happened to their department."""

from sqlalchemy import RowMapping, select

from city.clock import iso
from city.errors import NotFound, NotPermitted
from linkage.changes import spoken
from linkage.deed import Deed
from linkage.ledger import Ledger
from linkage.person import Person
from linkage.roster.duty import DutyBook
from linkage.roster.permissions import OVERSEEING
from linkage.roster.views import LogEntry
from linkage.tables import EVENTS
from linkage.telling.first_told import TOLD

#: The step of an entry that a person wrote.
WRITTEN = "duty_log"


class DutyLog:
    """Reads and writes the duty log. Calls block on the database: call from a thread."""

    def __init__(self, ledger: Ledger, duty: DutyBook) -> None:
        self._ledger, self._duty = ledger, duty

    def write(self, department: str, text: str, by: Person) -> int:
        """Write an entry; return its number in the event log.

        Raises:
            NotFound: there is no such department.
            NotPermitted: it is not their department's.
        """
        self._check(department, by)
        with self._ledger.writing() as page:
            return page.note(Deed(step=WRITTEN, department=department, note=text), by)

    def entries(self, department: str, by: Person, *, before: int = 0, limit: int = 100) -> list[LogEntry]:
        """Return entries of a department, newest first, from before the number `before` (0: from the newest).

        Raises:
            NotFound: there is no such department.
            NotPermitted: it is not theirs to read.
        """
        self._check(department, by)
        query = (
            select(EVENTS)
            .where(EVENTS.c.department == department, EVENTS.c.step != TOLD)
            .order_by(EVENTS.c.number.desc())
            .limit(limit)
        )
        if before:
            query = query.where(EVENTS.c.number < before)
        with self._ledger.database.read() as connection:
            return [_entry(row) for row in connection.execute(query).mappings()]

    def _check(self, department: str, by: Person) -> None:
        if department not in self._ledger.book.directory:
            raise NotFound("department", department)
        if by.department == department or by.holds(OVERSEEING):
            return
        with self._ledger.database.read() as connection:
            posts = self._duty.history.posts(connection, self._ledger.clock.now_ns(), department)
        if not any(by.username in post.people for post in posts):
            raise NotPermitted("duty_log", allowed="the department's people, `foreman`, `leader`", at=department)


def _entry(row: RowMapping) -> LogEntry:
    return LogEntry(
        number=row["number"],
        at=iso(row["at_ns"]),
        department=row["department"],
        step=row["step"],
        person=row["actor_name"],
        note=row["note"],
        incident=None if row["incident"] is None else str(row["incident"]),
        data=spoken(row["data"]),
    )
