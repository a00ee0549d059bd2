"""Which levels of which plans a warning from outside counts for: a pure look at their triggers."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from linkage.plans.conditions import Facts, Warned, WarningInForce
from linkage.plans.plan import Plan, PlanLevel


@dataclass(frozen=True, slots=True)
class Armed:
    """A level of a plan with triggers that hold by the warning alone."""

    plan: str
    name: Mapping[str, str]
    level: str
    triggers: tuple[str, ...]


def armed(plans: Iterable[Plan], warning: Warned, now_ns: int) -> tuple[Armed, ...]:
    """Return what `warning` counts for; whether that is enough for a proposal, the other triggers decide."""
    facts = Facts(now_ns, warnings=(warning,))
    found = ((plan, level, tuple(_holding(level, facts))) for plan in plans for level in plan.levels)
    return tuple(Armed(plan.id, plan.name, level.level, triggers) for plan, level, triggers in found if triggers)


def _holding(level: PlanLevel, facts: Facts) -> Iterator[str]:
    if level.triggers is not None:
        for one in level.triggers.of:
            if isinstance(one.condition, WarningInForce) and one.condition.find(facts).holds:
                yield one.id
