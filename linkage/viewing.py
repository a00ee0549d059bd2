"""Rows of the queue's tables as views for the API."""

import json
from collections.abc import Collection, Iterable

from sqlalchemy import RowMapping

from city.clock import iso
from city.level import Level
from linkage import steps
from linkage.admission.evidence import is_unconfirmed
from linkage.changes import spoken
from linkage.clocks import Stage
from linkage.closing import Doubts
from linkage.more_time import resume_by
from linkage.permissions import OVERRIDING, refusal
from linkage.person import Person
from linkage.record import Case, TaskRecord
from linkage.standards import Standard
from linkage.states import GONE, Step, TaskState
from linkage.step_words import CONDITION, STEPS
from linkage.tables import NEVER_NS
from linkage.views import (
    Actor,
    AlarmView,
    Choice,
    Closing,
    Deadline,
    EventView,
    IncidentSummary,
    Leg,
    MessageView,
    Names,
    NextStep,
    TaskView,
    TimeRequest,
)


def moment(time_ns: int | None) -> str | None:
    """Return a time as it goes over the wire; None stays None."""
    return None if time_ns is None else iso(time_ns)


def summary_of(row: RowMapping, legs: Iterable[Leg]) -> IncidentSummary:
    """Return a row of `incidents` as a line of the queue."""
    return IncidentSummary.model_validate({**line_of(row), "alarms": row["alarms"], "departments": tuple(legs)})


#: The scales beside priority, and the plan by which the response runs.
_SCALES = ("event_grade", "warning_level", "response_level", "plan")


def line_of(row: RowMapping) -> dict[str, object]:
    """Return what every view of an incident shows, from its row."""
    running = row["due_ns"] != NEVER_NS
    return {
        "id": str(row["id"]),
        "number": row["number"],
        "title": row["title"],
        "incident_class": row["incident_class"],
        "domain": row["domain"],
        "state": row["state"],
        "priority": row["priority"],
        "level": level_word(row["level"]),
        "worst_level": level_word(row["worst_level"]),
        "source": row["source"],
        "rule": row["rule"],
        "sensor": row["sensor"],
        "longitude": row["longitude"],
        "latitude": row["latitude"],
        "district": row["district"],
        "place": row["place"],
        "opened_at": iso(row["opened_ns"]),
        "happened_at": iso(row["happened_ns"]),
        "late": row["late"],
        "acknowledged_at": moment(row["acknowledged_ns"]),
        "recovered_at": moment(row["recovered_ns"]),
        "unconfirmed_at": moment(row["unconfirmed_ns"]),
        "confirm_by": moment(row["confirm_by_ns"]),
        "hazard_unconfirmed": row["doubted"] > 0,
        "ended_at": moment(row["ended_ns"]),
        "deadline": deadline(row["due_stage"], row["due_from_ns"], row["due_ns"], row["due_yellow_ns"])
        if running
        else None,
        "disposition": row["disposition"],
        "recorded": row["recorded"],
        "drill": row["drill"],
        "version": row["version"],
        **{name: row[name] for name in _SCALES},
        "jurisdiction": row["jurisdiction"],
        "verifier": row["verifier"],
        "reopened": row["reopened"],
    }


def level_word(level: int) -> str | None:
    """Return a level as its word; None for 0, which a person's report has."""
    return Level(level).word if level else None


def deadline(stage: str, from_ns: int, due_ns: int, yellow_ns: int) -> Deadline:
    """Return a running clock as a view."""
    return Deadline(stage=stage, at=iso(due_ns), started_at=iso(from_ns), yellow_at=iso(yellow_ns))


def legs_of(tasks: Iterable[TaskRecord]) -> tuple[Leg, ...]:
    """Return each department's newest leg."""
    newest = {task.department: task for task in tasks}
    return tuple(Leg(department=task.department, state=task.state) for task in newest.values())


def task_of(task: TaskRecord, next_steps: tuple[NextStep, ...] = ()) -> TaskView:
    """Return a task as a view, with the steps this person may take."""
    return TaskView(
        id=str(task.id),
        incident=str(task.incident),
        department=task.department,
        state=task.state,
        mandatory=task.mandatory,
        dispatched_at=iso(task.dispatched_ns),
        accepted_at=moment(task.accepted_ns),
        arrived_at=moment(task.arrived_ns),
        fed_back_at=moment(task.fed_back_ns),
        checked_at=moment(task.checked_ns),
        ended_at=moment(task.ended_ns),
        deadline=_handling(task),
        note=task.note,
        reason=task.reason,
        handler=task.handler,
        checker=task.checker,
        request=None if task.request is None else _request_of(task.request),
        delays=task.delays,
        suspended_at=moment(task.suspended_ns),
        resume_by=moment(resume_by(task)),
        overdue=task.overdue,
        appeal=task.appeal,
        exempt=task.exempt,
        from_task=None if task.from_task is None else str(task.from_task),
        plan_task=task.plan_task,
        action=Names(zh=task.action["zh"], en=task.action["en"]) if task.action else None,
        steps=next_steps,
    )


