"""Incidents and tasks as the API sends them: times in RFC 3339, ids as text, nothing left to look up."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from linkage.announcing import Listed
from linkage.states import Disposition, IncidentState, Step, TaskState

#: RFC 3339 UTC with milliseconds.
Moment = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
Level = Literal["notice", "major", "critical"]
Source = Literal["sensor", "video", "collector", "hotline", "leader", "department"]


class View(BaseModel):
    """A frozen value; fields are written by their alias."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)


class Names(View):
    """A text in both languages."""

    zh: str
    en: str


class Actions(View):
    """What to do first, in both languages."""

    zh: tuple[str, ...] = ()
    en: tuple[str, ...] = ()


class Deadline(View):
    """A running clock: its stage, when it runs out and began, and when four fifths of its working time are used."""

    stage: str
    at: Moment
    started_at: Moment
    yellow_at: Moment


class Leg(View):
    """One department's part of an incident, in short."""

    department: str
    state: TaskState


class Choice(View):
    """A condition of the class's case standard: what makes it a case, or, for closing, when it is over."""

    id: str
    name: Names
    limit: str = Field(description="For handling, such as `2 urgent_hour`.")


class NextStep(View):
    """A step that this person may take now, and what it needs with it."""

    step: Step
    task: str | None
    needs: tuple[Literal["note", "department", "disposition", "person", "grade", "override", "condition"], ...]
    label: Names
    dispositions: tuple[Disposition, ...] = ()
    conditions: tuple[Choice, ...] = Field(
        (), description="What `condition` is chosen from; one alone needs no choice."
    )
    condition: str = Field("", description="The condition chosen before.")


class Actor(View):
    """Who did it."""

    id: str
    name: str


class EventView(View):
    """One entry of the event log; without an actor it was the system's. `named`: whom it gave the work to."""

    number: int
    incident: str
    at: Moment
    actor: Actor | None
    step: str
    from_: str = Field(alias="from")
    to: str
    task: str | None
    department: str | None
    note: str
    data: dict[str, object]
    named: str = ""


class TimeRequest(View):
    """A delay or suspension that somebody asked for, and who of the department endorsed it."""

    kind: str
    by: str
    note: str
    at: Moment
    endorsed_by: str | None


class EvidenceSeries(View):
    """Copied readings of one quantity: times, values and qualities of one length."""

    quantity: str
    at: tuple[Moment, ...]
    value: tuple[float, ...]
    quality: tuple[int, ...]


class Evidence(View):
    """A sensor's readings around one moment of an incident; `state` is waiting, kept or failed."""

    event: int
    moment: str
    sensor: str
    at: Moment
    state: str
    reason: str
    series: tuple[EvidenceSeries, ...]


class Snapshot(View):
    """A camera's picture that belongs to an incident; who asks for its address is written down.

    `distance_m` is null where the camera itself raised the alarm.
    """

    id: str
    camera: str
    at: Moment
    distance_m: float | None


class Closing(View):
    """What speaks against closing: places where alarms still burn, sensors that are silent; the sensor's state."""

    burning: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()
    sensor_state: str = ""


class TaskView(View):
    """One department's leg of an incident; the API adds the names of those to whom it was given."""

    id: str
    incident: str
    department: str
    state: TaskState
    mandatory: bool
    dispatched_at: Moment
    accepted_at: Moment | None
    arrived_at: Moment | None
    fed_back_at: Moment | None
    checked_at: Moment | None
    ended_at: Moment | None
    deadline: Deadline | None
    note: str
    reason: str
    handler: str = ""
    handler_name: str = ""
    checker: str = ""
    checker_name: str = ""
    request: TimeRequest | None = None
    delays: int = 0
    suspended_at: Moment | None = None
    resume_by: Moment | None = None
    overdue: bool = False
    appeal: str = ""
    exempt: bool = False
    from_task: str | None = None
    plan_task: str = ""
    action: Names | None = None
    steps: tuple[NextStep, ...] = ()


