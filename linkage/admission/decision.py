"""Whether an alarm opens an incident, joins one, is held back or changes nothing: pure, with a named reason.

Nothing hides worsening. A hold knows the level at which it began, and only an alarm at or below that level is held
back; what rises above it is admitted whatever holds it, and what belongs to an open incident is never held at all.
"""

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
    DOUBTED = "doubted"
    CONFIRMED = "confirmed"
    REOPEN = "reopen"
    HOLD = "hold"
    IGNORE = "ignore"
    RECORD = "record"
    HINT = "hint"


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
    SAME_ASSET = "same_asset"  #: an incident about the asset it depends on is open
    SIBLINGS = "siblings"  #: several alarms about children of one asset came together
    SAME_PLAN = "same_plan"  #: near an open incident in place and time, and the plan joins by itself
    SOON_AFTER_END = "soon_after_end"  #: its incident was closed a short while ago
    WORSE_THAN_HELD = "worse_than_held"  #: above the level at which it began to be held back
    HOLD_ENDED = "hold_ended"  #: what held it back has ended, and it still burns
    SILENCED = "silenced"
    MAINTENANCE = "maintenance"
    INHIBITED = "inhibited"  #: an alarm that explains it burns
    DRILL = "drill"  #: of an exercise that is not on
    FLAPPING = "flapping"
    CAPPED = "capped"  #: its rule has opened as many incidents as it may
    STORM = "storm"  #: as many incidents have been opened as the queue bears
    HELD_CLEARED = "held_cleared"  #: it cleared while it was held back
    HELD_FELL = "held_fell"
    DOUBTED = "doubted"  #: it stands, and the sensors that say so have died
    CONFIRMED = "confirmed"  #: it was unconfirmed, and a good reading says that it is so
    SHADOW = "shadow"  #: its rule runs in shadow
    SAME_SENSOR = "same_sensor"  #: another hint about the sensor is open


#: Why alarms are held back.
HOLDING = (
    Reason.SILENCED,
    Reason.MAINTENANCE,
    Reason.INHIBITED,
    Reason.DRILL,
    Reason.FLAPPING,
    Reason.CAPPED,
    Reason.STORM,
)

#: Of these the ones that only keep the queue readable: none of them ever holds back a rise, not even one to a level at
#: which the alarm was held before.
QUIETING = frozenset({Reason.FLAPPING, Reason.CAPPED, Reason.STORM})