def _request_of(request: dict[str, object]) -> TimeRequest:
    return TimeRequest(
        kind=str(request["kind"]),
        by=str(request.get("by_name", "")),
        note=str(request.get("note", "")),
        at=iso(int(str(request["at_ns"]))),
        endorsed_by=str(request["endorsed_name"]) if "endorsed_name" in request else None,
    )


def _handling(task: TaskRecord) -> Deadline | None:
    if task.state in GONE or task.state is TaskState.SUSPENDED or task.yellow_ns is None:
        return None
    return deadline(Stage.HANDLE, task.dispatched_ns, task.due_ns, task.yellow_ns)


def event_of(row: RowMapping) -> EventView:
    """Return a row of the event log as a view."""
    actor = None if row["actor"] is None else Actor(id=row["actor"], name=row["actor_name"])
    return EventView(
        number=row["number"],
        incident=str(row["incident"]),
        at=iso(row["at_ns"]),
        actor=actor,
        step=row["step"],
        from_=row["from_state"],
        to=row["to_state"],
        task=None if row["task"] is None else str(row["task"]),
        department=row["department"],
        note=row["note"],
        data=spoken(row["data"]),
    )


def alarm_of(row: RowMapping) -> AlarmView:
    """Return an admitted alarm transition as a view."""
    evidence = json.loads(row["evidence"])
    return AlarmView.model_validate(
        {
            "id": row["transition"],
            "alarm": row["alarm"],
            "rule": row["rule"],
            "rule_name": row["rule_name"],
            "target": row["target"],
            "level": level_word(row["level"]),
            "change": row["change"],
            "time": iso(row["time_ns"]),
            "value": row["value"],
            "limit": row["limit_value"],
            "unit": row["unit"],
            "quantity": row["quantity"],
            "late": row["late"],
            "unconfirmed": is_unconfirmed(evidence),
            "evidence": evidence,
        }
    )


def message_of(row: RowMapping) -> MessageView:
    """Return a row of the outbox as a view."""
    return MessageView(
        id=str(row["id"]),
        incident=None if row["incident"] is None else str(row["incident"]),
        department=row["department"],
        channel=row["channel"],
        at=iso(row["created_ns"]),
        state=row["state"],
        attempts=row["attempts"],
        sent_at=moment(row["sent_ns"]),
        error="" if row["state"] == "sent" else row["answer"],
    )


def incident_steps(
    case: Case, person: Person, past: Collection[str], standard: Standard, found: Doubts | None = None
) -> tuple[NextStep, ...]:
    """Return the steps this person may take now with the incident itself; closing in doubt needs an override."""
    allowed = (step for step in steps.incident_steps(case) if refusal(step, person, case, None, past) is None)
    offered = []
    for step in allowed:
        doubted = step is Step.CLOSE and bool(found)
        if not doubted:
            offered.append(_with_conditions(step, case, standard))
        elif person.holds(OVERRIDING):
            plain = _with_conditions(step, case, standard)
            offered.append(plain.model_copy(update={"needs": (*plain.needs, "override")}))
    return tuple(offered)


def closing_of(found: Doubts) -> Closing:
    """Return what speaks against closing as a view."""
    return Closing(burning=found.burning, silent=found.mute, sensor_state=found.sensor)


def task_steps(
    case: Case, task: TaskRecord, person: Person, past: Collection[str], now_ns: int
) -> tuple[NextStep, ...]:
    """Return the steps this person may take now with one task."""
    return tuple(
        _next_step(step, case, task)
        for step in steps.task_steps(case, task, now_ns)
        if refusal(step, person, case, task, past) is None
    )


def _with_conditions(step: Step, case: Case, standard: Standard) -> NextStep:
    """Return a step of the incident; a condition is asked for only where there is more than one to choose from."""
    plain = _next_step(step, case, None)
    if CONDITION not in plain.needs:
        return plain
    if len(standard.conditions) == 1:
        return plain.model_copy(update={"needs": tuple(need for need in plain.needs if need != CONDITION)})
    offered = tuple(
        Choice(
            id=one.id,
            name=Names(**(one.closing if step is Step.CLOSE else one.name)),
            limit=str(one.handle),
        )
        for one in standard.conditions
    )
    return plain.model_copy(update={"conditions": offered, "condition": case.incident.condition})


def _next_step(step: Step, case: Case, task: TaskRecord | None) -> NextStep:
    definition = STEPS[step]
    return NextStep.model_validate(
        {
            "step": step,
            "task": None if task is None else str(task.id),
            "needs": definition.needs,
            "label": Names(zh=definition.zh, en=definition.en),
            "dispositions": steps.dispositions(step, case),
        }
    )
