"""Rows of responses as lines of the board."""

from collections.abc import Mapping, Sequence

from sqlalchemy import RowMapping

from city.clock import iso
from linkage.plans.activation import Activation
from linkage.plans.views import BoardLine, BoardTask
from linkage.record import TaskRecord
from linkage.states import GONE, TaskState
from linkage.tables import NEVER_NS
from linkage.viewing import moment
from linkage.views import Deadline, Names

#: A rhythm's clock turns yellow at this share of its period, as every clock does.
_YELLOW = 0.8

_DONE = frozenset({TaskState.FED_BACK, TaskState.CHECKED})


def names_of(names: Mapping[str, str]) -> Names:
    """Return a name in both languages as a view."""
    return Names(zh=names["zh"], en=names["en"])


def line_values(found: Activation) -> dict[str, object]:
    """Return what every view of a response shows of its row."""
    return {
        "id": str(found.id),
        "plan": found.plan,
        "plan_version": found.plan_version,
        "area": found.area,
        "drill": found.drill,
        "level": found.level,
        "highest": found.highest,
        "matter": found.matter,
        "incident": str(found.incident),
        "started_at": iso(found.started_ns),
        "started_by": found.started_name,
        "expected_at": iso(found.expected_ns),
        "ended_at": moment(found.ended_ns),
        "version": found.version,
    }


def acknowledged_at(part: RowMapping, tasks: Sequence[TaskRecord]) -> int | None:
    """Return since when the department has been known to have seen the call: it said so, or it took a task up."""
    if part["acknowledged_ns"] is not None:
        return int(part["acknowledged_ns"])
    return min((task.accepted_ns for task in tasks if task.accepted_ns is not None), default=None)


def board_line(part: RowMapping, tasks: Sequence[TaskRecord], told: str, now_ns: int) -> BoardLine:
    """Return a department's line."""
    shown = tuple(board_task(task, now_ns) for task in tasks)
    running = part["report_due_ns"] != NEVER_NS
    return BoardLine(
        department=part["department"],
        called_at=iso(part["called_ns"]),
        told=told,
        acknowledge=part["ack"],
        acknowledged_at=moment(acknowledged_at(part, tasks)),
        acknowledged_by=part["acknowledged_by"],
        tasks=shown,
        every_min=part["every_min"],
        report=clock("report", part["report_from_ns"], part["report_due_ns"]) if running else None,
        reported_at=moment(part["reported_ns"]),
        reports=part["reports"],
        missed=part["missed"],
        late=any(task.late for task in shown) or (running and now_ns > part["report_due_ns"]),
    )


def board_task(task: TaskRecord, now_ns: int) -> BoardTask:
    """Return one task of a department."""
    open_ = task.state not in GONE and task.state not in _DONE
    return BoardTask(
        id=str(task.id),
        plan_task=task.plan_task,
        action=names_of(task.action),
        state=task.state,
        accepted_at=moment(task.accepted_ns),
        arrived_at=moment(task.arrived_ns),
        fed_back_at=moment(task.fed_back_ns),
        deadline=clock("handle", task.dispatched_ns, task.due_ns, task.yellow_ns) if open_ else None,
        late=open_ and now_ns > task.due_ns,
    )


def clock(stage: str, from_ns: int, due_ns: int, yellow_ns: int | None = None) -> Deadline:
    """Return a running clock as a view."""
    turns_ns = from_ns + round((due_ns - from_ns) * _YELLOW) if yellow_ns is None else yellow_ns
    return Deadline(stage=stage, at=iso(due_ns), started_at=iso(from_ns), yellow_at=iso(turns_ns))
