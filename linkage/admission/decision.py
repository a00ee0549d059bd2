"""Whether an alarm opens an incident, joins one or changes nothing: a pure function, a named reason for each answer."""

from dataclasses import dataclass
from enum import StrEnum

from city.alarm import AlarmTransition, Change


class Action(StrEnum):
    """What is done about a change of an alarm."""

    OPEN = "open"
    JOIN = "join"
    RISE = "rise"
    FALL = "fall"
    RECOVER = "recover"
    IGNORE = "ignore"


class Reason(StrEnum):
    """Why."""

    NEW = "new"  #: nothing is open for this rule and target
    WORSE_AFTER_END = "worse_after_end"  #: its incident ended, and then it rose
    SAME_RULE_AND_TARGET = "same_rule_and_target"
    CAME_BACK = "came_back"  #: the incident was recovered and not yet ended
    HIGHER_LEVEL = "higher_level"
    LOWER_LEVEL = "lower_level"
    OTHERS_BURN = "others_burn"  #: it cleared, another alarm of the incident has not
    LAST_CLEARED = "last_cleared"
    NOT_OPEN = "not_open"  #: the incident it belonged to has ended
    UNKNOWN = "unknown"  #: it fell or cleared without ever having been raised here


@dataclass(frozen=True, slots=True)
class Standing:
    """What admission must know about the incident that an alarm could belong to.

    Attributes:
        incident: id of the open incident for this rule and target, or for this alarm; None when there is none.
        level: of the incident now.
        recovered: all its alarms have cleared.
        belonged: id of the incident that the alarm belongs to, or belonged to before it ended; None for a new alarm.
        active: the alarm belongs to the open incident and has not cleared.
        others: the highest level of the incident's other active alarms; 0 for none.
    """

    incident: int | None = None
    level: int = 0
    recovered: bool = False
    belonged: int | None = None
    active: bool = False
    others: int = 0

    @property
    def known(self) -> bool:
        """Tell whether the alarm was raised here before."""
        return self.belonged is not None

    @property
    def member(self) -> bool:
        """Tell whether the alarm belongs to the open incident."""
        return self.incident is not None and self.belonged == self.incident


@dataclass(frozen=True, slots=True)
class Decision:
    """What is done, why, and with which incident; an ignored change still shows with the one it belonged to."""

    action: Action
    reason: Reason
    incident: int | None = None


def decide(transition: AlarmTransition, standing: Standing) -> Decision:
    """Decide about one change of an alarm. A rise in level is never held back."""
    if transition.change in {Change.RAISED, Change.RISEN}:
        return _burning(transition, standing)
    if standing.incident is None:
        return Decision(Action.IGNORE, Reason.NOT_OPEN if standing.known else Reason.UNKNOWN, standing.belonged)
    if not standing.active:
        return Decision(Action.IGNORE, Reason.UNKNOWN, standing.incident)
    if transition.change is Change.FALLEN:
        return Decision(Action.FALL, Reason.LOWER_LEVEL, standing.incident)
    if standing.others:
        return Decision(Action.FALL, Reason.OTHERS_BURN, standing.incident)
    return Decision(Action.RECOVER, Reason.LAST_CLEARED, standing.incident)


def _burning(transition: AlarmTransition, standing: Standing) -> Decision:
    if standing.incident is None:
        return Decision(Action.OPEN, Reason.WORSE_AFTER_END if standing.known else Reason.NEW)
    if transition.level > standing.level:
        return Decision(Action.RISE, Reason.HIGHER_LEVEL, standing.incident)
    reason = Reason.CAME_BACK if standing.recovered else Reason.SAME_RULE_AND_TARGET
    return Decision(Action.JOIN, reason, standing.incident)
