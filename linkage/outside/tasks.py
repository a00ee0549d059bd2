"""A department's own system at work on the department's tasks: each request is done once, and answered the same."""

from dataclasses import dataclass
from http import HTTPStatus

from prometheus_client import Counter
from sqlalchemy import select

from city.errors import BadRequest, Conflict, IllegalTransition, LiandongError, NotFound, NotPermitted
from linkage import acting, cases, permissions
from linkage.acting import Order
from linkage.failpoint import Work
from linkage.idempotency import asking, remember, remembered
from linkage.ledger import Ledger, Page
from linkage.outside.hooks import task_view
from linkage.outside.tokens import SystemToken
from linkage.person import Person, Role
from linkage.record import Case, TaskRecord
from linkage.states import GONE, Step
from linkage.tables import TASKS

STEPS_ASKED = Counter("linkage_system_steps_total", "Steps that departments' systems asked for, by answer.", ["answer"])

#: What a system may do: the handling of its own department's tasks, and nothing of the other sides.
STEPS = (Step.ACCEPT, Step.ARRIVE, Step.HANDLE, Step.FEED_BACK, Step.RETURN)

_REFUSALS = (IllegalTransition, NotPermitted, BadRequest, Conflict)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a system is answered: the HTTP status and the JSON body, the same for every repetition."""

    status: int
    body: dict[str, object]
    repeated: bool = False


class SystemTasks:
    """The service behind the API for departments' systems. Calls block on the database: call from a thread."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def open(self, token: SystemToken, *, after: int = 0, limit: int = 100) -> list[dict[str, object]]:
        """Return the department's tasks that count, in order of id from after `after`."""
        mine = (TASKS.c.department == token.department, TASKS.c.id > after, TASKS.c.state.not_in(list(GONE)))
        with self._ledger.database.read() as connection:
            rows = connection.execute(select(TASKS).where(*mine).order_by(TASKS.c.id).limit(limit)).mappings()
            return [{**task_view(cases.task_of(row)), "incident": str(row["incident"])} for row in rows]

    def act(self, token: SystemToken, task: str, step: Step, note: str, key: str) -> Answer:
        """Take a handling step; the same key gets the answer that it got first, in the step's own transaction.

        Raises:
            NotFound: the department has no such task.
            NotPermitted: the step is none of the handling.
            Conflict: the key was used for another request.
        """
        if step not in STEPS:
            raise NotPermitted(step, allowed="people, in the console", at="step")
        number = int(task)
        with self._ledger.writing(Work.STEP) as page:
            case, leg = self._task(page, number, token.department)
            ask = asking(f"system:{token.department}", key, "task", number, step, note)
            known = remembered(page.connection, ask)
            if isinstance(known, dict):
                STEPS_ASKED.labels("repeated").inc()
                return Answer(int(known["status"]), dict(known["body"]), repeated=True)
            answer = self._answer(page, case, leg, Order(step=step, version=case.incident.version, note=note), token)
            remember(page.connection, ask, {"status": answer.status, "body": answer.body}, page.now_ns)
        STEPS_ASKED.labels("taken" if answer.status == HTTPStatus.OK else "refused").inc()
        return answer

    def _task(self, page: Page, number: int, department: str) -> tuple[Case, TaskRecord]:
        row = page.connection.execute(select(TASKS.c.incident).where(TASKS.c.id == number)).one_or_none()
        case = None if row is None else cases.load(page.connection, row.incident)
        leg = None if case is None else case.task(number)
        if case is None or leg is None or leg.department != department:
            raise NotFound("task", str(number))
        return case, leg

    def _answer(self, page: Page, case: Case, leg: TaskRecord, order: Order, token: SystemToken) -> Answer:
        person = self._person(token)
        past = cases.past_steps(page.connection, case.incident.id, person.id)
        try:
            permissions.check(order.step, person, case, leg, past)
            outcome = acting.act_on_task(case, leg, order, page.scene(case.incident.incident_class))
        except _REFUSALS as error:
            return _refusal(error)
        after = page.write(case, outcome, person)
        moved = after.task(leg.id)
        assert moved is not None
        incident = {"number": after.incident.number, "state": after.incident.state, "version": after.incident.version}
        return Answer(HTTPStatus.OK, {"task": task_view(moved), "incident": incident})

    def _person(self, token: SystemToken) -> Person:
        department = self._ledger.book.directory.find(token.department)
        name = token.department if department is None else department.name["zh"]
        roles = frozenset({Role.OFFICER})
        return Person(f"system:{token.department}", f"{name} ({token.name})", roles, token.department)


def _refusal(error: LiandongError) -> Answer:
    status = HTTPStatus.FORBIDDEN if isinstance(error, NotPermitted) else HTTPStatus.CONFLICT
    return Answer(status, {"code": error.code, "detail": str(error), "at": str(getattr(error, "at", "task"))})
