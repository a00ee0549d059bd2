"""An incident with its tasks as plain values, as the pure parts of the queue know them."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from linkage.states import ENDED, GONE, Disposition, IncidentState, TaskState


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRecord:
    """One department's leg.

    Attributes:
        reason: names why this department was chosen.
        ended_ns: when it counted no more: given back, handed over, cancelled, or of a round before the last reopening.
        handler: id of the person whom the department sent.
        checker: id of the collector who is to check it.
        yellow_ns: when its handling clock turns yellow; derived, written with the case.
        limit: the original limit, `{"amount": 2, "unit": "urgent_hour"}`; a delay adds one of it.
        request: a pending delay or suspension: its kind, who asked, and who endorsed it; None for none.
        delays: granted so far.
        suspensions: granted so far.
        suspended_ns: when the present suspension began.
        paused: what a suspension left: the state it found and the amount left of the limit, in its unit.
        overdue: as judged when the department confirmed; kept whatever an appeal says.
        appeal: how its appeal stands: nothing, `asked`, `endorsed`, `upheld` or `rejected`.
        exempt: an appeal was upheld; it does not count as overdue.
        from_task: the task of the department that it was transferred from.
        plan_task: the plan's own name of it, and `action` its words; empty for a leg that no plan asked for.
    """

    id: int
    incident: int
    department: str
    dispatched_ns: int
    due_ns: int
    state: TaskState = TaskState.DISPATCHED
    mandatory: bool = True
    accepted_ns: int | None = None
    arrived_ns: int | None = None
    fed_back_ns: int | None = None
    checked_ns: int | None = None
    ended_ns: int | None = None
    note: str = ""
    reason: str = ""
    handler: str = ""
    checker: str = ""
    limit: dict[str, object] = field(default_factory=dict)
    request: dict[str, object] | None = None
    delays: int = 0
    suspensions: int = 0
    suspended_ns: int | None = None
    paused: dict[str, object] | None = None
    overdue: bool = False
    appeal: str = ""
    exempt: bool = False
    from_task: int | None = None
    plan_task: str = ""
    action: dict[str, str] = field(default_factory=dict)
    yellow_ns: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentRecord:
    """An incident without what can be derived from it.

    Attributes:
        level: of its active alarms now (`city.level.Level`, 0 for a report by a person); the last one when recovered.
        opened_ns: receipt of what opened it; response clocks start here.
        happened_ns: the sensor's own time, or the time of the report.
        proposed: departments that are proposed, and `proposed_why` the reason for each.
        active: alarms not yet cleared; `doubted` of them are unconfirmed: their sensors died seeing it.
        marked_ns: deadlines up to this moment are marked as overdue in the event log.
        sent_back_ns: when the dispatcher sent it back, or it was reopened, to be judged again.
        event_grade: harm done, I to IV; `warning_level`: before harm; `response_level`: what was started. Never mixed.
        jurisdiction: the district whose level works on it; empty for the city's.
        condition: of the case standard, as chosen at filing; empty for the class's first.
        verifier: id of the collector who is to verify it.
        plan: id of the plan that was started for it.
        reopened: how often.
    """

    id: int
    number: str
    title: dict[str, str]
    incident_class: str
    domain: str
    priority: int
    source: str
    opened_ns: int
    happened_ns: int
    state: IncidentState = IncidentState.REPORTED
    level: int = 0
    worst_level: int = 0
    rule: str = ""
    sensor: str | None = None
    longitude: float | None = None
    latitude: float | None = None
    district: str = ""
    place: str = ""
    note: str = ""
    first_actions: dict[str, list[str]] = field(default_factory=dict)
    proposed: list[str] = field(default_factory=list)
    reporter: str = ""
    acknowledged_ns: int | None = None
    verified_ns: int | None = None
    filed_ns: int | None = None
    recovered_ns: int | None = None
    unconfirmed_ns: int | None = None
    confirm_by_ns: int | None = None
    ended_ns: int | None = None
    disposition: Disposition | None = None
    alarms: int = 0
    active: int = 0
    late: bool = False
    recorded: bool = False
    drill: bool = False
    version: int = 0
    marked_ns: int = 0
    proposed_why: dict[str, str] = field(default_factory=dict)
    sent_back_ns: int | None = None
    event_grade: str = ""
    warning_level: str = ""
    response_level: str = ""
    jurisdiction: str = ""
    verifier: str = ""
    plan: str = ""
    reopened: int = 0
    condition: str = ""
    doubted: int = 0

    @property
    def is_open(self) -> bool:
        """Tell whether it has not ended."""
        return self.state not in ENDED

    @property
    def by_alarm(self) -> bool:
        """Tell whether a rule opened it, not a person."""
        return self.rule != ""


@dataclass(frozen=True, slots=True)
class Case:
    """An incident and all tasks it ever had."""

    incident: IncidentRecord
    tasks: tuple[TaskRecord, ...] = ()

    @property
    def legs(self) -> tuple[TaskRecord, ...]:
        """Return the tasks that count."""
        return tuple(task for task in self.tasks if task.state not in GONE and task.ended_ns is None)

    def task(self, number: int | None) -> TaskRecord | None:
        """Return the task with this id."""
        return next((task for task in self.tasks if task.id == number), None)

    def leg_of(self, department: str) -> TaskRecord | None:
        """Return this department's task that counts."""
        return next((task for task in self.legs if task.department == department), None)

    def with_tasks(self, changed: Iterable[TaskRecord]) -> "Case":
        """Return the case with these tasks in place of, or added to, its own."""
        merged = {task.id: task for task in self.tasks} | {task.id: task for task in changed}
        return Case(self.incident, tuple(merged.values()))
