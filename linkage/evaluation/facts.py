"""What evaluation knows: for each deadline ever given one fact, with what happened and whose it was."""

from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """What had to be done by the deadline."""

    CASE = "case"  #: the whole incident, by the last deadline of its departments
    REPORT = "report"  #: a collector's report, which may turn out to be valid
    WATCH = "watch"  #: what a collector should have found, in the grids that they walk
    ACCEPT = "accept"  #: a report or alarm that somebody took in
    VERIFY = "verify"
    SEND_VERIFY = "send_verify"  #: somebody was told to verify
    FILE = "file"
    DISPATCH = "dispatch"
    LEG = "leg"  #: one department's handling
    CHECK = "check"
    SEND_CHECK = "send_check"  #: somebody was told to check
    CLOSE = "close"


class Outcome(StrEnum):
    """What became of a deadline, as far as the log alone can say, whatever the time is now."""

    IN_TIME = "in_time"
    LATE = "late"
    UNMET = "unmet"  #: it passed, and then what it was for fell away
    OPEN = "open"  #: not done; whether that is late, the time will say
    PAUSED = "paused"  #: suspended
    GONE = "gone"  #: what it was for fell away before it passed


class Mark(StrEnum):
    """What else is known of a fact."""

    FILED = "filed"
    PUBLIC = "public"  #: reported by a hotline's caller
    FOUND = "found"  #: reported by a collector
    CLOSED = "closed"
    FORCED = "forced"
    VOIDED = "voided"  #: ended as nothing to handle
    MERGED = "merged"
    REOPENED = "reopened"
    REWORK = "rework"
    RETURNED = "returned"
    TRANSFERRED = "transferred"
    DELAYED = "delayed"
    SUSPENDED = "suspended"
    APPEALED = "appealed"
    EXEMPT = "exempt"
    REDISPATCHED = "redispatched"
    SYSTEM = "system"  #: done in the system's name


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A deadline and what became of it; the deadline's moment decides to which period it belongs.

    Attributes:
        person: id of who did it, or was told to; empty when nobody did.
    """

    kind: Kind
    due_ns: int
    outcome: Outcome
    department: str = ""
    person: str = ""
    marks: frozenset[Mark] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """When what happened to one department's leg; None for what has not.

    Attributes:
        event: number of the event that sent it out, which its messages name.
        due_ns: decides to which period it belongs.
        told_ns: when the first message about it was delivered to its department.
    """

    task: int
    department: str
    event: int
    due_ns: int
    dispatched_ns: int
    told_ns: int | None = None
    accepted_ns: int | None = None
    arrived_ns: int | None = None
    fed_back_ns: int | None = None
    checked_ns: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """All that evaluation knows of one incident.

    Attributes:
        due_ns: the deadline of the incident as a whole.
        opened_ns: when the incident was opened; `happened_ns`: the sensor's own time.
        prompt: whether the time from sensor to incident says anything: not for a report, a buffered or a recorded one.
        disposition: how it ended; empty while it is open.
        filing: id of the condition of its class's standard under which it was filed, and `closing` of the one whose
            closing condition was reached; empty where nobody chose one.
    """

    incident: int
    due_ns: int
    opened_ns: int
    happened_ns: int
    prompt: bool
    source: str
    rule: str
    priority: int
    district: str
    grid: str
    drill: bool
    incident_class: str = ""
    disposition: str = ""
    filing: str = ""
    closing: str = ""
    facts: tuple[Fact, ...] = ()
    legs: tuple[Leg, ...] = field(default=())
