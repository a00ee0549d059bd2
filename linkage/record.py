"""An incident with its tasks as plain values, as the pure parts of the queue know them."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from linkage.states import ENDED, GONE, Disposition, IncidentState, TaskState


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRecord:
    """One department's leg. `reason` names why this department was chosen; `ended_ns` is set when it counts no more."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentRecord:
    """An incident without what can be derived from it.

    Attributes:
        level: of its active alarms now (`city.level.Level`, 0 for a report by a person); the last one when recovered.
        opened_ns: receipt of what opened it; response clocks start here.
        happened_ns: the sensor's own time, or the time of the report.
        proposed: departments that the rule proposes.
        active: alarms not yet cleared.
        marked_ns: deadlines up to this moment are marked as overdue in the event log.
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
        return tuple(task for task in self.tasks if task.state not in GONE)

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
