"""The order and number of the elements of each block, as the XSD of CAP 1.2 has them: reading and writing go by it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from linkage.cap import texts
from linkage.cap.model import Alert, Area, Info, Named, Resource
from linkage.cap.texts import Codec
from linkage.cap.words import Category, Certainty, MsgType, ResponseType, Scope, Severity, Status, Urgency

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"


@dataclass(frozen=True, slots=True)
class Block:
    """An element with elements in it: the class that it becomes, and what it holds, in order."""

    kind: type[Any]
    elements: tuple["Element", ...]


@dataclass(frozen=True, slots=True)
class Element:
    """An element by its tag, and the attribute of the model that it fills; `many` makes that a tuple."""

    tag: str
    name: str
    content: Codec | Block
    required: bool = False
    many: bool = False


def _one(tag: str, name: str, content: Codec | Block = texts.TEXT) -> Element:
    return Element(tag, name, content, required=True)


def _some(tag: str, name: str, content: Codec | Block = texts.TEXT) -> Element:
    return Element(tag, name, content)


def _any(tag: str, name: str, content: Codec | Block, *, required: bool = False) -> Element:
    return Element(tag, name, content, required=required, many=True)


_NAMED = Block(Named, (_one("valueName", "name"), _one("value", "value")))

_RESOURCE = Block(
    Resource,
    (
        _one("resourceDesc", "description"),
        _one("mimeType", "mime_type"),
        _some("size", "size", texts.INTEGER),
        _some("uri", "uri"),
        _some("derefUri", "deref_uri"),
        _some("digest", "digest"),
    ),
)

_AREA = Block(
    Area,
    (
        _one("areaDesc", "description"),
        _any("polygon", "polygons", texts.POLYGON),
        _any("circle", "circles", texts.CIRCLE),
        _any("geocode", "geocodes", _NAMED),
        _some("altitude", "altitude", texts.DECIMAL),
        _some("ceiling", "ceiling", texts.DECIMAL),
    ),
)

_INFO = Block(
    Info,
    (
        _some("language", "language", texts.LANGUAGE),
        _any("category", "categories", texts.word(Category), required=True),
        _one("event", "event"),
        _any("responseType", "response_types", texts.word(ResponseType)),
        _one("urgency", "urgency", texts.word(Urgency)),
        _one("severity", "severity", texts.word(Severity)),
        _one("certainty", "certainty", texts.word(Certainty)),
        _some("audience", "audience"),
        _any("eventCode", "event_codes", _NAMED),
        _some("effective", "effective", texts.MOMENT),
        _some("onset", "onset", texts.MOMENT),
        _some("expires", "expires", texts.MOMENT),
        _some("senderName", "sender_name"),
        _some("headline", "headline"),
        _some("description", "description"),
        _some("instruction", "instruction"),
        _some("web", "web"),
        _some("contact", "contact"),
        _any("parameter", "parameters", _NAMED),
        _any("resource", "resources", _RESOURCE),
        _any("area", "areas", _AREA),
    ),
)

ALERT = Block(
    Alert,
    (
        _one("identifier", "identifier"),
        _one("sender", "sender"),
        _one("sent", "sent", texts.MOMENT),
        _one("status", "status", texts.word(Status)),
        _one("msgType", "msg_type", texts.word(MsgType)),
        _some("source", "source"),
        _one("scope", "scope", texts.word(Scope)),
        _some("restriction", "restriction"),
        _some("addresses", "addresses", texts.MEMBERS),
        _any("code", "codes", texts.TEXT),
        _some("note", "note"),
        _some("references", "references", texts.REFERENCES),
        _some("incidents", "incidents", texts.MEMBERS),
        _any("info", "infos", _INFO),
    ),
)

#: Tag of each element of a block, to its place in the order.
Order = Mapping[str, int]


def order_of(block: Block) -> Order:
    """Return the place of each tag."""
    return {element.tag: place for place, element in enumerate(block.elements)}
