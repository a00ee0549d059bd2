"""Plans, proposals and responses as the API sends them."""

from pydantic import Field

from linkage.states import TaskState
from linkage.views import Deadline, Moment, Names, View


class ReasonView(View):
    """What one trigger says: how much was found of how much was asked for."""

    trigger: str
    name: Names
    holds: bool
    found: int
    wanted: int


class ProposalView(View):
    """What the system proposes; `need` of the reasons called for the level."""

    id: str
    kind: str
    plan: str
    plan_name: Names
    version: str
    area: str
    drill: bool
    level: str
    from_level: str
    need: int
    reasons: tuple[ReasonView, ...]
    incidents: tuple[str, ...]
    activation: str | None
    made_at: Moment


class TriggerView(View):
    """A trigger of a plan's level."""

    id: str
    name: Names


class PlanTaskView(View):
    """What one department does."""

    id: str
    department: str
    role: str
    action: Names
    within: str
    evidence: tuple[Names, ...]
    ack: bool
    report_every_min: int


class PlanLevelView(View):
    """One level of a plan with what it adds."""

    level: str
    expected_h: float
    commander_role: str
    commander: Names
    measures: Names
    need: int
    triggers: tuple[TriggerView, ...]
    tasks: tuple[PlanTaskView, ...]
    public: Names | None


class ScenarioView(View):
    """An exercise that can be played."""

    id: str
    name: Names
    title: Names


class PlanView(View):
    """One version of a plan; `in_force` when it is the one that a response would run by today."""

    id: str
    name: Names
    event_class: str
    area: str
    version: str
    approved_by: str
    valid_from: str
    next_review: str
    source: str
    incident_class: str
    in_force: bool
    review_due: bool
    rules: dict[str, Names]
    resources: tuple[Names, ...]
    comms: dict[str, Names]
    levels: tuple[PlanLevelView, ...]
    drills: tuple[ScenarioView, ...]


class ActivationLine(View):
    """A response in short; counts are of departments."""

    id: str
    plan: str
    plan_name: Names
    plan_version: str
    area: str
    drill: bool
    level: str
    highest: str
    matter: str
    incident: str
    started_at: Moment
    started_by: str
    expected_at: Moment
    ended_at: Moment | None
    departments: int
    unacknowledged: int
    version: int


class BoardTask(View):
    """A task of a plan as it stands."""

    id: str
    plan_task: str
    action: Names
    state: TaskState
    accepted_at: Moment | None
    arrived_at: Moment | None
    fed_back_at: Moment | None
    deadline: Deadline | None
    late: bool


class Situation(View):
    """What a department reported."""

    department: str
    at: Moment
    by: str
    note: str


class BoardLine(View):
    """A department on the board: told, acknowledged, accepted, arrived, reporting, late."""

    department: str
    called_at: Moment
    told: str = Field(description="sent, waiting, failed, or none where the department has no channel")
    acknowledge: bool
    acknowledged_at: Moment | None
    acknowledged_by: str
    tasks: tuple[BoardTask, ...]
    every_min: int
    report: Deadline | None
    reported_at: Moment | None
    reports: int
    missed: int
    late: bool


class ActivationBoard(ActivationLine):
    """A response whole: what was stated, who does what, and the levels it can be raised and lowered to."""

    measures: str
    commander: Names
    above: tuple[str, ...]
    below: tuple[str, ...]
    expected_h: dict[str, float]
    measures_of: dict[str, Names]
    public: Names | None
    incidents: tuple[str, ...]
    board: tuple[BoardLine, ...]
    situations: tuple[Situation, ...]
