"""One rule as it is in force: what it looks at, what it holds to be wrong, and what it asks for."""

from dataclasses import dataclass
from typing import Protocol

from city.alarm import Response
from city.level import Level
from rules.schedule import Schedule
from rules.selection import Selection


class Terms(Protocol):
    """The part of a rule that its kind reads and judges by; hashable, and equal terms judge equally."""

    @property
    def levels(self) -> tuple[Level, ...]:
        """Return the levels that the rule has, the mildest first."""
        ...

    @property
    def unit(self) -> str:
        """Return the unit of the alarms' value and limit."""
        ...

    @property
    def quantities(self) -> tuple[str, ...]:
        """Return the series that it reads besides the one that the rule selects."""
        ...

    def described(self) -> dict[str, str]:
        """Return in words, for each level, when it is reached and left."""
        ...


@dataclass(frozen=True, slots=True)
class Variant:
    """An exception: sensors of the rule that are judged by other terms, or not at all (None), and on whose word."""

    select: Selection
    terms: Terms | None
    source: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the book; `text` is how it stands in its file, from `line` on.

    Attributes:
        when: the rule judges in these hours only; None for always.
        lateness_ns: readings wait so long for those that were made before them; 0 for not at all.
        exceptions: of those that match a sensor, the first one holds.
    """

    id: str
    name: dict[str, str]
    kind: str
    source: str
    file: str
    line: int
    select: Selection
    terms: Terms
    response: Response
    when: Schedule | None = None
    lateness_ns: int = 0
    exceptions: tuple[Variant, ...] = ()
    text: str = ""

    def succeeds(self, other: "Rule") -> bool:
        """Return whether state of `other` may mean the same under this rule, for pairs whose terms are equal."""
        return (self.id, self.kind, self.select.quantity) == (other.id, other.kind, other.select.quantity)
