"""Who is on duty, now and at any moment past: by signature where a post is signed for, else by the roster."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, or_, select

from linkage.roster.history import History
from linkage.roster.plan import Duty
from linkage.roster.roster import Post
from linkage.roster.tables import TERMS
from linkage.telling.contact import Contact
from storage.sql import Database


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has the duty of a post at a moment.

    Attributes:
        people: usernames, the main officer first; nobody in a gap.
        since_ns: when they took it over, or when their shift began; None for nobody.
        until_ns: when the shift ends that the roster has then; None where it has none.
        signed: they signed for it; else the roster says so.
        planned: whom the roster has then; others than `people` while nobody has signed the duty over.
    """

    post: Post
    people: tuple[str, ...]
    since_ns: int | None
    until_ns: int | None
    signed: bool
    planned: tuple[str, ...]


class DutyBook:
    """Answers who is on duty. Calls block on the database: call from a thread."""

    def __init__(self, database: Database, history: History | None = None) -> None:
        self._database = database
        self.history = History() if history is None else history

    def on_duty(self, department: str, post: str, at_ns: int) -> Sequence[Contact]:
        """Return who is on duty in a post at a moment, the main officer first, and how to reach them.

        Raises:
            StoreUnavailable: the database does not answer.
        """
        with self._database.read() as connection:
            holder = self.holder(connection, department, post, at_ns)
            version = self.history.at(connection, at_ns)
        if holder is None or version is None:
            return ()
        return tuple(version.roster.contact(person) for person in holder.people)

    def holder(self, connection: Connection, department: str, post: str, at_ns: int) -> Holder | None:
        """Return who has the duty of a post at a moment; None where there was no such post."""
        version = self.history.at(connection, at_ns)
        held = None if version is None else version.roster.post(department, post)
        if held is None:
            return None
        shift = self._shift(connection, held, at_ns)
        term = term_at(connection, department, post, at_ns) if held.signs else None
        if term is not None:
            people, since_ns = tuple(term["people"]), term["from_ns"]
        else:
            people, since_ns = ((), None) if shift is None else (shift.people, shift.from_ns)
        return Holder(
            post=held,
            people=people,
            since_ns=since_ns,
            until_ns=None if shift is None else shift.to_ns,
            signed=term is not None,
            planned=() if shift is None else shift.people,
        )

    def _shift(self, connection: Connection, post: Post, at_ns: int) -> Duty | None:
        """Return the shift of the roster at a moment; one with people before an empty one."""
        duties = self.history.duties(connection, post.department, post.id, at_ns, at_ns + 1)
        return min(duties, key=lambda duty: not duty.people, default=None)


def term_at(connection: Connection, department: str, post: str, at_ns: int) -> RowMapping | None:
    """Return who had signed for a post at a moment, as a row of `duty_terms`."""
    query = (
        select(TERMS)
        .where(
            TERMS.c.department == department,
            TERMS.c.post == post,
            TERMS.c.from_ns <= at_ns,
            or_(TERMS.c.to_ns.is_(None), TERMS.c.to_ns > at_ns),
        )
        .order_by(TERMS.c.from_ns.desc())
        .limit(1)
    )
    return connection.execute(query).mappings().one_or_none()
