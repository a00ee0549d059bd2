"""The reading side of plans: what is proposed, what runs, and for each response who has done what."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, func, select

from city.clock import iso
from linkage import cases
from linkage.ledger import Ledger
from linkage.notices.about import filled
from linkage.plans import activation as rows
from linkage.plans import proposals
from linkage.plans.activation import Activation
from linkage.plans.lines import acknowledged_at, board_line, line_values, names_of
from linkage.plans.tables import ACTIVATIONS, PARTS, RUNNING, SPANNED
from linkage.plans.views import ActivationBoard, ActivationLine, ProposalView, ReasonView, Situation
from linkage.record import TaskRecord
from linkage.tables import EVENTS, MESSAGES, TASKS
from linkage.views import Names

#: Most responses of one list, and most reports on the situation that a board shows.
MAX_LIMIT, _SITUATIONS = 200, 50


@dataclass(frozen=True, slots=True)
class _Picture:
    """What was read of some responses at once."""

    parts: dict[int, list[RowMapping]]
    tasks: dict[int, list[TaskRecord]]


class Board:
    """Reads responses. Calls block on the database: call from a thread."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def proposals(self) -> list[ProposalView]:
        """Return the proposals that wait for a person, newest first."""
        with self._ledger.database.read() as connection:
            return [self._proposal(row) for row in proposals.open_rows(connection)]

    def page(self, *, running: bool | None = True, limit: int = 100) -> list[ActivationLine]:
        """Return responses, newest first; those that run, those that ended, or (None) both."""
        query = select(ACTIVATIONS).order_by(ACTIVATIONS.c.id.desc()).limit(min(limit, MAX_LIMIT))
        if running is not None:
            query = query.where(RUNNING if running else ACTIVATIONS.c.ended_ns.is_not(None))
        with self._ledger.database.read() as connection:
            found = [rows.record_of(row) for row in connection.execute(query).mappings()]
            picture = _picture(connection, found)
        return [self._line(one, picture) for one in found]

    def one(self, number: int) -> ActivationBoard:
        """Return a response with its board.

        Raises:
            NotFound: there is none with this number.
        """
        with self._ledger.database.read() as connection:
            found = rows.load(connection, number)
            picture = _picture(connection, [found])
            told, said = _told(connection, found), _situations(connection, found)
            spanned = select(SPANNED.c.incident).where(SPANNED.c.activation == number).order_by(SPANNED.c.incident)
            incidents = tuple(str(one) for one in connection.execute(spanned).scalars())
            host = cases.load(connection, found.incident)
        plan, now_ns = found.plan_copy(), self._ledger.clock.now_ns()
        tasks: dict[str, list[TaskRecord]] = defaultdict(list)
        for task in picture.tasks[number]:
            tasks[task.department].append(task)
        level = plan.level(found.level)
        assert level is not None  # a response runs at a level of its plan
        public = filled(level.public, host, self._ledger.book.atlas)
        board = tuple(
            board_line(part, tasks[part["department"]], told.get(part["department"], "none"), now_ns)
            for part in picture.parts[number]
        )
        return ActivationBoard(
            **self._values(found, picture),
            measures=found.measures,
            commander=names_of(level.commander),
            above=plan.above(found.level),
            below=plan.below(found.level),
            expected_h={one.level: one.expected_h for one in plan.levels},
            measures_of={one.level: names_of(one.measures) for one in plan.levels},
            public=names_of(public) if public else None,
            incidents=incidents,
            board=tuple(sorted(board, key=lambda line: (not line.late, line.department))),
            situations=said,
        )

    def _proposal(self, row: RowMapping) -> ProposalView:
        return ProposalView(
            id=str(row["id"]),
            kind=row["kind"],
            plan=row["plan"],
            plan_name=self._name(row["plan"]),
            version=row["version"],
            area=row["area"],
            drill=row["drill"],
            level=row["level"],
            from_level=row["from_level"],
            need=row["need"],
            reasons=tuple(ReasonView.model_validate(reason) for reason in row["reasons"]),
            incidents=tuple(str(one) for one in row["incidents"]),
            activation=None if row["activation"] is None else str(row["activation"]),
            made_at=iso(row["made_ns"]),
        )

    def _line(self, found: Activation, picture: _Picture) -> ActivationLine:
        return ActivationLine.model_validate(self._values(found, picture))

    def _values(self, found: Activation, picture: _Picture) -> dict[str, object]:
        parts = picture.parts[found.id]
        tasks: dict[str, list[TaskRecord]] = defaultdict(list)
        for task in picture.tasks[found.id]:
            tasks[task.department].append(task)
        waiting = [part for part in parts if part["ack"] and acknowledged_at(part, tasks[part["department"]]) is None]
        counts = {"departments": len(parts), "unacknowledged": len(waiting)}
        return {**line_values(found), "plan_name": names_of(found.plan_copy().name), **counts}

    def _name(self, plan: str) -> Names:
        """Return a plan's name by its newest version, or its id when the folder has it no more."""
        named = [one.name for one in self._ledger.book.plans if one.id == plan]
        return names_of(named[-1]) if named else Names(zh=plan, en=plan)


def _picture(connection: Connection, found: Sequence[Activation]) -> _Picture:
    numbers = [one.id for one in found]
    parts: dict[int, list[RowMapping]] = {number: [] for number in numbers}
    query = select(PARTS).where(PARTS.c.activation.in_(numbers)).order_by(PARTS.c.department)
    for part in connection.execute(query).mappings():
        parts[part["activation"]].append(part)
    tasks: dict[int, list[TaskRecord]] = {number: [] for number in numbers}
    spanned = select(SPANNED.c.incident).where(SPANNED.c.activation.in_(numbers))
    hosts = select(TASKS).where(TASKS.c.incident.in_(spanned), TASKS.c.plan_task != "").order_by(TASKS.c.id)
    for row in connection.execute(hosts).mappings():
        number = int(row["plan_task"].partition("/")[0])
        if number in tasks:
            tasks[number].append(cases.task_of(row))
    return _Picture(parts, tasks)


def _told(connection: Connection, found: Activation) -> dict[str, str]:
    """Return what became of the messages that called each department up; the best of its channels counts."""
    query = (
        select(MESSAGES.c.department, MESSAGES.c.state, func.count())
        .where(MESSAGES.c.incident == found.incident, MESSAGES.c.created_ns >= found.started_ns)
        .group_by(MESSAGES.c.department, MESSAGES.c.state)
    )
    states: dict[str, set[str]] = defaultdict(set)
    for department, state, _ in connection.execute(query):
        states[department].add(state)
    return {department: _best(seen) for department, seen in states.items()}


def _best(states: Iterable[str]) -> str:
    seen = set(states)
    if "sent" in seen:
        return "sent"
    return "failed" if seen == {"failed"} else "waiting"


def _situations(connection: Connection, found: Activation) -> tuple[Situation, ...]:
    query = (
        select(EVENTS.c.department, EVENTS.c.at_ns, EVENTS.c.actor_name, EVENTS.c.note)
        .where(EVENTS.c.incident == found.incident, EVENTS.c.step == "situation", EVENTS.c.at_ns >= found.started_ns)
        .order_by(EVENTS.c.number.desc())
        .limit(_SITUATIONS)
    )
    return tuple(
        Situation(department=row.department, at=iso(row.at_ns), by=row.actor_name, note=row.note)
        for row in connection.execute(query)
    )
