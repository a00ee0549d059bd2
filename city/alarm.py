"""A rule's verdict on a target, and how it changes: raised, risen, fallen, cleared, doubted, confirmed."""

from dataclasses import dataclass, field
from enum import StrEnum

from city.level import Domain, Level


class Change(StrEnum):
    """What happened to an alarm."""

    RAISED = "raised"
    RISEN = "risen"
    FALLEN = "fallen"
    CLEARED = "cleared"
    DOUBTED = "doubted"  #: it stands, and the sensors that say so have died
    CONFIRMED = "confirmed"  #: it was unconfirmed, and a reading that can be trusted says that it is so


class Lane(StrEnum):
    """Whom an alarm concerns: the city, as an incident, or those who keep the sensors, as a hint."""

    CITY = "city"
    EQUIPMENT = "equipment"


#: What an alarm and the one that inhibits it must have in common; `target` is the sensor itself.
SCOPES = ("target", "site", "upstream", "grid", "district")


@dataclass(frozen=True, slots=True)
class Inhibitor:
    """While an alarm of `rule` burns at the `same` place (a word of `SCOPES`), this one is held back."""

    rule: str
    same: str


@dataclass(frozen=True, slots=True)
class Flapping:
    """`changes` within `within_ns` are flapping; after `quiet_ns` without one it is over."""

    changes: int
    within_ns: int
    quiet_ns: int


@dataclass(frozen=True, slots=True)
class AtMost:
    """So many alarms of one rule open an incident each within `within_ns`; one more says how many more there are."""

    alarms: int
    within_ns: int


@dataclass(frozen=True, slots=True)
class Shadow:
    """The rule runs to be looked at: what it finds is recorded, and nobody is told.

    Attributes:
        against: the rule that its record is compared with; empty for the other rules of its class of incident.
    """

    against: str = ""


@dataclass(frozen=True, slots=True)
class Response:
    """What the rule asks of the linkage queue, carried with the alarm so that no second look-up can differ.

    Attributes:
        incident_class: the city's word for this kind of case (a key of `case-standards.yaml`).
        priority: incident priority 1 to 5 of each alarm level's word.
        departments: ids of the departments that the incident proposes tasks for.
        first_actions: what to do first, by language (`zh`, `en`).
        life_safety: the rule may file and dispatch by itself; a person confirms or voids it within 15 minutes.
        inhibited_by: alarms that explain this one while they burn.
        flapping: what this rule calls flapping; None for what the city does.
        with_asset: several alarms about children of one asset are one incident about it; None: if the kind is silence.
        lane: whether it opens an incident of the city or a hint about equipment.
        at_most: how many of this rule's alarms open an incident in what time; None for what the city does.
        shadow: the rule runs in shadow; None for one that is in force.
    """

    incident_class: str
    priority: dict[str, int]
    departments: tuple[str, ...] = ()
    first_actions: dict[str, tuple[str, ...]] = field(default_factory=dict)
    life_safety: bool = False
    inhibited_by: tuple[Inhibitor, ...] = ()
    flapping: Flapping | None = None
    with_asset: bool | None = None
    lane: Lane = Lane.CITY
    at_most: AtMost | None = None
    shadow: Shadow | None = None


@dataclass(frozen=True, slots=True)
class AlarmTransition:
    """One change of one alarm; the same replay gives the same `id`.

    Attributes:
        id: of this change; linkage keeps it with its decision, so a repeat is harmless.
        alarm: of the alarm from raised to cleared (rule, target and the moment it was raised).
        target: the sensor's id.
        level: after the change; for `cleared`, the level it had.
        time_ns: the sensor's time of the reading that decided (for silence: the tick).
        arrival_ns: when that reading arrived: response clocks start here.
        late: it was judged as late history.
        recorded: the target is a recording; nobody is told unless asked for.
        drill: it is of an exercise, and never meets the real ones.
        evidence: the readings and conditions behind it, as JSON.
        asset: the target is what sensors depend on (a gateway, a feeder), and this alarm stands for theirs.
        unconfirmed: its sensor died while the hazard was pending or raised, and no reading that can be trusted says so.
        again: it is confirmed after a doubt of which nobody was told, since a reading had said so when it was raised.
    """

    id: str
    alarm: str
    rule: str
    rule_name: dict[str, str]
    kind: str
    target: str
    domain: Domain
    change: Change
    level: Level
    time_ns: int
    arrival_ns: int
    response: Response
    quantity: str = ""
    value: float | None = None
    limit: float | None = None
    unit: str = ""
    late: bool = False
    recorded: bool = False
    evidence: str = "{}"
    drill: bool = False
    asset: bool = False
    unconfirmed: bool = False
    again: bool = False