@dataclass(frozen=True, slots=True)
class Hold:
    """Why an alarm is held back now.

    Attributes:
        reason: one of `HOLDING`.
        cause: what in particular: the silence's id, the inhibiting rule and place, the storm's incident.
        wake_ns: when to look again whether it still holds.
        began: the level at which it began for this rule and target; 0 when it begins with this alarm.
        incident: the incident that it is about, such as the storm's; None for none.
    """

    reason: Reason
    cause: str
    wake_ns: int
    began: int = 0
    incident: int | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What admission must know about the incident that an alarm could belong to.

    Attributes:
        incident: id of the open incident for this rule and target, or for this alarm; None when there is none.
        level: of the incident now.
        recovered: all its alarms have cleared.
        belonged: id of the incident that the alarm belongs to, or belonged to before it ended; None for a new alarm.
        active: the alarm belongs to the open incident and has not cleared.
        unconfirmed: it does, and its sensor died seeing the hazard.
        others: the highest level of the incident's other active alarms; 0 for none.
        doubted: how many of those are unconfirmed.
        why: why an alarm that does not belong to the incident yet would join it.
        asset: what has failed, if several alarms about its children, with this one, say so; empty if not.
        ended: id of the incident that was closed so lately that it is opened again; None when there is none.
        flapping: it has changed as often as its rule calls flapping.
        holds: the reasons to hold it back, the one to be named first.
        held_at: the level at which it began to be held back; 0 when it is not held back now.
    """

    incident: int | None = None
    level: int = 0
    recovered: bool = False
    belonged: int | None = None
    active: bool = False
    unconfirmed: bool = False
    others: int = 0
    doubted: int = 0
    why: Reason = Reason.SAME_RULE_AND_TARGET
    asset: str = ""
    ended: int | None = None
    flapping: bool = False
    holds: tuple[Hold, ...] = ()
    held_at: int = 0

    @property
    def direct(self) -> bool:
        """Tell whether the incident answers for this very rule and target."""
        return self.incident is not None and self.why is Reason.SAME_RULE_AND_TARGET

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
    hold: Hold | None = None


def decide(transition: AlarmTransition, standing: Standing) -> Decision:
    """Decide about one change of an alarm. A rise above the level at which a hold began is never held back."""
    if transition.change in {Change.RAISED, Change.RISEN}:
        return _burning(transition, standing)
    if standing.held_at:
        return Decision(Action.IGNORE, _RELIEF_OF_HELD[transition.change])
    if transition.change is Change.DOUBTED:
        action = Action.DOUBTED if standing.active and not standing.unconfirmed else Action.IGNORE
        return Decision(action, Reason.DOUBTED, standing.belonged)
    if transition.change is Change.CONFIRMED:
        action = Action.CONFIRMED if standing.unconfirmed else Action.IGNORE
        return Decision(action, Reason.CONFIRMED, standing.belonged)
    if standing.incident is None:
        return Decision(Action.IGNORE, Reason.NOT_OPEN if standing.known else Reason.UNKNOWN, standing.belonged)
    return _relieving(transition, standing)


def _relieving(transition: AlarmTransition, standing: Standing) -> Decision:
    if not standing.active:
        return Decision(Action.IGNORE, Reason.UNKNOWN, standing.incident)
    if transition.change is Change.FALLEN:
        return Decision(Action.FALL, Reason.LOWER_LEVEL, standing.incident)
    if standing.others:
        return Decision(Action.FALL, Reason.OTHERS_BURN, standing.incident)
    return Decision(Action.RECOVER, Reason.LAST_CLEARED, standing.incident)


_RELIEF_OF_HELD = {
    Change.FALLEN: Reason.HELD_FELL,
    Change.CLEARED: Reason.HELD_CLEARED,
    Change.DOUBTED: Reason.DOUBTED,
    Change.CONFIRMED: Reason.CONFIRMED,
}


def _burning(transition: AlarmTransition, standing: Standing) -> Decision:
    if standing.direct:
        return _joining(transition, standing)
    hold = _covering(transition, standing)
    if hold is not None:
        return Decision(Action.HOLD, hold.reason, hold.incident, hold)
    if standing.incident is not None:
        return _joining(transition, standing)
    if standing.ended is not None:
        return Decision(Action.REOPEN, Reason.SOON_AFTER_END, standing.ended)
    return Decision(Action.OPEN, _why_open(transition, standing))


def _covering(transition: AlarmTransition, standing: Standing) -> Hold | None:
    """Return the hold that covers the alarm: one that began at its level or above, else one that begins with it.

    A hold never begins with a rise, nor above the level at which another began; what only keeps the queue readable
    holds back no rise at all.
    """
    level, risen = int(transition.level), transition.change is Change.RISEN
    holds = [hold for hold in standing.holds if not (risen and hold.reason in QUIETING)]
    known = max((standing.held_at, *(hold.began for hold in standing.holds)))
    begins = level <= known or (known == 0 and not risen)
    covering = [hold for hold in holds if hold.began >= level]
    fresh = [hold for hold in holds if hold.began == 0 and begins]
    return next(iter([*covering, *fresh]), None)


def _joining(transition: AlarmTransition, standing: Standing) -> Decision:
    if transition.level > standing.level:
        return Decision(Action.RISE, Reason.HIGHER_LEVEL, standing.incident)
    reason = Reason.CAME_BACK if standing.recovered else standing.why
    return Decision(Action.JOIN, Reason.FLAPPING if standing.flapping else reason, standing.incident)


def _why_open(transition: AlarmTransition, standing: Standing) -> Reason:
    if standing.asset:
        return Reason.SIBLINGS
    if standing.holds or 0 < standing.held_at < transition.level:
        return Reason.WORSE_THAN_HELD
    if standing.held_at:
        return Reason.HOLD_ENDED
    return Reason.WORSE_AFTER_END if standing.known else Reason.NEW
