"""A CAP 1.2 message as plain values: an alert, its infos, their resources and areas. An empty text stands for none."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from city.place import Place
from linkage.cap.words import Category, Certainty, MsgType, ResponseType, Scope, Severity, Status, Urgency

#: A closed ring of WGS-84 places, the first repeated at the end.
Polygon = tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Circle:
    """A place and a radius around it, kilometres."""

    center: Place
    radius_km: float


@dataclass(frozen=True, slots=True)
class Named:
    """A value in somebody's own system of values: an event code, a parameter or a geocode."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Reference:
    """An earlier message, by what makes it unmistakable."""

    sender: str
    identifier: str
    sent: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """A file that belongs to an info."""

    description: str
    mime_type: str
    size: int | None = None
    uri: str = ""
    deref_uri: str = ""
    digest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """Where; `altitude` and `ceiling` are feet above mean sea level, as CAP has them."""

    description: str
    polygons: tuple[Polygon, ...] = ()
    circles: tuple[Circle, ...] = ()
    geocodes: tuple[Named, ...] = ()
    altitude: Decimal | None = None
    ceiling: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Info:
    """What is said, in one language."""

    categories: tuple[Category, ...]
    event: str
    urgency: Urgency
    severity: Severity
    certainty: Certainty
    language: str = ""
    response_types: tuple[ResponseType, ...] = ()
    audience: str = ""
    event_codes: tuple[Named, ...] = ()
    effective: datetime | None = None
    onset: datetime | None = None
    expires: datetime | None = None
    sender_name: str = ""
    headline: str = ""
    description: str = ""
    instruction: str = ""
    web: str = ""
    contact: str = ""
    parameters: tuple[Named, ...] = ()
    resources: tuple[Resource, ...] = ()
    areas: tuple[Area, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """A message; its sender, identifier and time together are unmistakable."""

    identifier: str
    sender: str
    sent: datetime
    status: Status
    msg_type: MsgType
    scope: Scope
    source: str = ""
    restriction: str = ""
    addresses: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    note: str = ""
    references: tuple[Reference, ...] = ()
    incidents: tuple[str, ...] = ()
    infos: tuple[Info, ...] = ()

    @property
    def reference(self) -> Reference:
        """Return how a later message refers to this one."""
        return Reference(self.sender, self.identifier, self.sent)
