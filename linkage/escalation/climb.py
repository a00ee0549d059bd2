"""One answer that is waited for, and how it moves: pure, so that every crash leaves it before or after a move."""

from dataclasses import dataclass, replace
from enum import StrEnum

from city.clock import SECOND_NS
from linkage.escalation.chain import Chain, Rung
from linkage.tables import NEVER_NS


class EscalationState(StrEnum):
    """How an escalation stands."""

    CLIMBING = "climbing"  #: nobody has answered, or it was forgotten
    WATCHING = "watching"  #: somebody answered; it goes on when nothing follows
    RESTING = "resting"  #: it is not theirs to act now
    ENDED = "ended"


class Why(StrEnum):
    """Why a rung was fired."""

    UNANSWERED = "unanswered"
    FORGOTTEN = "forgotten"


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalation:
    """An answer that is waited for; without a task it is the incident's own.

    Attributes:
        rung: index of the rung that comes next.
        round: how often it began anew, by a rise or because it was forgotten; part of every message's key.
        since_ns: where the rungs' times count from.
        next_ns: when it is looked at again.
        answered_ns: when somebody answered; kept while it climbs because it was forgotten.
    """

    incident: int
    department: str
    since_ns: int
    started_ns: int
    next_ns: int
    id: int = 0
    task: int | None = None
    state: EscalationState = EscalationState.CLIMBING
    rung: int = 0
    round: int = 0
    answered_ns: int | None = None
    answered_by: str = ""


@dataclass(frozen=True, slots=True)
class Fired:
    """A rung that is due: the escalation after it, the rung, its index and why."""

    after: Escalation
    rung: Rung
    index: int
    why: Why


def started(incident: int, task: int | None, department: str, chain: Chain, now_ns: int) -> Escalation:
    """Return a climb that begins now."""
    return Escalation(
        incident=incident,
        task=task,
        department=department,
        since_ns=now_ns,
        started_ns=now_ns,
        next_ns=now_ns + chain.rungs[0].after_s * SECOND_NS,
    )


def restarted(one: Escalation, chain: Chain, now_ns: int) -> Escalation:
    """Return the climb begun anew from its first rung, as after a rise: what was answered is void."""
    return replace(
        one,
        state=EscalationState.CLIMBING,
        rung=0,
        round=one.round + 1,
        since_ns=now_ns,
        next_ns=now_ns + chain.rungs[0].after_s * SECOND_NS,
        answered_ns=None,
        answered_by="",
    )


def answered(one: Escalation, chain: Chain, by: str, now_ns: int) -> Escalation:
    """Return it stopped by an answer; it is looked at again when the answer may be forgotten."""
    return replace(
        one,
        state=EscalationState.WATCHING,
        answered_ns=now_ns,
        answered_by=by,
        next_ns=NEVER_NS if chain.forgotten_s is None else now_ns + chain.forgotten_s * SECOND_NS,
    )


def rested(one: Escalation) -> Escalation:
    """Return it put aside while others act."""
    return replace(one, state=EscalationState.RESTING, next_ns=NEVER_NS)


def ended(one: Escalation) -> Escalation:
    """Return it ended for good."""
    return replace(one, state=EscalationState.ENDED, next_ns=NEVER_NS)


def fired(one: Escalation, chain: Chain, now_ns: int) -> Fired | None:
    """Return the rung that is due at `now_ns`; None when none is.

    The rung after it keeps its distance from this one, so that a desk that was away does not run through the chain at
    once; none is skipped.
    """
    if one.next_ns > now_ns or one.state not in {EscalationState.CLIMBING, EscalationState.WATCHING}:
        return None
    forgotten = one.state is EscalationState.WATCHING
    index = min(one.rung, len(chain.rungs) - 1)
    rung = chain.rungs[index]
    after = replace(
        one,
        state=EscalationState.CLIMBING,
        round=one.round + forgotten,
        rung=index + 1,
        since_ns=now_ns - rung.after_s * SECOND_NS,
    )
    why = Why.UNANSWERED if one.answered_ns is None else Why.FORGOTTEN
    return Fired(_looked_at_next(after, chain, now_ns), rung, index, why)


def _looked_at_next(one: Escalation, chain: Chain, now_ns: int) -> Escalation:
    if one.rung < len(chain.rungs):
        return replace(one, next_ns=one.since_ns + chain.rungs[one.rung].after_s * SECOND_NS)
    if chain.again_s is None:
        return replace(one, next_ns=NEVER_NS)
    # The last rung again: another round, so that its messages have keys of their own.
    return replace(one, rung=len(chain.rungs) - 1, round=one.round + 1, next_ns=now_ns + chain.again_s * SECOND_NS)
