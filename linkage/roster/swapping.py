"""Swaps of duty: asked for by one, done when the other agrees, and never behind anybody's back."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from prometheus_client import Counter
from sqlalchemy import Connection, RowMapping, func, insert, select, update

from city.errors import BadRequest, Conflict, NotFound, NotPermitted
from linkage.deed import Deed
from linkage.ledger import Ledger, Page
from linkage.person import Person
from linkage.roster.changes import Kind
from linkage.roster.changing import Changing, Wish
from linkage.roster.freedom import Span, clash
from linkage.roster.history import History
from linkage.roster.permissions import check_may_change
from linkage.roster.tables import CHANGES, SWAPS
from linkage.roster.telling import swap_told

SWAPS_ENDED = Counter("linkage_duty_swaps_ended_total", "Swaps of duty that were asked for, by how it ended.", ["how"])


class SwapState(StrEnum):
    """How a swap stands; one whose shifts have begun can no more be agreed to, which is computed."""

    ASKED = "asked"
    AGREED = "agreed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedSwap:
    """Two people who are to take each other's shift in one post."""

    department: str
    post: str
    first: str
    first_span: Span
    second: str
    second_span: Span
    note: str = ""

    @property
    def wishes(self) -> tuple[Wish, Wish]:
        """Return the two changes that it comes to."""
        return (
            self._wish(self.first_span, self.first, self.second),
            self._wish(self.second_span, self.second, self.first),
        )

    def _wish(self, span: Span, person: str, instead: str) -> Wish:
        return Wish(
            kind=Kind.SWAP,
            department=self.department,
            post=self.post,
            from_ns=span.from_ns,
            to_ns=span.to_ns,
            person=person,
            instead=(instead,),
            note=self.note,
        )


class Swapping:
    """Asks for swaps and does them. Calls block on the database: call from a thread."""

    def __init__(self, ledger: Ledger, history: History, changing: Changing) -> None:
        self._ledger, self._history, self._changing = ledger, history, changing

    def ask(self, wanted: WantedSwap, by: Person) -> int:
        """Ask for a swap; return its number. Both are told, and whoever of the two did not ask must agree.

        Raises:
            BadRequest: it cannot be: not their shifts, in the past, or one of them is not free.
            Conflict: a swap of one of the shifts waits already.
            NotFound: there is no such department or post.
            NotPermitted: it is neither their own shift, nor theirs to change.
        """
        if by.username not in {wanted.first, wanted.second}:
            check_may_change(by, wanted.department, self._ledger.book.directory)
        if wanted.first == wanted.second:
            raise BadRequest(expected="two people", got=wanted.first, at="second")
        with self._ledger.writing() as page:
            self._changing.check(page, wanted.wishes)
            self._changing.check_shifts(page, wanted.wishes)
            found = self._clash(page, wanted)
            if found:
                raise BadRequest(expected="two people who are free", got=found, at="person")
            self._check_unasked(page, wanted)
            row = _row(wanted, _next_id(page.connection), by, page.now_ns)
            page.connection.execute(insert(SWAPS), row)
            self._say(page, row, "swap_asked", by)
            return int(row["id"])

    def agree(self, number: int, by: Person) -> int:
        """Let a swap be done; return the number of the first of its two changes.

        Raises:
            NotFound: there is none.
            NotPermitted: it waits for somebody else.
            Conflict: it waits no more, its time has begun, or one of the two is no longer free.
        """
        with self._ledger.writing() as page:
            row = self._waiting(page.connection, number)
            _check_theirs(row, by)
            wanted = _wanted(row, page.now_ns)
            try:
                self._changing.check(page, wanted.wishes)
                self._changing.check_shifts(page, wanted.wishes)
            except BadRequest as error:
                raise Conflict(found=str(error), at=f"swap {number}") from error
            found = self._clash(page, wanted)
            if found:
                raise Conflict(found=found, at=f"swap {number}")
            change = self._changing.write(page, wanted.wishes, by)
            self._end(page, row, SwapState.AGREED, by, change=change)
        SWAPS_ENDED.labels(SwapState.AGREED).inc()
        return change

    def decline(self, number: int, by: Person, note: str = "") -> None:
        """Say no to a swap. Raises NotFound, NotPermitted, or Conflict when it waits no more."""
        with self._ledger.writing() as page:
            row = self._waiting(page.connection, number)
            _check_theirs(row, by)
            self._end(page, row, SwapState.DECLINED, by, note=note)
        SWAPS_ENDED.labels(SwapState.DECLINED).inc()

    def withdraw(self, number: int, by: Person) -> None:
        """Ask no more; for whoever asked, and those who may change the roster. Errors as for `decline`."""
        with self._ledger.writing() as page:
            row = self._waiting(page.connection, number)
            if by.username != row["asked_by"]:
                check_may_change(by, row["department"], self._ledger.book.directory)
            self._end(page, row, SwapState.WITHDRAWN, by)
        SWAPS_ENDED.labels(SwapState.WITHDRAWN).inc()

    def _end(self, page: Page, row: RowMapping, state: SwapState, by: Person, **more: object) -> None:
        values: dict[str, object] = {"state": state, "decided_by_name": by.name, "decided_ns": page.now_ns}
        values |= {"answer": more.get("note", ""), "change": more.get("change")}
        page.connection.execute(update(SWAPS).where(SWAPS.c.id == row["id"]).values(values))
        self._say(page, {**row, **values}, f"swap_{state}", by)

    def _say(self, page: Page, row: Mapping[str, Any], step: str, by: Person) -> None:
        """Write it into the duty log, and tell both."""
        kept = ("first", "second", "first_from_ns", "first_to_ns", "second_from_ns", "second_to_ns", "change")
        data = {"swap": row["id"], "post": row["post"], **{name: row[name] for name in kept if row[name] is not None}}
        note = str(row["note"] if step == "swap_asked" else row["answer"])
        event = page.note(Deed(step=step, department=str(row["department"]), note=note, data=data), by)
        version = self._history.at(page.connection, page.now_ns)
        if version is not None:
            swap_told(page, self._ledger.book, version.roster, row, (event, step))

    def _clash(self, page: Page, wanted: WantedSwap) -> str:
        """Return what keeps one of the two from taking the other's shift; empty when both are free."""
        where = (wanted.department, wanted.post)
        pairs = (
            (wanted.second, wanted.first_span, wanted.second_span),
            (wanted.first, wanted.second_span, wanted.first_span),
        )
        for person, takes, gives in pairs:
            duties = {
                (post.department, post.id): self._history.duties(
                    page.connection, post.department, post.id, takes.from_ns, takes.to_ns
                )
                for post in self._history.posts(page.connection, page.now_ns)
            }
            found = clash(person, takes, (where, gives), duties, _leave(page.connection, person))
            if found:
                return found
        return ""

    def _check_unasked(self, page: Page, wanted: WantedSwap) -> None:
        spans = (wanted.first_span, wanted.second_span)
        query = select(SWAPS).where(
            SWAPS.c.state == SwapState.ASKED, SWAPS.c.department == wanted.department, SWAPS.c.post == wanted.post
        )
        for row in page.connection.execute(query).mappings():
            asked = _wanted(row)
            both = (asked.first_span, asked.second_span)
            if begun(row, page.now_ns) or not any(
                one.meets(other.from_ns, other.to_ns) for one in spans for other in both
            ):
                continue
            raise Conflict(found="a swap of one of these shifts waits already", at=f"swap {row['id']}")

    def _waiting(self, connection: Connection, number: int) -> RowMapping:
        row = connection.execute(select(SWAPS).where(SWAPS.c.id == number)).mappings().one_or_none()
        if row is None:
            raise NotFound("swap", number)
        if row["state"] != SwapState.ASKED:
            raise Conflict(found=f"it was {row['state']}", at=f"swap {number}")
        return row


