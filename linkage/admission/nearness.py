"""When incidents are near enough in place and time to be one: data from the city's plans, and pure answers."""

from dataclasses import dataclass
from datetime import date

from city.clock import SECOND_NS
from city.place import Place, distance_m
from linkage.plans.library import Plans
from linkage.record import IncidentRecord

_MINUTE_NS = 60 * SECOND_NS


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearness:
    """Incidents of these classes or rules within `radius_m` and `within_ns` of each other may be one.

    Attributes:
        id, name: of the plan that says so.
        automatic: they are one without asking anybody.
    """

    id: str
    name: dict[str, str]
    radius_m: float
    within_ns: int
    classes: frozenset[str] = frozenset()
    rules: frozenset[str] = frozenset()
    automatic: bool = False

    def concerns(self, incident_class: str, rule: str) -> bool:
        """Tell whether incidents of this class, or opened by this rule, are meant."""
        return incident_class in self.classes or rule in self.rules


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """What of an incident, or of an alarm that may open one, nearness looks at."""

    incident_class: str
    rule: str
    place: Place
    happened_ns: int
    drill: bool = False


@dataclass(frozen=True, slots=True)
class Neighbour:
    """An open incident that may be the same, and why."""

    incident: int
    nearness: Nearness
    distance_m: float
    apart_ns: int


def nearnesses(plans: Plans, day: date) -> tuple[Nearness, ...]:
    """Return what the plans in force on `day` say belongs together."""
    return tuple(
        Nearness(
            id=plan.id,
            name=dict(plan.name),
            radius_m=plan.together.radius_m,
            within_ns=plan.together.within_min * _MINUTE_NS,
            classes=frozenset(plan.together.classes),
            automatic=plan.together.automatic,
        )
        for plan in plans.in_force(day)
        if plan.together is not None
    )


def happening_of(incident: IncidentRecord) -> Happening | None:
    """Return what nearness looks at; None for an incident without a place."""
    if incident.longitude is None or incident.latitude is None:
        return None
    return Happening(
        incident_class=incident.incident_class,
        rule=incident.rule,
        place=Place(incident.longitude, incident.latitude),
        happened_ns=incident.happened_ns,
        drill=incident.drill,
    )


def neighbour(one: Happening, other: IncidentRecord, nearness: Nearness) -> Neighbour | None:
    """Return how `other` is near `one`; None when it is not."""
    theirs = happening_of(other)
    if theirs is None or theirs.drill is not one.drill or not other.is_open:
        return None
    if not nearness.concerns(theirs.incident_class, theirs.rule):
        return None
    far_m = distance_m(one.place, theirs.place)
    apart_ns = abs(one.happened_ns - theirs.happened_ns)
    if far_m > nearness.radius_m or apart_ns > nearness.within_ns:
        return None
    return Neighbour(other.id, nearness, far_m, apart_ns)
