"""Marks clocks that ran out, once each, and tells those who are waited for."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import RowMapping, select

from linkage import cases
from linkage.clocks import Running, running
from linkage.deed import Deed, Outcome
from linkage.dispatching import settled
from linkage.failpoint import Work
from linkage.ledger import Ledger, Page, Sheet
from linkage.more_time import resume_by, resumed
from linkage.opening import CityBook
from linkage.record import Case, TaskRecord
from linkage.states import Step, TaskState
from linkage.tables import INCIDENTS, NEVER_NS
from linkage.telling.audience import told_by
from linkage.waking import Due

#: Incidents looked at in one transaction.
_DUE = Due(select(INCIDENTS.c.id), INCIDENTS.c.wake_ns, 50, work=Work.TICK)


class Ticker:
    """Looks at the clocks that have run out since the last tick. Calls block: call from a thread."""

    name = "clocks"

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self.every_s = ledger.settings.tick_s

    def take(self) -> int:
        """Mark every clock that ran out and was not marked; return how many incidents were marked."""
        return _DUE.take(self._ledger, self._mark)

    def _mark(self, page: Page, rows: Sequence[RowMapping]) -> None:
        known, sheet = cases.load_some(page.connection, [row["id"] for row in rows]), Sheet(page)
        for case in (known[row["id"]] for row in rows):
            sheet.write(case, overdue(case, self._ledger.book, page.now_ns))
        sheet.flush()


def overdue(case: Case, book: CityBook, now_ns: int) -> Outcome:
    """Return the case with every clock marked that ran out by `now_ns`, and each suspension over that lasted a year."""
    clocks = running(case, book.standards.of(case.incident.incident_class), book.calendar)
    resumable = [task for task in case.legs if case.incident.is_open and (resume_by(task) or NEVER_NS) <= now_ns]
    going_on = [resumed(task, now_ns, book.calendar) for task in resumable]
    late = [clock for clock in clocks if case.incident.marked_ns < clock.due_ns <= now_ns]
    marked_ns = now_ns if late else case.incident.marked_ns
    after = settled(Case(replace(case.incident, marked_ns=marked_ns), case.with_tasks(going_on).tasks))
    deeds = [_deed(clock, case) for clock in late] + [_resumed(task) for task in going_on]
    return Outcome(after, tuple(replace(deed, told=told_by(deed, case, after, book.directory)) for deed in deeds))


def _resumed(task: TaskRecord) -> Deed:
    data: dict[str, object] = {"stage": "handle", "from_ns": task.dispatched_ns, "due_ns": task.due_ns}
    return Deed(
        step=Step.RESUME,
        from_state=TaskState.SUSPENDED,
        to_state=task.state,
        task=task.id,
        department=task.department,
        data=data,
    )


def _deed(clock: Running, case: Case) -> Deed:
    task = case.task(clock.task)
    return Deed(
        step="overdue",
        from_state=case.incident.state,
        to_state=case.incident.state,
        task=clock.task,
        department=None if task is None else task.department,
        data={"stage": clock.stage, "from_ns": clock.from_ns, "due_ns": clock.due_ns},
    )
