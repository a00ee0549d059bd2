"""The notifications in an ONVIF metadata stream, as RTSP carries it and bridges republish it."""

from collections.abc import Iterator
from typing import NamedTuple

from city.xml_tree import Tree
from ingest.decoders.times import parse_time
from ingest.decoders.xml_body import parse_xml_body


class Notification(NamedTuple):
    """One notification: its topic, when, and the simple items of its source and data."""

    topic: str
    time_ns: int | None
    operation: str
    source: dict[str, str]
    data: dict[str, str]


def notifications(payload: bytes) -> Iterator[Notification]:
    """Yield the notifications of a stream's document; raises UndecodableMessage for what is no XML."""
    root = parse_xml_body(payload)
    for node in root.walk():
        if node.tag == "NotificationMessage":
            message = next((inner for inner in node.walk() if "UtcTime" in inner.attributes), None)
            if message is not None:
                yield Notification(
                    node.words("Topic"),
                    parse_time(message.attributes["UtcTime"]),
                    message.attributes.get("PropertyOperation", ""),
                    _items(message.first("Source")),
                    _items(message.first("Data")),
                )


def _items(node: Tree | None) -> dict[str, str]:
    return {
        item.attributes["Name"]: item.attributes.get("Value", "")
        for item in (node.children if node is not None else [])
        if item.tag == "SimpleItem" and "Name" in item.attributes
    }
