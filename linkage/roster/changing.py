"""Changes that people make in rosters: written with who made them, never into the past."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, func, insert, select, update

from city.calendar import HOUR_NS
from city.clock import iso
from city.errors import BadRequest, Conflict, NotFound
from linkage.deed import Deed
from linkage.ledger import Ledger, Page
from linkage.person import Person
from linkage.roster.changes import Kind
from linkage.roster.history import History
from linkage.roster.permissions import check_may_change
from linkage.roster.tables import CHANGES, LOOKS

#: A change longer than this is a new roster, or a slip of the year.
LONGEST_NS = 366 * 24 * HOUR_NS

#: How late a change may come for a shift that has just begun: the time that a person needs to write it.
_GRACE_NS = HOUR_NS // 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody asks to be changed; see `linkage.roster.changes.Change`."""

    kind: Kind
    department: str
    post: str
    from_ns: int
    to_ns: int
    person: str = ""
    instead: tuple[str, ...] = ()
    note: str = ""


class Changing:
    """Writes changes. Calls block on the database: call from a thread."""

    def __init__(self, ledger: Ledger, history: History) -> None:
        self._ledger, self._history = ledger, history

    def make(self, wish: Wish, by: Person) -> int:
        """Write an override or a leave; return its number.

        Raises:
            BadRequest: it cannot be, or it would change the past.
            NotFound: there is no such department or post.
            NotPermitted: it is not theirs to change.
        """
        _check_kind(wish)
        with self._ledger.writing() as page:
            self.check(page, [wish])
            check_may_change(by, wish.department, self._ledger.book.directory)
            return self.write(page, [wish], by)

    def revoke(self, number: int, by: Person) -> None:
        """Take a change back, with the other half of a swap: from now on it holds no more.

        Raises:
            NotFound: there is none.
            Conflict: it was taken back, or is over.
            NotPermitted: it is not theirs to change.
        """
        with self._ledger.writing() as page:
            row = page.connection.execute(select(CHANGES).where(CHANGES.c.id == number)).mappings().one_or_none()
            if row is None:
                raise NotFound("change", number)
            check_may_change(by, row["department"], self._ledger.book.directory)
            both = CHANGES.c.pair == row["pair"]
            last_ns = page.connection.execute(select(func.max(CHANGES.c.to_ns)).where(both)).scalar_one()
            if row["revoked_ns"] is not None or last_ns <= page.now_ns:
                raise Conflict(found="it was taken back, or is over", at=f"roster change {number}")
            page.connection.execute(update(CHANGES).where(both).values(revoked_ns=page.now_ns))
            _look_again(page, row["department"])
            page.note(Deed(step="roster_revoke", department=row["department"], data={"change": row["pair"]}), by)

    def check(self, page: Page, wishes: Sequence[Wish]) -> None:
        """Let wishes pass; raises BadRequest for the past or no span of time, NotFound for no department or post."""
        for wish in wishes:
            if wish.department not in self._ledger.book.directory:
                raise NotFound("department", wish.department)
            posts = [post.id for post in self._history.posts(page.connection, page.now_ns, wish.department)]
            if wish.post and wish.post not in posts:
                raise NotFound("post", wish.post)
            if wish.from_ns < page.now_ns - _GRACE_NS:
                raise BadRequest(expected="a time from now on", got=iso(wish.from_ns), at="from")
            if not wish.from_ns < wish.to_ns <= wish.from_ns + LONGEST_NS:
                raise BadRequest(expected="an end after the beginning, within a year", got=iso(wish.to_ns), at="to")

    def check_shifts(self, page: Page, wishes: Sequence[Wish]) -> None:
        """Let a swap pass; raises BadRequest where a shift is not theirs."""
        for wish in wishes:
            duties = self._history.duties(page.connection, wish.department, wish.post, wish.from_ns, wish.to_ns)
            if not duties or any(wish.person not in duty.people for duty in duties):
                at = f"{iso(wish.from_ns)} to {iso(wish.to_ns)}"
                raise BadRequest(expected=f"a shift of `{wish.person}`", got="another's", at=at)

    def write(self, page: Page, wishes: Sequence[Wish], by: Person) -> int:
        """Write changes that belong together, which passed; return the number of the first."""
        first = next_id(page.connection)
        for offset, wish in enumerate(wishes):
            page.connection.execute(insert(CHANGES), _row(wish, first + offset, first, by, page.now_ns))
            _look_again(page, wish.department)
            page.note(
                Deed(step="roster_change", department=wish.department, note=wish.note, data=_said(wish, first)), by
            )
        return first


def next_id(connection: Connection) -> int:
    """Return the first free number of a change."""
    last = connection.execute(select(func.max(CHANGES.c.id))).scalar_one()
    return 1 if last is None else int(last) + 1


def listed(connection: Connection, department: str, from_ns: int, to_ns: int) -> Sequence[RowMapping]:
    """Return the changes that touch a span, those taken back among them; of every department when it is empty."""
    query = select(CHANGES).where(CHANGES.c.to_ns > from_ns, CHANGES.c.from_ns < to_ns).order_by(CHANGES.c.id)
    if department:
        query = query.where(CHANGES.c.department == department)
    return connection.execute(query).mappings().all()


def _check_kind(wish: Wish) -> None:
    if wish.kind is Kind.LEAVE and not wish.person:
        raise BadRequest(expected="who is on leave", got="nobody", at="person")
    if wish.kind is Kind.OVERRIDE and not (wish.post and wish.instead):
        raise BadRequest(expected="a post and who stands in", got="less", at="instead")
    if wish.person and wish.person in wish.instead:
        raise BadRequest(expected="somebody else to stand in", got=wish.person, at="instead")


def _look_again(page: Page, department: str) -> None:
    """Let the desk look at once whether the change makes or mends a gap."""
    page.connection.execute(update(LOOKS).where(LOOKS.c.department == department).values(next_ns=page.now_ns))


def _row(wish: Wish, number: int, pair: int, by: Person, now_ns: int) -> dict[str, object]:
    return {
        "id": number,
        "pair": pair,
        "kind": wish.kind,
        "department": wish.department,
        "post": wish.post,
        "from_ns": max(wish.from_ns, now_ns),
        "to_ns": wish.to_ns,
        "person": wish.person,
        "instead": list(wish.instead),
        "note": wish.note,
        "made_by": by.username,
        "made_by_name": by.name,
        "made_ns": now_ns,
    }


def _said(wish: Wish, pair: int) -> dict[str, object]:
    return {
        "change": pair,
        "kind": wish.kind,
        "post": wish.post,
        "from_ns": wish.from_ns,
        "to_ns": wish.to_ns,
        "person": wish.person,
        "instead": list(wish.instead),
    }
