"""What the system proposes: a pure answer to what the triggers say and what already runs. It never starts anything."""

from dataclasses import dataclass, replace
from enum import StrEnum

from linkage.plans.conditions import Facts, Reason, Verdict, judge
from linkage.plans.plan import Plan
from linkage.scales import rank

_MINUTE_NS = 60_000_000_000


class Kind(StrEnum):
    """What is proposed."""

    START = "start"
    RAISE = "raise"
    LOWER = "lower"
    END = "end"


class ProposalState(StrEnum):
    """What became of a proposal."""

    OPEN = "open"
    TAKEN = "taken"
    DISMISSED = "dismissed"
    CEASED = "ceased"  #: what called for it is no longer the case


@dataclass(frozen=True, slots=True)
class Called:
    """The highest level that the triggers call for, and why; no level when none is."""

    level: str = ""
    need: int = 0
    reasons: tuple[Reason, ...] = ()
    incidents: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a plan may have one response: in an area, in earnest or in an exercise."""

    plan: str
    area: str
    drill: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """The response that runs there; `calm_ns` is since when less is called for."""

    level: str = ""
    calm_ns: int | None = None
    activation: int | None = None
    incident: int | None = None


@dataclass(frozen=True, slots=True)
class Proposed:
    """A proposal before it is written."""

    kind: Kind
    level: str
    from_level: str
    called: Called


def called(plan: Plan, facts: Facts) -> Called:
    """Return the highest level that enough triggers call for."""
    for level in reversed(plan.levels):
        if level.triggers is None:
            continue
        verdict = judge(level.triggers, facts)
        if verdict.called:
            return _of(level.level, verdict)
    return Called()


def at_least(found: Called, level: str) -> Called:
    """Return `found`, or the level that an exercise plays where the triggers call for less."""
    if not level or rank(found.level) >= rank(level):
        return found
    reason = Reason("scenario", {"zh": "演练科目", "en": "Exercise scenario"}, holds=True, found=1, wanted=1)
    return replace(found, level=level, need=1, reasons=(*found.reasons, reason))


def is_calm(standing: Standing, found: Called) -> bool:
    """Tell whether less is called for than what runs."""
    return rank(found.level) < rank(standing.level)


def proposed(plan: Plan, found: Called, standing: Standing, now_ns: int) -> Proposed | None:
    """Return what to propose, if anything; lower levels only after the plan's calm time."""
    if not standing.level:
        return Proposed(Kind.START, found.level, "", found) if found.level else None
    if rank(found.level) > rank(standing.level):
        return Proposed(Kind.RAISE, found.level, standing.level, found)
    if not is_calm(standing, found) or standing.calm_ns is None:
        return None
    if now_ns - standing.calm_ns < plan.lower_after_min * _MINUTE_NS:
        return None
    kind = Kind.LOWER if found.level else Kind.END
    return Proposed(kind, found.level, standing.level, found)


def _of(level: str, verdict: Verdict) -> Called:
    return Called(level, verdict.need, verdict.reasons, verdict.incidents)
