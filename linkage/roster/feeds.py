"""Calendar feeds that people asked for: the address is the secret, and can be taken back."""

import hashlib
import secrets
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, func, insert, select, update

from city.calendar import DAY_NS, MINUTE_NS
from city.clock import iso
from city.errors import NotFound
from linkage.ledger import Ledger
from linkage.person import Person
from linkage.roster.history import History
from linkage.roster.ical import Named, feed
from linkage.roster.roster import Roster
from linkage.roster.tables import FEEDS
from linkage.roster.views import FeedView

#: What a calendar shows: a month back, and a quarter ahead.
_BACK_NS, _AHEAD_NS = 31 * DAY_NS, 92 * DAY_NS

#: A reading is noted this often at most: whoever has the address cannot make the city write.
_NOTED_EVERY_NS = 5 * MINUTE_NS


@dataclass(frozen=True, slots=True)
class Served:
    """A feed's calendar, and who made it."""

    made_by: str
    calendar: bytes


class Feeds:
    """Makes and serves feeds. Calls block on the database: call from a thread."""

    def __init__(self, ledger: Ledger, history: History) -> None:
        self._ledger, self._history = ledger, history

    def make(self, department: str, by: Person) -> tuple[str, FeedView]:
        """Return the secret of a new feed: of a department, or of one's own shifts where it is empty.

        Raises:
            NotFound: there is no such department.
        """
        if department and department not in self._ledger.book.directory:
            raise NotFound("department", department)
        token = secrets.token_urlsafe(32)
        now_ns = self._ledger.clock.now_ns()
        with self._ledger.database.write() as connection:
            last = connection.execute(select(func.max(FEEDS.c.id))).scalar_one()
            row = {
                "token_hash": _hash(token),
                "id": 1 if last is None else last + 1,
                "department": department,
                "person": "" if department else by.username,
                "made_by": by.username,
                "made_ns": now_ns,
            }
            connection.execute(insert(FEEDS), row)
        return token, FeedView(id=str(row["id"]), department=department, person=row["person"], made_at=iso(now_ns))

    def of(self, by: Person) -> list[FeedView]:
        """Return the feeds that somebody made and has not taken back."""
        query = select(FEEDS).where(FEEDS.c.made_by == by.username, FEEDS.c.revoked_ns.is_(None)).order_by(FEEDS.c.id)
        with self._ledger.database.read() as connection:
            return [_view(row) for row in connection.execute(query).mappings()]

    def revoke(self, number: int, by: Person) -> None:
        """Take one's own feed back; raises NotFound."""
        mine = (FEEDS.c.id == number) & (FEEDS.c.made_by == by.username) & FEEDS.c.revoked_ns.is_(None)
        with self._ledger.database.write() as connection:
            gone = connection.execute(update(FEEDS).where(mine).values(revoked_ns=self._ledger.clock.now_ns()))
        if not gone.rowcount:
            raise NotFound("feed", number)

    def serve(self, token: str) -> Served:
        """Return the calendar behind a secret.

        Raises:
            NotFound: there is none, or it was taken back.
        """
        query = select(FEEDS).where(FEEDS.c.token_hash == _hash(token), FEEDS.c.revoked_ns.is_(None))
        now_ns = self._ledger.clock.now_ns()
        with self._ledger.database.read() as connection:
            row = connection.execute(query).mappings().one_or_none()
            version = self._history.at(connection, now_ns)
            if row is None:
                raise NotFound("feed", "")
            roster = Roster() if version is None else version.roster
            shifts = list(self._shifts(connection, row, roster, now_ns))
        if row["read_ns"] is None or now_ns - row["read_ns"] >= _NOTED_EVERY_NS:
            self._note_reading(row["id"], now_ns)
        return Served(row["made_by"], feed(self._title(row), shifts, now_ns))

    def _note_reading(self, number: int, now_ns: int) -> None:
        with self._ledger.database.write() as connection:
            connection.execute(update(FEEDS).where(FEEDS.c.id == number).values(read_ns=now_ns))

    def _shifts(self, connection: Connection, row: RowMapping, roster: Roster, now_ns: int) -> Iterator[Named]:
        posts = roster.of(row["department"]) if row["department"] else roster.posts
        for post in posts:
            department = self._ledger.book.directory.find(post.department)
            where = post.department if department is None else department.name["zh"]
            duties = self._history.duties(connection, post.department, post.id, now_ns - _BACK_NS, now_ns + _AHEAD_NS)
            for duty in duties:
                if duty.people and (not row["person"] or row["person"] in duty.people):
                    names = tuple(roster.contact(person).name for person in duty.people)
                    yield Named(post, duty, names, where)

    def _title(self, row: RowMapping) -> str:
        department = self._ledger.book.directory.find(row["department"])
        return f"值班 {row['person']}" if department is None else f"值班 {department.name['zh']}"


def _view(row: RowMapping) -> FeedView:
    return FeedView(
        id=str(row["id"]),
        department=row["department"],
        person=row["person"],
        made_at=iso(row["made_ns"]),
        read_at=None if row["read_ns"] is None else iso(row["read_ns"]),
    )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
