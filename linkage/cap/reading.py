"""Reads a CAP message from XML, strictly: what the standard does not allow is refused with its place."""

from typing import Any, cast

from city.errors import BadDocument
from linkage.cap.layout import ALERT, NAMESPACE, Block, Element, order_of
from linkage.cap.model import Alert
from linkage.cap.rules import check
from linkage.cap.xml import Tree, parsed

#: The one foreign thing that may stand in an alert: a signature, which is kept with the text and not judged.
_SIGNATURE = "http://www.w3.org/2000/09/xmldsig#"


def read(data: bytes) -> Alert:
    """Return the message in `data`.

    Raises:
        BadDocument: it is none of CAP 1.2; the place names the element.
    """
    root = parsed(data)
    if root.namespace != NAMESPACE or root.tag != "alert":
        raise BadDocument(expected=f"`alert` of `{NAMESPACE}`", got=f"{root.tag} of {root.namespace}", at="document")
    alert = cast("Alert", _value(root, ALERT, ""))
    check(alert)
    return alert


def _value(node: Tree, block: Block, at: str) -> object:
    found: dict[str, list[Tree]] = {}
    order, reached = order_of(block), 0
    for child in node.children:
        if child.namespace == _SIGNATURE and block is ALERT:
            continue
        place = order.get(child.tag) if child.namespace == NAMESPACE else None
        if place is None or place < reached:
            expected = "an element of CAP 1.2 in its order"
            raise BadDocument(expected=expected, got=child.tag, at=_path(at, node.tag))
        reached = place
        found.setdefault(child.tag, []).append(child)
    values = {element.name: _filled(element, found.get(element.tag, []), at) for element in block.elements}
    return block.kind(**{name: value for name, value in values.items() if value is not None})


def _filled(element: Element, nodes: list[Tree], at: str) -> object:
    """Return the value of one attribute; None leaves it at its default."""
    here = _path(at, element.tag)
    if element.required and not nodes:
        raise BadDocument(expected=f"`{element.tag}`", got="nothing", at=here)
    if element.many:
        return tuple(_read(element, node, f"{here}[{number}]") for number, node in enumerate(nodes))
    if len(nodes) > 1:
        raise BadDocument(expected=f"one `{element.tag}`", got=len(nodes), at=here)
    if not nodes or (not element.required and not nodes[0].text and not nodes[0].children):
        return None
    return _read(element, nodes[0], here)


def _read(element: Element, node: Tree, at: str) -> Any:  # noqa: ANN401 - any value of the model
    if isinstance(element.content, Block):
        return _value(node, element.content, at)
    if node.children:
        raise BadDocument(expected="a text", got=node.children[0].tag, at=at)
    return element.content.read(node.text, at)


def _path(at: str, tag: str) -> str:
    return f"{at}.{tag}" if at else tag
