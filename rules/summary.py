"""The rule book in force as people see it: each rule with how many sensors it judges and how many alarms stand open."""

from collections import Counter

from city.feed import RuleSummary
from rules.engine import Engine
from rules.rule import Rule


def summaries(engine: Engine) -> list[RuleSummary]:
    """Return a summary of each rule in force, in the order of the book."""
    sensors = {rule.id: count for rule, count in engine.matched()}
    active = Counter(alarm.rule.id for alarm in engine.open_alarms())
    return [summary_of(rule, sensors=sensors[rule.id], active=active[rule.id]) for rule in engine.book.rules]


def summary_of(rule: Rule, *, sensors: int = 0, active: int = 0) -> RuleSummary:
    """Return a rule as people see it, with how many sensors it judges and how many of its alarms stand open."""
    return RuleSummary(
        id=rule.id,
        name=rule.name,
        kind=rule.kind,
        source=rule.source,
        file=rule.file,
        line=rule.line,
        domain=rule.select.domain or "",
        quantity=rule.select.quantity,
        levels=rule.terms.described(),
        sensors=sensors,
        active=active,
        incident_class=rule.response.incident_class,
        priority=rule.response.priority,
        departments=rule.response.departments,
        text=rule.text,
        shadow=rule.response.shadow,
        switch=_switch(rule),
    )


def _switch(rule: Rule) -> str:
    """Return the file and line that put a rule into shadow; empty for one that is not."""
    if rule.response.shadow is None:
        return ""
    lines = [number for number, line in enumerate(rule.text.splitlines()) if line.strip().startswith("shadow:")]
    return f"{rule.file}:{rule.line + lines[0]}" if lines else f"{rule.file}:{rule.line}"
