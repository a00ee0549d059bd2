"""Reports, near duplicates and calls back as the API sends them."""

from linkage.views import IncidentSummary, Moment, Names, NextStep, TaskItem, View


class ReportView(View):
    """What one person reported; whether a caller left a name or number, but never which."""

    id: str
    at: Moment
    joined: bool
    source: str
    hotline: str
    condition: str
    component: str
    person: str
    note: str
    longitude: float | None
    latitude: float | None
    has_caller: bool
    callback: str
    attempts: int
    satisfaction: int | None


class CallerView(View):
    """Who called; personal data, and this look at it is logged."""

    name: str
    phone: str


class Near(View):
    """An open incident that a report may be about: how far away, how often reported, and its photos."""

    summary: IncidentSummary
    distance_m: float
    reports: int
    photos: tuple[str, ...]


class Filed(View):
    """What became of a report: the incident it opened or joined."""

    incident: str
    number: str
    report: str
    joined: bool


class CallView(View):
    """One attempt to call back."""

    at: Moment
    person: str
    reached: bool
    satisfaction: int | None
    note: str


class Callback(View):
    """A caller who is still to be told how it ended."""

    report: str
    hotline: str
    reported_at: Moment
    incident: IncidentSummary
    attempts: int
    calls: tuple[CallView, ...]


class Verification(View):
    """An incident whose truth somebody is to look at, with the steps that this person may take now."""

    summary: IncidentSummary
    note: str
    assigned: bool
    steps: tuple[NextStep, ...]


class FieldWork(View):
    """What a collector has to do: incidents to verify and tasks to check, nearest deadline first."""

    verify: tuple[Verification, ...]
    check: tuple[TaskItem, ...]


class HotlineFacts(View):
    """A hotline as screens name it."""

    id: str
    name: Names
    number: str


class ConditionFacts(View):
    """A condition as screens name it."""

    id: str
    name: Names
    priority: int


class ReportedClassFacts(View):
    """A class as the report form offers it."""

    id: str
    priority: int
    conditions: tuple[ConditionFacts, ...]
    departments: dict[str, str]


class ReportFacts(View):
    """What the report form and the list of calls need to know."""

    hotlines: tuple[HotlineFacts, ...]
    classes: tuple[ReportedClassFacts, ...]
    within_m: float
    within_h: float
    call_attempts: int
    answers: tuple[int, ...]