class AlarmView(View):
    """One change of an alarm that belongs to the incident, with the evidence copied when it came."""

    id: str
    alarm: str
    rule: str
    rule_name: dict[str, str]
    target: str
    level: Level
    change: str
    time: Moment
    value: float | None
    limit: float | None
    unit: str
    quantity: str
    late: bool
    unconfirmed: bool
    evidence: object


class _Line(View):
    """What every view of an incident shows.

    Two things may be unconfirmed: that the system dispatched by itself, until a person confirms it (`unconfirmed_at`),
    and a hazard whose sensor died seeing it, until a reading does (`hazard_unconfirmed`).
    """

    id: str
    number: str
    title: Names
    incident_class: str = Field(alias="class")
    domain: str
    state: IncidentState
    priority: int
    level: Level | None
    worst_level: Level | None
    source: Source
    rule: str
    sensor: str | None
    longitude: float | None
    latitude: float | None
    district: str
    place: str
    opened_at: Moment
    happened_at: Moment
    late: bool
    acknowledged_at: Moment | None
    recovered_at: Moment | None
    unconfirmed_at: Moment | None
    confirm_by: Moment | None
    hazard_unconfirmed: bool
    ended_at: Moment | None
    deadline: Deadline | None
    departments: tuple[Leg, ...]
    disposition: Disposition | None
    recorded: bool
    drill: bool
    version: int
    event_grade: str = ""
    warning_level: str = ""
    response_level: str = ""
    plan: str = ""
    jurisdiction: str = ""
    verifier: str = ""
    reopened: int = 0


class IncidentSummary(_Line):
    """An incident as a line of the queue; `alarms` counts them."""

    alarms: int


class Camera(View):
    """A camera near an incident; the API adds these from the registry."""

    id: str
    name: str
    name_en: str
    distance_m: float
    longitude: float
    latitude: float


class Incident(_Line):
    """An incident whole, as this person may see it, with the steps they may take now."""

    note: str
    first_actions: Actions
    proposed: tuple[str, ...]
    tasks: tuple[TaskView, ...]
    alarms: tuple[AlarmView, ...]
    events: tuple[EventView, ...]
    steps: tuple[NextStep, ...]
    closing: Closing = Closing()
    evidence: tuple[Evidence, ...] = ()
    snapshots: tuple[Snapshot, ...] = ()
    cameras: tuple[Camera, ...] = ()
    verifier_name: str = ""


class IncidentPage(View):
    """Lines of the queue; `next` is where the following page begins, `total` counts all pages.

    Where a filter lets many through, `total` is at least so many, and `exact` is false.
    """

    items: tuple[IncidentSummary, ...]
    next: str | None
    total: int
    exact: bool = True


class QueueCounts(View):
    """Open incidents in numbers, whatever page is shown; priorities by their number."""

    open: int
    unacknowledged: int
    overdue: int
    by_priority: dict[str, int]


class TaskItem(TaskView):
    """A task with the incident it belongs to."""

    summary: IncidentSummary


class TaskPage(View):
    """Tasks in order of their deadline; where there are many, `total` is at least so many, and `exact` is false."""

    items: tuple[TaskItem, ...]
    next: str | None
    total: int
    exact: bool = True


class LiveEvent(View):
    """One entry of the event log for the live stream.

    `summary` is its incident as it stands now, None for an entry of the whole city's; `listed` the list of the whole
    city that it changes, if any; `reporter` only says whose the incident is to see.
    """

    number: int
    summary: IncidentSummary | None
    event: EventView
    reporter: str = Field("", exclude=True)
    listed: Listed | None = Field(None, exclude=True)


class MessageView(View):
    """A message to a department: what became of it."""

    id: str
    incident: str | None
    department: str
    channel: str
    at: Moment
    state: str
    attempts: int
    sent_at: Moment | None
    error: str
