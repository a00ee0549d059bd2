"""What a collector has to do in the field: reports to verify and tasks to check, theirs or their district's."""

from collections.abc import Sequence

from sqlalchemy import Connection, RowMapping, Select, select

from linkage import cases, viewing
from linkage.ledger import Ledger
from linkage.legs import task_items
from linkage.permissions import WHO
from linkage.person import Person
from linkage.queue import summaries
from linkage.reports.views import FieldWork, Verification
from linkage.scope import visible
from linkage.states import IncidentState, Step, TaskState
from linkage.tables import INCIDENTS, TASKS

#: Entries of each list: more than one person can visit in a shift.
_MOST = 100


class Rounds:
    """Reads what is to be looked at on the spot. Calls block on the database: call from a thread."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def work(self, person: Person) -> FieldWork:
        """Return what `person` is to verify and to check: given to them, or to nobody in particular.

        Nobody but collectors, acceptors and foremen has any.
        """
        if not person.holds(WHO[Step.VERIFY]):
            return FieldWork(verify=(), check=())
        with self._ledger.database.read() as connection:
            unverified = list(connection.execute(_to_verify(person)).mappings())
            fed_back = list(connection.execute(_to_check(person)).mappings())
            return FieldWork(
                verify=self._verifications(connection, unverified, person),
                check=tuple(task_items(connection, fed_back, person, self._ledger.clock.now_ns())),
            )

    def _verifications(
        self, connection: Connection, rows: Sequence[RowMapping], person: Person
    ) -> tuple[Verification, ...]:
        known = cases.load_all(connection, rows)
        past = cases.past_steps_in(connection, list(known), person.id)
        return tuple(
            Verification(
                summary=line,
                note=row["note"],
                assigned=row["verifier"] == person.id,
                steps=viewing.incident_steps(
                    known[row["id"]], person, past[row["id"]], self._ledger.book.standards.of(row["incident_class"])
                ),
            )
            for line, row in zip(summaries(connection, rows), rows, strict=True)
        )


def _to_verify(person: Person) -> Select[tuple[object, ...]]:
    return (
        select(INCIDENTS)
        .where(
            INCIDENTS.c.state == IncidentState.REPORTED,
            INCIDENTS.c.ended_ns.is_(None),
            INCIDENTS.c.verified_ns.is_(None),
            INCIDENTS.c.verifier.in_(["", person.id]),
            visible(person),
        )
        .order_by(INCIDENTS.c.due_ns, INCIDENTS.c.id)
        .limit(_MOST)
    )


def _to_check(person: Person) -> Select[tuple[object, ...]]:
    return (
        select(TASKS)
        .join(INCIDENTS, INCIDENTS.c.id == TASKS.c.incident)
        .where(
            TASKS.c.state == TaskState.FED_BACK,
            TASKS.c.checker.in_(["", person.id]),
            INCIDENTS.c.ended_ns.is_(None),
            visible(person),
        )
        .order_by(TASKS.c.due_ns, TASKS.c.id)
        .limit(_MOST)
    )
