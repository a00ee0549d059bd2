"""A department's part in a response: it acknowledges, and reports on the situation in the rhythm of the plan."""

from collections.abc import Sequence

from sqlalchemy import Connection, RowMapping, select

from city.errors import BadRequest, IllegalTransition, NotPermitted
from linkage import cases
from linkage.deed import Deed, Outcome
from linkage.departments import Axis
from linkage.ledger import Ledger, Page
from linkage.permissions import HANDLING_ROLES
from linkage.person import Person
from linkage.plans import activation as rows
from linkage.plans.activation import MINUTE_NS, Activation
from linkage.plans.tables import PARTS
from linkage.tables import NEVER_NS
from linkage.waking import Due

#: Rhythms looked at in one transaction.
_DUE = Due(select(PARTS), PARTS.c.wake_ns, 50)


class Parts:
    """What departments do in a response beside their tasks. Calls block on the database: call from a thread."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def acknowledge(self, number: int, person: Person) -> None:
        """Say for one's department that the call has been seen; saying it again changes nothing.

        Raises:
            NotFound: there is no such response.
            NotPermitted: this person's department has no part in it.
            IllegalTransition: it has ended.
        """
        with self._ledger.writing() as page:
            response, part = self._part(page, number, person, "acknowledge_response")
            if part["acknowledged_ns"] is not None:
                return
            seen = {"acknowledged_ns": page.now_ns, "acknowledged_by": person.name}
            rows.change_part(page.connection, number, person.department, seen)
            data: dict[str, object] = {"activation": number, "called_ns": part["called_ns"], "level": response.level}
            self._say(
                page, response, Deed(step="acknowledge_response", department=person.department, data=data), person
            )

    def report(self, number: int, note: str, person: Person) -> None:
        """Report on the situation; the rhythm's clock begins anew.

        Raises:
            BadRequest: it says nothing.
            NotFound, NotPermitted, IllegalTransition: as for `acknowledge`.
        """
        if not note.strip():
            raise BadRequest(expected="what the situation is", got="nothing", at="note")
        with self._ledger.writing() as page:
            response, part = self._part(page, number, person, "situation")
            every_min, now_ns = part["every_min"], page.now_ns
            next_ns = now_ns + every_min * MINUTE_NS if every_min else NEVER_NS
            clock = {"report_from_ns": now_ns, "report_due_ns": next_ns, "wake_ns": next_ns}
            done = {"reported_ns": now_ns, "reports": part["reports"] + 1}
            rows.change_part(page.connection, number, person.department, clock | done)
            due_ns = part["report_due_ns"] if every_min else None
            data = {
                "activation": number,
                "from_ns": part["report_from_ns"],
                "due_ns": due_ns,
                "overdue": due_ns is not None and now_ns > due_ns,
            }
            deed = Deed(step="situation", department=person.department, note=note, data=data, told=self._desks(""))
            self._say(page, response, deed, person)

    def _part(self, page: Page, number: int, person: Person, step: str) -> tuple[Activation, RowMapping]:
        response = rows.load(page.connection, number)
        part = part_of(page.connection, number, person.department)
        if part is None or not person.holds(HANDLING_ROLES):
            raise NotPermitted(step, allowed="officers of the departments in it", at=f"activation {number}")
        if response.ended_ns is not None:
            raise IllegalTransition(step, state="ended", legal=(), at=f"activation {number}")
        return response, part

    def _desks(self, district: str) -> tuple[str, ...]:
        return self._ledger.book.directory.desks(Axis.COMMAND, district)

    def _say(self, page: Page, response: Activation, deed: Deed, person: Person | None) -> None:
        say(page, response, deed, person)


class Rhythm:
    """A turn: marks reports on the situation that did not come, once for each period. Calls block."""

    name = "rhythm"

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self.every_s = ledger.settings.plans.rhythm_s

    def take(self) -> int:
        """Mark what is overdue; return how many departments were marked."""
        return _DUE.take(self._ledger, self._mark_all)

    def _mark_all(self, page: Page, late: Sequence[RowMapping]) -> None:
        for part in late:
            self._mark(page, part)

    def _mark(self, page: Page, part: RowMapping) -> None:
        """Mark one department; periods that went by while nobody looked count, and are told of once."""
        response = rows.load(page.connection, part["activation"])
        every_ns = part["every_min"] * MINUTE_NS
        missed = 1 + (page.now_ns - part["report_due_ns"]) // every_ns
        due_ns = part["report_due_ns"]
        clock = {"report_from_ns": due_ns, "report_due_ns": due_ns + missed * every_ns}
        woken = {"wake_ns": due_ns + missed * every_ns, "missed": part["missed"] + missed}
        rows.change_part(page.connection, response.id, part["department"], clock | woken)
        desks = self._ledger.book.directory.desks(Axis.COMMAND, "")
        deed = Deed(
            step="report_overdue",
            department=part["department"],
            data={
                "activation": response.id,
                "from_ns": part["report_from_ns"],
                "due_ns": due_ns,
                "missed": missed,
            },
            told=(part["department"], *desks),
        )
        say(page, response, deed, None)


def say(page: Page, response: Activation, deed: Deed, person: Person | None) -> None:
    """Write a deed of a response into the log of the incident that it hangs on."""
    case = cases.load(page.connection, response.incident)
    assert case is not None  # the foreign key says so
    page.write(case, Outcome(case, (deed,)), person)


def part_of(connection: Connection, activation: int, department: str) -> RowMapping | None:
    """Return a department's part in a response."""
    query = select(PARTS).where(PARTS.c.activation == activation, PARTS.c.department == department)
    return connection.execute(query).mappings().one_or_none()
