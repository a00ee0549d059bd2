"""A plan (预案): who does what by when at each level of response, as the city has approved it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from city.calendar import Limit
from linkage.plans.conditions import Triggers
from linkage.plans.scenario import Scenario
from linkage.scales import LEVELS, rank

#: The four classes of events (Emergency Response Law 2024 Art. 2; codes in GB/T 35561-2017).
EVENT_CLASSES = ("natural_disaster", "accident", "public_health", "social_security")

#: Where a plan's response holds: in the whole city at once, or in each district by itself.
AREAS = ("city", "district")

Names = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanTask:
    """What one department does at a level and at all above it; `within` is counted from when it is called up.

    Attributes:
        role: word of `linkage.person.Role` of those who carry it out.
        evidence: what must show that it was done.
        ack: the department must say that it has seen it.
        report_every_min: rhythm of its reports on the situation while the response runs; 0 for none.
    """

    id: str
    department: str
    role: str
    action: Names
    within: Limit
    evidence: tuple[Names, ...] = ()
    ack: bool = True
    report_every_min: int = 0
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanLevel:
    """One level of response; `tasks` are those it adds to the levels below it."""

    level: str
    expected_h: float
    commander_role: str
    commander: Names
    measures: Names
    triggers: Triggers | None = None
    tasks: tuple[PlanTask, ...] = ()
    public: Names = field(default_factory=dict)
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearness:
    """When incidents near each other belong to one picture; a person joins them unless `automatic`."""

    radius_m: float
    within_min: int
    classes: tuple[str, ...]
    automatic: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A plan as one file says it; `text` is that file, which an activation keeps.

    Attributes:
        incident_class: of the incident that a response opens when it is started without one.
        rules: words on when to raise (`escalate`), lower (`deescalate`) and end (`stand_down`) the response.
        lower_after_min: calm for this long proposes a lower level, or the end.
    """

    id: str
    name: Names
    event_class: str
    area: str
    version: str
    approved_by: str
    valid_from: date
    next_review: date
    source: str
    incident_class: str
    levels: tuple[PlanLevel, ...]
    rules: Mapping[str, Names] = field(default_factory=dict)
    lower_after_min: int = 30
    together: Nearness | None = None
    resources: tuple[Names, ...] = ()
    comms: Mapping[str, Names] = field(default_factory=dict)
    drills: tuple[Scenario, ...] = ()
    text: str = field(default="", repr=False)
    file: str = ""
    line: int = 1

    def level(self, level: str) -> PlanLevel | None:
        """Return what this level says."""
        return next((one for one in self.levels if one.level == level), None)

    def up_to(self, level: str) -> tuple[PlanLevel, ...]:
        """Return the levels in force at `level`, mildest first: going up adds, it never replaces."""
        return tuple(one for one in self.levels if rank(one.level) <= rank(level))

    def tasks(self, level: str) -> tuple[PlanTask, ...]:
        """Return every task called for at `level`."""
        return tuple(task for one in self.up_to(level) for task in one.tasks)

    def rhythms_min(self, level: str) -> dict[str, int]:
        """Return how often each department reports at `level`; the shortest rhythm of its tasks, 0 for none."""
        found: dict[str, int] = {}
        for task in self.tasks(level):
            known = found.get(task.department, 0)
            wanted = [every for every in (known, task.report_every_min) if every]
            found[task.department] = min(wanted, default=0)
        return found

    @property
    def trigger_classes(self) -> frozenset[str]:
        """Return the classes of incidents that the triggers look at."""
        triggers = (one.triggers for one in self.levels if one.triggers is not None)
        return frozenset(name for found in triggers for trigger in found.of for name in trigger.condition.classes)

    def scenario(self, scenario: str) -> Scenario | None:
        """Return the exercise with this id."""
        return next((one for one in self.drills if one.id == scenario), None)

    def above(self, level: str) -> tuple[str, ...]:
        """Return the levels that the response can be raised to from `level`, mildest first."""
        return tuple(one.level for one in self.levels if rank(one.level) > rank(level))

    def below(self, level: str) -> tuple[str, ...]:
        """Return the levels that the response can be lowered to from `level`, mildest first."""
        return tuple(one.level for one in self.levels if rank(one.level) < rank(level))


def ordered(levels: Mapping[str, PlanLevel]) -> tuple[PlanLevel, ...]:
    """Return the levels that a plan has, mildest first."""
    return tuple(levels[level] for level in LEVELS if level in levels)
