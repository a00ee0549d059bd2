"""Which departments a warning concerns: those of every plan's level that names it among its triggers."""

from collections.abc import Iterable

from linkage.plans.conditions import Condition, Facts, Warned, WarningInForce
from linkage.plans.plan import Plan, PlanLevel


def departments_warned(plans: Iterable[Plan], warning: Warned) -> tuple[str, ...]:
    """Return the departments whose tasks a warning like this may soon call for, those of milder levels first.

    A warning starts no response (Emergency Response Law 2024 Art. 63 and 71), but who would be called up gets ready for
    it (Art. 66 and 67).
    """
    facts = Facts(0, warnings=(warning,))
    found = (
        task.department
        for plan in plans
        for level in plan.levels
        if _names(level, facts)
        for task in plan.tasks(level.level)
    )
    return tuple(dict.fromkeys(found))


def _names(level: PlanLevel, facts: Facts) -> bool:
    return level.triggers is not None and any(_holds(trigger.condition, facts) for trigger in level.triggers.of)


def _holds(condition: Condition, facts: Facts) -> bool:
    return isinstance(condition, WarningInForce) and condition.find(facts).holds
