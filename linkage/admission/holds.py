"""Which reasons there are to hold an alarm back: one pure function for each, in the order in which they are named."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from city.alarm import AlarmTransition, Flapping, Inhibitor
from city.sensor import Sensor
from linkage.admission.decision import Hold, Reason
from linkage.silences.matching import Matchers, Subject
from linkage.silences.silence import SilenceKind
from linkage.tables import NEVER_NS


@dataclass(frozen=True, slots=True)
class Quiet:
    """A silence that holds now: until when, without a break."""

    id: int
    kind: SilenceKind
    matchers: Matchers
    until_ns: int


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Changes of one rule and target lately: how many, the worst level among them, and when the last one came."""

    changes: int = 0
    worst: int = 0
    last_ns: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What may hold an alarm back.

    Attributes:
        quiets: the silences that hold now.
        explained_by: the alarm that inhibits this one, for each of its rule's inhibitors that burns.
        flapping: what flaps, and `rhythm` how it changed lately.
        capped: id of the incident of the rule's cap while the alarm belongs there, 0 before there is one; else None.
        storm: id of the storm's incident while the queue bears no more, 0 before there is one; None while it does.
        storm_on: some alarms are held back by a storm.
        drill: the alarm is of an exercise.
        began: levels at which holds for this rule and target began, by reason and cause.
        look_ns: when to look again at what has no time of its own.
    """

    now_ns: int
    quiets: Sequence[Quiet] = ()
    explained_by: Collection[str] = ()
    flapping: Flapping
    rhythm: Rhythm = Rhythm()
    capped: int | None = None
    storm: int | None = None
    storm_on: bool = False
    drill: bool = False
    began: Mapping[tuple[str, str], int] = field(default_factory=dict)
    look_ns: int = NEVER_NS


def holds_of(transition: AlarmTransition, sensor: Sensor | None, around: Circumstances) -> tuple[Hold, ...]:
    """Return every reason to hold the alarm back, the one to be named first."""
    subject = subject_of(transition, sensor)
    return tuple(hold for find in _FINDERS for hold in find(transition, subject, around))


def subject_of(transition: AlarmTransition, sensor: Sensor | None) -> Subject:
    """Return what of the alarm silences can be about."""
    return Subject(
        rule=transition.rule,
        sensor=transition.target,
        level=int(transition.level),
        domain=transition.domain,
        incident_class=transition.response.incident_class,
        site="" if sensor is None else sensor.site,
        district="" if sensor is None else sensor.district,
    )


def place_of(inhibitor: Inhibitor, target: str, sensor: Sensor | None) -> str:
    """Return the place at which the inhibitor must burn; empty when the alarm has none of that kind."""
    if inhibitor.same == "target":
        return target
    return "" if sensor is None else str(getattr(sensor, inhibitor.same))


def _drills(_: AlarmTransition, __: Subject, around: Circumstances) -> Iterator[Hold]:
    """An exercise waits while the real queue is full."""
    if around.drill and (around.storm_on or around.storm is not None):
        yield _begun(Reason.DRILL, "storm", around.look_ns, around)


def _silenced(_: AlarmTransition, subject: Subject, around: Circumstances) -> Iterator[Hold]:
    for quiet in around.quiets:
        if quiet.matchers.match(subject):
            reason = Reason.MAINTENANCE if quiet.kind is SilenceKind.MAINTENANCE else Reason.SILENCED
            yield _begun(reason, str(quiet.id), quiet.until_ns, around)


def _inhibited(_: AlarmTransition, __: Subject, around: Circumstances) -> Iterator[Hold]:
    for alarm in around.explained_by:
        yield _begun(Reason.INHIBITED, alarm, around.look_ns, around)


def flaps(flapping: Flapping, rhythm: Rhythm, now_ns: int) -> bool:
    """Tell whether what changes like this is flapping now."""
    return rhythm.changes >= flapping.changes and now_ns - rhythm.last_ns < flapping.quiet_ns


def _flaps(_: AlarmTransition, __: Subject, around: Circumstances) -> Iterator[Hold]:
    if flaps(around.flapping, around.rhythm, around.now_ns):
        yield Hold(Reason.FLAPPING, "", around.now_ns + around.flapping.quiet_ns, around.rhythm.worst)


def _capped(_: AlarmTransition, __: Subject, around: Circumstances) -> Iterator[Hold]:
    if around.capped is not None:
        yield _begun(Reason.CAPPED, str(around.capped), NEVER_NS, around, around.capped if around.capped else None)


def _storms(transition: AlarmTransition, _: Subject, around: Circumstances) -> Iterator[Hold]:
    """What may cost a life is never held back by a cap; it is dispatched before anybody has read a queue."""
    if around.storm is not None and not around.drill and not transition.response.life_safety:
        yield _begun(Reason.STORM, str(around.storm), NEVER_NS, around, around.storm if around.storm else None)


def _begun(reason: Reason, cause: str, wake_ns: int, around: Circumstances, incident: int | None = None) -> Hold:
    return Hold(reason, cause, wake_ns, around.began.get((reason, cause), 0), incident)


_FINDERS: tuple[Callable[[AlarmTransition, Subject, Circumstances], Iterator[Hold]], ...] = (
    _drills,
    _silenced,
    _inhibited,
    _flaps,
    _capped,
    _storms,
)
