"""DATEX II in JSON: the encoding of version 3, and what converters make of the XML, as the tree the XML would be."""

from typing import Any

from city.xml_tree import Tree
from ingest.decoders.json_tree import json_tree

#: Prefixes by which the encoding of version 3 names a type in place of `xsi:type`, one for each of its namespaces.
_PREFIXES = ("aeg", "com", "fac", "loc", "lox", "par", "prk", "rea", "rer", "roa", "sit", "tro", "vms")
#: Attributes of the model: `idG` in version 3's JSON, `@id`, `_id`, `$id` or `-id` from converters.
_ATTRIBUTES = frozenset({"id", "version", "index", "targetClass", "modelBaseVersion"})
_SIGILS = ("@_", "@", "_", "$", "-")
#: Members in which converters put an element's text beside its attributes; `value` is version 3's, of an enumeration.
_TEXTS = frozenset({"#text", "_", "$t", "$", "value", "content", "__text"})
#: Where converters gather an element's attributes.
_GATHERED = frozenset({"$", "_attributes", "attributes", "@attributes", "attr", "$attr"})
#: What lies near the root of every publication.
_SIGNATURE = frozenset(
    {"siteMeasurements", "elaboratedData", "payloadPublication", "measurementSiteTable", "MeasuredDataPublication"}
)
#: Levels above the publication: a SOAP envelope and body, a container, its payload.
_DEEPEST = 6


def is_datex2(value: object, depth: int = 0) -> bool:
    """Return whether a JSON value is a publication, or holds one below its wrappers."""
    if isinstance(value, list):
        return bool(value) and is_datex2(value[0], depth + 1)
    if not isinstance(value, dict) or depth > _DEEPEST:
        return False
    if any(_tag(name) in _SIGNATURE for name in value):
        return True
    return any(is_datex2(inner, depth + 1) for inner in value.values() if isinstance(inner, dict | list))


def document_of(value: Any) -> Tree:  # noqa: ANN401 - any JSON
    """Return the tree of a publication in JSON; names lose their prefixes, members that are attributes become such."""
    return _element(json_tree("document", value))


def _element(node: Tree) -> Tree:
    plain = Tree("", _tag(node.tag), text=node.text)
    for child in node.children:
        attribute = _attribute(child.tag)
        if child.tag in _GATHERED and child.children:
            plain.attributes |= {inner.tag: inner.text for inner in child.children}
        elif child.tag in _TEXTS and not child.children:
            plain.text = plain.text or child.text
        elif attribute is not None and not child.children:
            plain.attributes[attribute] = child.text
        else:
            plain.children.append(_element(child))
    return plain


def _attribute(name: str) -> str | None:
    """Return the attribute that a member stands for; None for one that is an element."""
    for sigil in _SIGILS:
        if name.startswith(sigil) and name != sigil:
            return name.removeprefix(sigil).rpartition(":")[2]
    plain = name.removesuffix("G")
    return plain if plain in _ATTRIBUTES else None


def _tag(name: str) -> str:
    """Return an element's name without its namespace: `roa:basicData`, `roaTrafficFlow`."""
    local = name.rpartition(":")[2]
    if local[:3] in _PREFIXES and local[3:4].isupper():
        return local[3:]
    return local
