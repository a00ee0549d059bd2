"""What a person says when they start, change and end a response, and the check that it says what the law asks for."""

from dataclasses import dataclass

from city.errors import BadRequest

#: Longest expected duration of a response, hours: 90 days.
LONGEST_H = 2160.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What starting or raising a response must state (Emergency Response Law 2024 Art. 72), beside its level."""

    matter: str
    measures: str
    expected_h: float

    def check(self) -> None:
        """Raise BadRequest when something that the law asks for is missing."""
        for name in ("matter", "measures"):
            if not getattr(self, name).strip():
                raise BadRequest(expected="what Art. 72 asks for", got="nothing", at=name)
        if not 0 < self.expected_h <= LONGEST_H:
            raise BadRequest(expected=f"above 0 to {LONGEST_H:g} hours", got=self.expected_h, at="expected_h")


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """Start a response.

    Attributes:
        area: a district, for a plan that runs in each by itself; empty for the whole city.
        incident: that it hangs on; one is opened, with `priority`, when there is none.
        proposal: that this answers, if it answers one.
    """

    plan: str
    level: str
    content: Content
    area: str = ""
    incident: int | None = None
    proposal: int | None = None
    priority: int = 2
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Raise or lower a response; `version` is the response's as the person saw it, `content` is for raising."""

    version: int
    level: str
    content: Content | None = None
    note: str = ""
