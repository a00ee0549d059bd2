"""When a plan's level is called for: n of m conditions over incidents and warnings, each with its reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from linkage.scales import rank


@dataclass(frozen=True, slots=True, kw_only=True)
class Burning:
    """An open incident that has not recovered; `level` is of its active alarms, 0 for a person's report."""

    id: int
    incident_class: str
    district: str
    level: int
    priority: int
    opened_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Warned:
    """A warning in force; without districts it holds for the whole city."""

    id: int
    category: str
    level: str
    districts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """What conditions may look at."""

    now_ns: int
    incidents: tuple[Burning, ...] = ()
    warnings: tuple[Warned, ...] = ()

    def within(self, district: str) -> "Facts":
        """Return what concerns one district."""
        return Facts(
            self.now_ns,
            tuple(one for one in self.incidents if one.district == district),
            tuple(one for one in self.warnings if not one.districts or district in one.districts),
        )


@dataclass(frozen=True, slots=True)
class Found:
    """Whether a condition holds, how much of it was found, and in which incidents."""

    holds: bool
    found: int
    wanted: int
    incidents: tuple[int, ...] = ()


class Condition(Protocol):
    """One thing that can be the case; `classes` are those of the incidents that it looks at."""

    @property
    def classes(self) -> tuple[str, ...]:
        """Return the classes of incidents that it looks at."""
        ...

    def find(self, facts: Facts) -> Found:
        """Look."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Incidents:
    """At least so many open incidents of these classes, at least this bad, open for at least this long."""

    classes: tuple[str, ...]
    at_least: int = 1
    level: int = 0
    priority: int = 5
    lasting_ns: int = 0

    def find(self, facts: Facts) -> Found:
        """Count the incidents that fit."""
        fitting = tuple(one.id for one in facts.incidents if self._fits(one, facts.now_ns))
        return Found(len(fitting) >= self.at_least, len(fitting), self.at_least, fitting)

    def _fits(self, one: Burning, now_ns: int) -> bool:
        bad_enough = one.level >= self.level and one.priority <= self.priority
        return one.incident_class in self.classes and bad_enough and now_ns - one.opened_ns >= self.lasting_ns


@dataclass(frozen=True, slots=True, kw_only=True)
class WarningInForce:
    """A warning of this category, at least this high."""

    category: str
    level: str
    classes: tuple[str, ...] = ()

    def find(self, facts: Facts) -> Found:
        """Look for the highest warning of the category; `found` and `wanted` are ranks of its scale."""
        ranks = [rank(one.level) for one in facts.warnings if one.category == self.category]
        highest, wanted = max(ranks, default=0), rank(self.level)
        return Found(highest >= wanted, highest, wanted)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """A condition with the name by which people know it."""

    id: str
    name: Mapping[str, str]
    condition: Condition
    line: int = 0


@dataclass(frozen=True, slots=True)
class Triggers:
    """`need` of these call for the level."""

    need: int
    of: tuple[Trigger, ...]


@dataclass(frozen=True, slots=True)
class Reason:
    """What one trigger says."""

    trigger: str
    name: Mapping[str, str]
    holds: bool
    found: int
    wanted: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the level is called for, with what every trigger says and the incidents that count."""

    called: bool
    need: int
    reasons: tuple[Reason, ...]
    incidents: tuple[int, ...]


def judge(triggers: Triggers, facts: Facts) -> Verdict:
    """Judge whether enough triggers hold."""
    looked = [(trigger, trigger.condition.find(facts)) for trigger in triggers.of]
    reasons = tuple(Reason(one.id, one.name, seen.holds, seen.found, seen.wanted) for one, seen in looked)
    counting = dict.fromkeys(number for _, seen in looked if seen.holds for number in seen.incidents)
    held = sum(reason.holds for reason in reasons)
    return Verdict(held >= triggers.need, triggers.need, reasons, tuple(counting))