def waiting(connection: Connection, department: str, now_ns: int) -> list[RowMapping]:
    """Return the swaps that wait to be agreed to, of one department or of all, oldest first."""
    query = select(SWAPS).where(SWAPS.c.state == SwapState.ASKED).order_by(SWAPS.c.id)
    if department:
        query = query.where(SWAPS.c.department == department)
    return [row for row in connection.execute(query).mappings() if not begun(row, now_ns)]


def begun(row: RowMapping, now_ns: int) -> bool:
    """Tell whether one of the shifts is over, so that nobody can agree any more."""
    return bool(now_ns >= min(row["first_to_ns"], row["second_to_ns"]))


def _check_theirs(row: RowMapping, by: Person) -> None:
    if by.username != row["waits_for"]:
        raise NotPermitted("answer", allowed=f"`{row['waits_for']}`", at=f"swap {row['id']}")


def _leave(connection: Connection, person: str) -> list[Span]:
    query = select(CHANGES.c.from_ns, CHANGES.c.to_ns).where(
        CHANGES.c.kind == Kind.LEAVE, CHANGES.c.person == person, CHANGES.c.revoked_ns.is_(None)
    )
    return [Span(row.from_ns, row.to_ns) for row in connection.execute(query)]


def _wanted(row: RowMapping, now_ns: int = 0) -> WantedSwap:
    """Return what a row asks for, as far as it lies after `now_ns`."""
    return WantedSwap(
        department=row["department"],
        post=row["post"],
        first=row["first"],
        first_span=Span(max(row["first_from_ns"], now_ns), row["first_to_ns"]),
        second=row["second"],
        second_span=Span(max(row["second_from_ns"], now_ns), row["second_to_ns"]),
        note=row["note"],
    )


def _next_id(connection: Connection) -> int:
    last = connection.execute(select(func.max(SWAPS.c.id))).scalar_one()
    return 1 if last is None else int(last) + 1


def _row(wanted: WantedSwap, number: int, by: Person, now_ns: int) -> dict[str, Any]:
    return {
        "id": number,
        "department": wanted.department,
        "post": wanted.post,
        "first": wanted.first,
        "second": wanted.second,
        "first_from_ns": max(wanted.first_span.from_ns, now_ns),
        "first_to_ns": wanted.first_span.to_ns,
        "second_from_ns": max(wanted.second_span.from_ns, now_ns),
        "second_to_ns": wanted.second_span.to_ns,
        "note": wanted.note,
        "asked_by": by.username,
        "asked_by_name": by.name,
        "asked_ns": now_ns,
        "waits_for": wanted.first if by.username == wanted.second else wanted.second,
        "state": SwapState.ASKED,
        "decided_by_name": "",
        "decided_ns": None,
        "answer": "",
        "change": None,
    }
