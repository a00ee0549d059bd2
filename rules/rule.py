"""One rule as it is in force: what it looks at, what it holds to be wrong, and what it asks for."""

from dataclasses import dataclass
from typing import Protocol

from city.alarm import Response
from city.level import Level
from rules.selection import Selection


class Terms(Protocol):
    """The part of a rule that its kind reads and judges by; equal terms judge equally."""

    @property
    def levels(self) -> tuple[Level, ...]:
        """Return the levels that the rule has, the mildest first."""
        ...

    @property
    def unit(self) -> str:
        """Return the unit of the alarms' value and limit."""
        ...

    def described(self) -> dict[str, str]:
        """Return in words, for each level, when it is reached and left."""
        ...


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the book; `text` is how it stands in its file, from `line` on."""

    id: str
    name: dict[str, str]
    kind: str
    source: str
    file: str
    line: int
    select: Selection
    terms: Terms
    response: Response
    text: str = ""

    def judges_like(self, other: "Rule") -> bool:
        """Return whether state of `other` means the same under this rule: only then does it survive a new book."""
        return (self.id, self.kind, self.select.quantity, self.terms) == (
            other.id,
            other.kind,
            other.select.quantity,
            other.terms,
        )
