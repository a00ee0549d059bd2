"""Handovers: opened with their brief, noted on, signed by the outgoing and by the incoming, each for themselves."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Column, Connection, RowMapping, func, insert, select, update

from city.clock import iso
from city.errors import BadRequest, Conflict, NotFound, NotPermitted
from linkage.deed import Deed
from linkage.ledger import Ledger, Page
from linkage.person import Person
from linkage.roster.brief import Brief, StuckLine, brief_of
from linkage.roster.duty import DutyBook, Holder, term_at
from linkage.roster.permissions import OVERSEEING, belongs, check_takes_part
from linkage.roster.roster import Post, Roster
from linkage.roster.tables import HANDOVERS, LOOKS, TERMS


@dataclass(frozen=True, slots=True)
class Signature:
    """What comes with a signature: a note, which one who signs in another's place must give, and what is stuck."""

    note: str = ""
    stuck: Sequence[StuckLine] | None = None


class Handovers:
    """Writes handovers. Calls block on the database: call from a thread."""

    def __init__(self, ledger: Ledger, duty: DutyBook) -> None:
        self._ledger, self._duty = ledger, duty

    def open(self, department: str, post: str, by: Person) -> int:
        """Open the handover of a post, or return the number of the one that is open.

        Raises:
            NotFound: there is no such post.
            BadRequest: its duty passes by the clock.
            NotPermitted: they have nothing to do with it.
        """
        with self._ledger.writing() as page:
            held, roster = self._post(page.connection, department, post, page.now_ns)
            check_takes_part(by, held, roster)
            number = open_number(page.connection, department, post)
            return number if number is not None else self.opened(page, held, page.now_ns, by)

    def opened(self, page: Page, post: Post, due_ns: int, by: Person | None = None) -> int:
        """Write a new handover of a post on this page; return its number."""
        holder = self._duty.holder(page.connection, post.department, post.id, page.now_ns)
        incoming = self.incoming(page.connection, post, holder, due_ns)
        number = _next_id(page.connection, HANDOVERS.c.id)
        people = () if holder is None or not holder.signed else holder.people
        row = {
            "id": number,
            "department": post.department,
            "post": post.id,
            "opened_ns": page.now_ns,
            "due_ns": due_ns,
            "outgoing": list(people),
            "incoming": list(incoming),
            "brief": self._brief(page.connection, post.department, page.now_ns).model_dump(mode="json"),
            "notes": [],
            **dict.fromkeys(("out_by", "out_name", "out_note", "in_by", "in_name", "in_note"), ""),
        }
        page.connection.execute(insert(HANDOVERS), row)
        data: dict[str, object] = {"handover": number, "post": post.id, "due_ns": due_ns, "outgoing": list(people)}
        page.note(Deed(step="handover_open", department=post.department, data=data | {"incoming": list(incoming)}), by)
        return number

    def note(self, number: int, text: str, by: Person) -> None:
        """Add a note to a handover that is not signed over yet.

        Raises:
            NotFound: there is none.
            Conflict: it is signed.
            NotPermitted: they have nothing to do with it.
        """
        with self._ledger.writing() as page:
            row = self._open_row(page, number)
            held, roster = self._post(page.connection, row["department"], row["post"], page.now_ns)
            check_takes_part(by, held, roster)
            said = {"at": iso(page.now_ns), "person": by.username, "name": by.name, "text": text}
            values = {"notes": [*row["notes"], said]}
            page.connection.execute(update(HANDOVERS).where(HANDOVERS.c.id == number).values(values))
            deed = Deed(step="handover_note", department=row["department"], note=text, data={"handover": number})
            page.note(deed, by)

    def sign_out(self, number: int, signature: Signature, by: Person) -> None:
        """Sign a handover as the one who goes; its brief is what is open at this moment.

        Raises:
            NotFound: there is none.
            Conflict: it is signed, or nobody has the duty to hand over.
            NotPermitted: the duty is another's, and they may not sign for them.
            BadRequest: they sign for somebody else, and say not why.
        """
        with self._ledger.writing() as page:
            row = self._open_row(page, number)
            if row["out_ns"] is not None:
                raise Conflict(found="the outgoing has signed", at=f"handover {number}")
            term = term_at(page.connection, row["department"], row["post"], page.now_ns)
            if term is None:
                raise Conflict(found="nobody has signed for this duty before", at=f"handover {number}")
            in_place = self._check_outgoing(by, term["people"], signature)
            brief = self._brief(page.connection, row["department"], page.now_ns, signature.stuck)
            values = {
                "out_by": by.username,
                "out_name": by.name,
                "out_ns": page.now_ns,
                "out_note": signature.note,
                "outgoing": list(term["people"]),
                "brief": brief.model_dump(mode="json"),
            }
            page.connection.execute(update(HANDOVERS).where(HANDOVERS.c.id == number).values(values))
            data: dict[str, object] = {"handover": number, "post": row["post"], "brief": values["brief"]}
            if in_place:
                data["in_place_of"] = list(term["people"])
            page.note(Deed(step="sign_out", department=row["department"], note=signature.note, data=data), by)

    def sign_in(self, number: int, signature: Signature, by: Person) -> None:
        """Sign a handover as the one who comes: from this moment the duty is theirs.

        Raises:
            NotFound: there is none.
            Conflict: it is signed, or the outgoing has not signed yet.
            NotPermitted: they do not belong to the post, or signed as the outgoing.
        """
        with self._ledger.writing() as page:
            row = self._open_row(page, number)
            held, roster = self._post(page.connection, row["department"], row["post"], page.now_ns)
            if not belongs(by, held, roster):
                raise NotPermitted("sign_in", allowed="the department's people", at=f"handover {number}")
            term = term_at(page.connection, row["department"], row["post"], page.now_ns)
            if term is not None and row["out_ns"] is None:
                raise Conflict(found="the outgoing has not signed yet", at=f"handover {number}")
            if by.username == row["out_by"]:
                raise NotPermitted("sign_in", allowed="somebody else than the outgoing", at=f"handover {number}")
            self._pass(page, row, term, signature, by)

    def _pass(self, page: Page, row: RowMapping, term: RowMapping | None, signature: Signature, by: Person) -> None:
        number, now_ns = row["id"], page.now_ns
        holder = self._duty.holder(page.connection, row["department"], row["post"], max(now_ns, row["due_ns"]))
        planned = () if holder is None else holder.planned
        people = [by.username, *(person for person in planned if person != by.username and by.username in planned)]
        if term is not None:
            page.connection.execute(update(TERMS).where(TERMS.c.id == term["id"]).values(to_ns=now_ns))
        row_ = {"department": row["department"], "post": row["post"], "people": people, "from_ns": now_ns}
        page.connection.execute(
            insert(TERMS), {"id": _next_id(page.connection, TERMS.c.id), "handover": number, **row_}
        )
        values = {
            "in_by": by.username,
            "in_name": by.name,
            "in_note": signature.note,
            "incoming": people,
            "ended_ns": now_ns,
        }
        page.connection.execute(update(HANDOVERS).where(HANDOVERS.c.id == number).values(values))
        here = (LOOKS.c.department == row["department"]) & (LOOKS.c.post == row["post"])
        page.connection.execute(update(LOOKS).where(here).values(next_ns=now_ns))
        data: dict[str, object] = {
            "handover": number,
            "post": row["post"],
            "people": people,
            "planned": by.username in planned,
            "since_ns": None if term is None else term["from_ns"],
        }
        page.note(Deed(step="sign_in", department=row["department"], note=signature.note, data=data), by)

    def incoming(self, connection: Connection, post: Post, holder: Holder | None, due_ns: int) -> tuple[str, ...]:
        """Return whom the roster has when a handover is due, or next where those are on duty already."""
        then = self._duty.holder(connection, post.department, post.id, due_ns)
        planned = () if then is None else then.planned
        present = () if holder is None or not holder.signed else holder.people
        if then is None or then.until_ns is None or planned != present:
            return planned
        later = self._duty.holder(connection, post.department, post.id, then.until_ns)
        return () if later is None else later.planned

    def _check_outgoing(self, by: Person, people: Sequence[str], signature: Signature) -> bool:
        """Tell whether somebody signs for those on duty who is not one of them."""
        if by.username in people:
            return False
        if not by.holds(OVERSEEING):
            raise NotPermitted("sign_out", allowed="who is on duty, `foreman`, `leader`", at=", ".join(people))
        if not signature.note.strip():
            raise BadRequest(expected="why the outgoing cannot sign", got="nothing", at="note")
        return True

    def _open_row(self, page: Page, number: int) -> RowMapping:
        row = page.connection.execute(select(HANDOVERS).where(HANDOVERS.c.id == number)).mappings().one_or_none()
        if row is None:
            raise NotFound("handover", number)
        if row["ended_ns"] is not None:
            raise Conflict(found=f"`{row['in_name']}` has signed", at=f"handover {number}")
        return row

    def _post(self, connection: Connection, department: str, post: str, at_ns: int) -> tuple[Post, Roster]:
        version = self._duty.history.at(connection, at_ns)
        held = None if version is None else version.roster.post(department, post)
        if version is None or held is None:
            raise NotFound("post", f"{department}/{post}")
        if not held.signs:
            raise BadRequest(expected="a post whose duty is signed over", got=post, at="post")
        return held, version.roster

    def _brief(
        self, connection: Connection, department: str, now_ns: int, stuck: Sequence[StuckLine] | None = None
    ) -> Brief:
        found = self._ledger.book.directory.find(department)
        if found is None:
            raise NotFound("department", department)
        return brief_of(connection, found, now_ns, stuck)


def open_number(connection: Connection, department: str, post: str) -> int | None:
    """Return the number of a post's handover that is not signed over; None for none."""
    query = select(HANDOVERS.c.id).where(
        HANDOVERS.c.department == department, HANDOVERS.c.post == post, HANDOVERS.c.ended_ns.is_(None)
    )
    return connection.execute(query).scalar_one_or_none()


def _next_id(connection: Connection, column: Column[int]) -> int:
    last = connection.execute(select(func.max(column))).scalar_one()
    return 1 if last is None else int(last) + 1
