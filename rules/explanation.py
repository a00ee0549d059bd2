"""Why a rule has an alarm open about a sensor at a moment, or why it has not: the answer as it is shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from city.alarm import AlarmTransition
from rules.standing import Standing


class Answer(StrEnum):
    """What it comes down to, the first that holds."""

    OPEN = "open"  #: an alarm stood open
    NOT_SELECTED = "not_selected"  #: the rule is not about this sensor
    EXEMPT = "exempt"  #: an exception leaves it out
    NOT_JUDGED = "not_judged"  #: selected, but part of nothing that the rule judges
    OUT_OF_HOURS = "out_of_hours"  #: the rule does not judge at this time
    NO_READING = "no_reading"  #: nothing that could be judged
    NOT_ENOUGH = "not_enough"  #: readings came, but not what they are held against: another side, what is usual
    HOLDING = "holding"  #: a level is met, but not yet for as long as it asks
    NOT_MET = "not_met"  #: no level is met


class Limits(StrEnum):
    """What makes an answer less sure than the engine's own."""

    SHORT = "short"  #: less was read than the rule looks back
    CUT = "cut"  #: there were more readings than are read for one answer; the older ones were left out
    FORGOTTEN = "forgotten"  #: readings of the beginning are kept no longer; what is rolled up is not judged again
    NEWER_BOOK = "newer_book"  #: the book or the registry in force was put in force later than the moment
    UNHEARD = "unheard"  #: it is not known any more when ingest heard the broker; as if always


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of the rule's selection against what the registry says of the sensor."""

    condition: str
    wanted: tuple[str, ...]
    found: tuple[str, ...]
    met: bool


@dataclass(frozen=True, slots=True)
class Exempted:
    """The exception that holds for the sensor, on whose word; `exempt`: it is not judged at all."""

    source: str
    exempt: bool


@dataclass(frozen=True, slots=True)
class Hours:
    """The rule's schedule at the moment, and the window around it: None where it has no end."""

    name: str
    described: str
    open: bool
    since_ns: int | None
    until_ns: int | None


@dataclass(frozen=True, slots=True)
class Looked:
    """A reading or an event that was looked at; `passed_over` are the flags for which it was not judged."""

    sensor: str
    quantity: str
    time_ns: int
    arrival_ns: int
    value: float | None
    event: str
    flags: tuple[str, ...]
    passed_over: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Window:
    """What was read to find the answer.

    Attributes:
        looks_back_ns: for how long back what was read may decide under this rule.
        readings: how many readings and events, of so many `series`.
        limits: what makes the answer less sure.
        later_ns: when the last of what was made by the moment, and came only after it, arrived; None where nothing did.
    """

    start_ns: int
    end_ns: int
    looks_back_ns: int
    readings: int
    series: int
    limits: tuple[Limits, ...]
    later_ns: int | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """The answer, and everything it rests on.

    Attributes:
        level: the word of the level that stood open; of HOLDING, of the one that is met.
        sensors: how many sensors the targets look at.
        targets: how each target stood that the sensor is or is part of.
        readings: what was looked at, the newest first: of the sensor itself several, of others the newest.
        transitions: the changes of alarms of these targets within the window, the newest first.
    """

    rule: str
    name: Mapping[str, str]
    kind: str
    source: str
    file: str
    line: int
    levels: Mapping[str, str]
    sensor: str
    at_ns: int
    answer: Answer
    level: str
    selection: tuple[Condition, ...]
    exception: Exempted | None
    hours: Hours | None
    facts: Mapping[str, str]
    sensors: int
    targets: tuple[Standing, ...]
    readings: tuple[Looked, ...]
    transitions: tuple[AlarmTransition, ...]
    window: Window
