"""Duty read for people: who is on duty at a moment, and rosters within a span with their gaps and overlaps."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from sqlalchemy import Connection, RowMapping

from city.calendar import DAY_NS, Calendar
from city.clock import from_ns, iso
from city.errors import BadRequest
from linkage.ledger import Ledger
from linkage.roster.changing import listed
from linkage.roster.duty import DutyBook, Holder
from linkage.roster.judging import Overlap, gaps, overlaps
from linkage.roster.plan import Duty
from linkage.roster.roster import Post, Roster
from linkage.roster.source import Version
from linkage.roster.swapping import waiting
from linkage.roster.views import (
    ChangeView,
    Day,
    DutyNow,
    DutyPerson,
    Lack,
    PostDuty,
    PostRoster,
    RosterSpan,
    Shift,
    SwapHalf,
    SwapView,
    Twice,
)
from linkage.views import Names

#: The longest span that is shown at once: a quarter.
LONGEST_NS = 93 * DAY_NS


class Shown:
    """Reads duty. Calls block on the database: call from a thread."""

    def __init__(self, ledger: Ledger, duty: DutyBook) -> None:
        self._ledger, self._duty = ledger, duty

    def at(self, at_ns: int, department: str = "") -> DutyNow:
        """Return who is on duty at a moment, in one department or in all."""
        with self._ledger.database.read() as connection:
            roster = self._roster(connection, at_ns)
            holders = [
                self._duty.holder(connection, post.department, post.id, at_ns)
                for post in self._duty.history.posts(connection, at_ns, department)
            ]
        shown = tuple(_post_duty(holder, roster) for holder in holders if holder is not None)
        return DutyNow(at=iso(at_ns), posts=shown)

    def span(self, from_ns: int, to_ns: int, department: str = "") -> RosterSpan:
        """Return rosters within a span, as they are in its last moment, of one department or of all.

        Raises:
            BadRequest: the span is none, or longer than a quarter.
        """
        if not 0 < to_ns - from_ns <= LONGEST_NS:
            raise BadRequest(expected="a span of at most 93 days", got=f"{iso(from_ns)} to {iso(to_ns)}", at="to")
        with self._ledger.database.read() as connection:
            roster = self._roster(connection, to_ns)
            everybody = self._duty.history.posts(connection, to_ns)
            duties = {
                (post.department, post.id): self._duty.history.duties(
                    connection, post.department, post.id, from_ns, to_ns
                )
                for post in everybody
            }
            rows = listed(connection, department, from_ns, to_ns)
            asked = waiting(connection, department, self._ledger.clock.now_ns())
            posts = [post for post in everybody if department in {"", post.department}]
            known_since = [self._duty.history.since_ns(connection, post) for post in posts]
            version = self._duty.history.at(connection, to_ns)
        calendar = self._ledger.book.calendar if version is None else version.calendar
        return RosterSpan(
            from_at=iso(from_ns),
            to_at=iso(to_ns),
            days=tuple(_days(calendar, from_ns, to_ns)),
            posts=tuple(
                _rostered(post, duties[post.department, post.id], (max(from_ns, since), to_ns), roster)
                for post, since in zip(posts, known_since, strict=True)
            ),
            overlaps=tuple(
                _twice(one, roster)
                for one in overlaps(duties)
                if one.to_ns > from_ns and one.from_ns < to_ns and _concerns(one, department)
            ),
            changes=tuple(change_view(row, roster) for row in rows),
            swaps=tuple(_swap_view(row, roster) for row in asked),
        )

    def _roster(self, connection: Connection, at_ns: int) -> Roster:
        """Return the roster of a moment; of the future the newest, of the time before the first, none."""
        version: Version | None = self._duty.history.at(connection, at_ns)
        return Roster() if version is None else version.roster


def person_of(username: str, roster: Roster) -> DutyPerson:
    """Return somebody with their name and telephone."""
    contact = roster.contact(username)
    return DutyPerson(username=username, name=contact.name, name_en=contact.name_en, phone=contact.phone)


def people_of(usernames: Iterable[str], roster: Roster) -> tuple[DutyPerson, ...]:
    """Return people with their names and telephones."""
    return tuple(person_of(username, roster) for username in usernames)


def change_view(row: RowMapping, roster: Roster) -> ChangeView:
    """Return a row of `roster_changes` as a view."""
    return ChangeView(
        id=str(row["id"]),
        pair=str(row["pair"]),
        kind=row["kind"],
        department=row["department"],
        post=row["post"],
        from_at=iso(row["from_ns"]),
        to_at=iso(row["to_ns"]),
        person=person_of(row["person"], roster) if row["person"] else None,
        instead=people_of(row["instead"], roster),
        note=row["note"],
        made_by=row["made_by_name"],
        made_at=iso(row["made_ns"]),
        revoked_at=None if row["revoked_ns"] is None else iso(row["revoked_ns"]),
    )


def _swap_view(row: RowMapping, roster: Roster) -> SwapView:
    asker = person_of(row["asked_by"], roster)
    first, second = (
        SwapHalf(person=person_of(row[one], roster), from_at=iso(row[f"{one}_from_ns"]), to_at=iso(row[f"{one}_to_ns"]))
        for one in ("first", "second")
    )
    return SwapView(
        id=str(row["id"]),
        department=row["department"],
        post=row["post"],
        first=first,
        second=second,
        note=row["note"],
        asked_by=asker.model_copy(update={"name": row["asked_by_name"]}),
        asked_at=iso(row["asked_ns"]),
        waits_for=person_of(row["waits_for"], roster),
    )


def _post_duty(holder: Holder, roster: Roster) -> PostDuty:
    return PostDuty(
        department=holder.post.department,
        post=holder.post.id,
        name=Names(**holder.post.name),
        signs=holder.post.signs,
        people=people_of(holder.people, roster),
        since_at=None if holder.since_ns is None else iso(holder.since_ns),
        until_at=None if holder.until_ns is None else iso(holder.until_ns),
        signed=holder.signed,
        planned=people_of(holder.planned, roster),
    )


def _rostered(post: Post, duties: tuple[Duty, ...], span: tuple[int, int], roster: Roster) -> PostRoster:
    return PostRoster(
        department=post.department,
        post=post.id,
        name=Names(**post.name),
        always=post.always,
        signs=post.signs,
        people=people_of(sorted(post.people), roster),
        shifts=tuple(
            Shift(from_at=iso(duty.from_ns), to_at=iso(duty.to_ns), people=people_of(duty.people, roster))
            for duty in duties
        ),
        gaps=tuple(Lack(from_at=iso(gap.from_ns), to_at=iso(gap.to_ns)) for gap in gaps(post, duties, *span)),
    )


def _twice(one: Overlap, roster: Roster) -> Twice:
    first, second = ("/".join(where) for where in one.posts)
    return Twice(
        person=person_of(one.person, roster), posts=(first, second), from_at=iso(one.from_ns), to_at=iso(one.to_ns)
    )


def _concerns(one: Overlap, department: str) -> bool:
    return not department or any(where == department for where, _ in one.posts)


def _days(calendar: Calendar, start_ns: int, end_ns: int) -> Iterator[Day]:
    first, last = (from_ns(at_ns).astimezone(calendar.zone).date() for at_ns in (start_ns, end_ns - 1))
    return (_day(calendar, first + timedelta(days=number)) for number in range((last - first).days + 1))


def _day(calendar: Calendar, day: date) -> Day:
    name = calendar.name(day)
    return Day(date=day.isoformat(), working=calendar.is_working_day(day), name=None if name is None else Names(**name))
