"""Writes a CAP message as XML."""

from collections.abc import Iterable
from typing import Any
from xml.etree.ElementTree import Element as Node
from xml.etree.ElementTree import SubElement, tostring

from linkage.cap.layout import ALERT, NAMESPACE, Block, Element
from linkage.cap.model import Alert
from linkage.cap.rules import check


def written(alert: Alert) -> bytes:
    """Return the message as UTF-8 XML.

    Raises:
        BadDocument: the message is none that CAP 1.2 allows.
    """
    check(alert)
    root = Node("alert", xmlns=NAMESPACE)
    _fill(root, ALERT, alert)
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True))


def _fill(node: Node, block: Block, value: object) -> None:
    for element in block.elements:
        for member in _members(element, getattr(value, element.name)):
            child = SubElement(node, element.tag)
            if isinstance(element.content, Block):
                _fill(child, element.content, member)
            else:
                child.text = element.content.write(member)


def _members(element: Element, value: Any) -> Iterable[Any]:  # noqa: ANN401 - any value of the model
    if element.many:
        return tuple(value)
    return () if not element.required and value in {None, "", ()} else (value,)
