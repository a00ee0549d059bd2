"""What the city has to say, before it is put into CAP: one value for incidents and warnings, in both languages."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from linkage.cap.model import Area
from linkage.cap.words import Category, Certainty, ResponseType, Severity, Urgency

#: A text by its language, `zh` and `en`.
Text = Mapping[str, str]

#: Severity of a warning's colour (Emergency Response Law Art. 63 has four; CAP has four and Unknown).
SEVERITY_OF = {
    "red": Severity.EXTREME,
    "orange": Severity.SEVERE,
    "yellow": Severity.MODERATE,
    "blue": Severity.MINOR,
}

#: Name of the parameter that keeps the colour, which CAP itself has no word for.
COLOUR = "warning_level"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where, in both languages, with the same shape."""

    name: Text
    area: Area


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something to say about one subject, such as `incident:12`; the newest says all that holds.

    Attributes:
        approved: a person has approved it for the public; only a warning can be.
        over: it ends; what was said before is cancelled.
        numbers: case numbers of the incidents that it is about.
    """

    subject: str
    event: Text
    headline: Text
    category: Category
    urgency: Urgency
    severity: Severity
    certainty: Certainty
    description: Text = field(default_factory=dict)
    instruction: Text = field(default_factory=dict)
    response_types: tuple[ResponseType, ...] = ()
    colour: str = ""
    event_code: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)
    places: tuple[Place, ...] = ()
    onset_ns: int | None = None
    expires_ns: int | None = None
    drill: bool = False
    approved: bool = False
    over: bool = False
    incident: int | None = None
    numbers: tuple[str, ...] = ()
