"""What Hikvision's platforms wrap around an alert: HikCentral's event subscriptions, EZVIZ's cloud messages."""

from collections.abc import Iterator, Mapping
from typing import Any

from city.xml_tree import Tree
from ingest.decoders.json_tree import json_tree
from ingest.decoders.xml_body import parse_xml_body

ROOT = "EventNotificationAlert"
#: HikCentral's numbers of events, for those that tell no word beside it.
_WORDS = {
    131329: "videoloss",
    131330: "shelteralarm",
    131331: "vmd",
    131585: "linedetection",
    131586: "regionentrance",
    131587: "regionexiting",
    131588: "fielddetection",
}
#: Its word for an event that begins or ends; the others are over as soon as they are told.
_STATES = {1: "active", 2: "inactive"}
#: Members of an alert that say who the camera is to its recorder; the platform has a name of its own for it.
_OF_RECORDER = frozenset({"macAddress", "channelID", "dynChannelID", "deviceID"})


def is_wrapped(body: Mapping[str, Any]) -> bool:
    """Return whether a JSON object is a platform's message."""
    return _events(body) is not None or _document(body) is not None


def alerts(body: Mapping[str, Any]) -> Iterator[Tree]:
    """Yield the alerts of a platform's message; raises UndecodableMessage for a document that is no XML."""
    document = _document(body)
    if document is not None:
        yield parse_xml_body(document.encode())
    for event in _events(body) or ():
        if isinstance(event, dict):
            yield json_tree(ROOT, _alert(event))


def _events(body: Mapping[str, Any]) -> list[Any] | None:
    params = body.get("params")
    events = params.get("events") if isinstance(params, dict) and body.get("method") == "OnEventNotify" else None
    return events if isinstance(events, list) else None


def _document(body: Mapping[str, Any]) -> str | None:
    inner = body.get("body")
    document = inner.get("payload") if isinstance(inner, dict) and "header" in body else None
    return document.lstrip("\ufeff") if isinstance(document, str) and ROOT in document[:4096] else None


def _alert(event: Mapping[str, Any]) -> dict[str, Any]:
    """Return an event as the alert that it was made of, under the platform's name for the camera."""
    inner, number, status = event.get("data"), event.get("eventType"), event.get("status")
    data = inner if isinstance(inner, dict) else {}
    word = data.get("eventType", _WORDS.get(number, f"event {number}") if isinstance(number, int) else "")
    return {
        "deviceID": event.get("srcIndex"),
        "eventType": word,
        "dateTime": data.get("dateTime", event.get("happenTime")),
        "eventState": data.get("eventState", _STATES.get(status if isinstance(status, int) else 0)),
        **{key: value for key, value in data.items() if key not in _OF_RECORDER},
    }
