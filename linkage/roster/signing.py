"""Handovers read for people: one, or a department's newest, with what the reader may sign."""

from collections.abc import Sequence

from sqlalchemy import Connection, RowMapping, select

from city.clock import iso
from city.errors import NotFound
from linkage.ledger import Ledger
from linkage.person import Person
from linkage.roster.brief import StuckLine, brief_of
from linkage.roster.duty import DutyBook, term_at
from linkage.roster.permissions import OVERSEEING, belongs
from linkage.roster.roster import Post, Roster
from linkage.roster.showing import people_of
from linkage.roster.tables import HANDOVERS
from linkage.roster.views import HandoverNote, HandoverView, Signed
from linkage.views import Names


class HandoverList:
    """Reads handovers. Calls block on the database: call from a thread."""

    def __init__(self, ledger: Ledger, duty: DutyBook) -> None:
        self._ledger, self._duty = ledger, duty

    def page(
        self, by: Person, *, department: str = "", open_: bool | None = None, before: int = 0, limit: int = 50
    ) -> list[HandoverView]:
        """Return handovers of the reader's departments, newest first, from before the number `before` (0: newest)."""
        query = select(HANDOVERS).order_by(HANDOVERS.c.id.desc()).limit(limit)
        if before:
            query = query.where(HANDOVERS.c.id < before)
        if open_ is not None:
            query = query.where(HANDOVERS.c.ended_ns.is_(None) if open_ else HANDOVERS.c.ended_ns.is_not(None))
        with self._ledger.database.read() as connection:
            theirs = self._departments(connection, by)
            wanted = theirs & {department} if department else theirs
            rows = connection.execute(query.where(HANDOVERS.c.department.in_(sorted(wanted)))).mappings().all()
            return [self._view(connection, row, by) for row in rows]

    def one(self, number: int, by: Person, stuck: Sequence[StuckLine] | None = None) -> HandoverView:
        """Return a handover, with what is stuck in a brief that is not signed for.

        Raises:
            NotFound: there is none, or it is not the reader's to see.
        """
        with self._ledger.database.read() as connection:
            row = connection.execute(select(HANDOVERS).where(HANDOVERS.c.id == number)).mappings().one_or_none()
            if row is None or row["department"] not in self._departments(connection, by):
                raise NotFound("handover", number)
            return self._view(connection, row, by, stuck)

    def _departments(self, connection: Connection, by: Person) -> set[str]:
        """Return the departments whose handovers somebody may see."""
        posts = self._duty.history.posts(connection, self._ledger.clock.now_ns())
        if by.holds(OVERSEEING):
            return {department.id for department in self._ledger.book.directory}
        return {post.department for post in posts if by.department == post.department or by.username in post.people}

    def _view(
        self, connection: Connection, row: RowMapping, by: Person, stuck: Sequence[StuckLine] | None = None
    ) -> HandoverView:
        version = self._duty.history.at(connection, row["opened_ns"])
        roster = Roster() if version is None else version.roster
        post = roster.post(row["department"], row["post"])
        return HandoverView(
            id=str(row["id"]),
            department=row["department"],
            post=row["post"],
            name=Names(zh=row["post"], en=row["post"]) if post is None else Names(**post.name),
            opened_at=iso(row["opened_ns"]),
            due_at=iso(row["due_ns"]),
            late_at=_moment(row["late_ns"]),
            outgoing=people_of(row["outgoing"], roster),
            incoming=people_of(row["incoming"], roster),
            brief=self._brief(connection, row, stuck),
            notes=tuple(HandoverNote(**note) for note in row["notes"]),
            signed_out=_signed(row["out_by"], row["out_name"], row["out_ns"], row["out_note"]),
            signed_in=_signed(row["in_by"], row["in_name"], row["ended_ns"], row["in_note"]),
            ended_at=_moment(row["ended_ns"]),
            may_sign=() if post is None else self._may_sign(connection, row, post, roster, by),
        )

    def _brief(self, connection: Connection, row: RowMapping, stuck: Sequence[StuckLine] | None) -> dict[str, object]:
        """Return the brief: what is open now, until the outgoing has signed for what was open then."""
        department = self._ledger.book.directory.find(row["department"])
        if row["out_ns"] is not None or row["ended_ns"] is not None or department is None:
            return dict(row["brief"])
        return brief_of(connection, department, self._ledger.clock.now_ns(), stuck).model_dump(mode="json")

    def _may_sign(
        self, connection: Connection, row: RowMapping, post: Post, roster: Roster, by: Person
    ) -> tuple[str, ...]:
        """Return as what the reader may sign now: `out`, `in`, or neither."""
        if row["ended_ns"] is not None:
            return ()
        term = term_at(connection, row["department"], row["post"], self._ledger.clock.now_ns())
        if term is not None and row["out_ns"] is None:
            return ("out",) if by.username in term["people"] or by.holds(OVERSEEING) else ()
        return ("in",) if belongs(by, post, roster) and by.username != row["out_by"] else ()


def _moment(at_ns: int | None) -> str | None:
    return None if at_ns is None else iso(at_ns)


def _signed(username: str, name: str, at_ns: int | None, note: str) -> Signed | None:
    return None if not username or at_ns is None else Signed(username=username, name=name, at=iso(at_ns), note=note)
