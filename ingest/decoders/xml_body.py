"""XML as it comes from outside: parsed without entities and bounded, or refused with the reason."""

from city.errors import BadDocument, UndecodableMessage
from city.xml_tree import Tree, XmlLimits, parse_xml
from ingest.reasons import Reason

#: The deepest document that a road authority publishes (DATEX II) has some 12 levels; a whole network's has 100,000s of
#: elements, of which `max_payload_bytes` leaves about this many.
_LIMITS = XmlLimits(depth=32, elements=100_000)


def parse_xml_body(payload: bytes) -> Tree:
    """Return the root of the XML document in `payload`.

    Raises:
        UndecodableMessage: it is no XML, has a document type, or is deeper or larger than allowed.
    """
    try:
        return parse_xml(payload, _LIMITS)
    except BadDocument as error:
        raise UndecodableMessage(Reason.NOT_XML, expected=error.expected, got=error.got, at=error.at) from error
