"""What a message tells of its sender beside values: where it stands and what people call it."""

from collections.abc import Iterator
from typing import Any

import msgspec
import orjson

from ingest.privacy import redacted

#: A message in which a device introduces itself is small; a longer one is not searched.
_MAX_BYTES = 4096
#: Levels of a document that are searched: `uplink_message.locations.user.latitude` (The Things Stack) lies on the last.
_MAX_DEPTH = 5
_MAX_NAME = 200

_LATITUDES = ("latitude", "lat")
_LONGITUDES = ("longitude", "lon", "lng", "long")
#: What makers call the name that people gave a device (ChirpStack, zigbee2mqtt, FIWARE, Shelly).
_NAMES = ("deviceName", "device_name", "friendly_name", "friendlyName", "sensorName", "stationName")


class Introduction(msgspec.Struct, frozen=True):
    """What was told; None and empty where nothing was."""

    longitude: float | None = None
    latitude: float | None = None
    name: str = ""


NOTHING_TOLD = Introduction()


def introduction(payload: bytes) -> Introduction:
    """Return what a message in JSON tells of its sender; nothing for any other message, or for a list of senders."""
    if len(payload) > _MAX_BYTES or not payload.lstrip().startswith(b"{"):
        return NOTHING_TOLD
    try:
        document = orjson.loads(redacted(payload))
    except orjson.JSONDecodeError:
        return NOTHING_TOLD
    longitude = latitude = None
    name = ""
    for members in _objects(document, _MAX_DEPTH):
        if longitude is None:
            longitude, latitude = _place(members)
        name = name if name else _name(members)
    return Introduction(longitude, latitude, name)


def _objects(value: object, depth: int) -> Iterator[dict[str, Any]]:
    """Yield the object and those within it, the outer first; a list may speak of many."""
    if isinstance(value, dict) and depth:
        yield value
        for member in value.values():
            yield from _objects(member, depth - 1)


def _place(members: dict[str, Any]) -> tuple[float | None, float | None]:
    coordinates = members.get("coordinates")
    if members.get("type") == "Point" and isinstance(coordinates, list) and len(coordinates) >= 2:
        longitude, latitude = coordinates[:2]  # RFC 7946 §3.1.1
    else:
        latitude = next((members[name] for name in _LATITUDES if name in members), None)
        longitude = next((members[name] for name in _LONGITUDES if name in members), None)
    if not _is_within(longitude, 180) or not _is_within(latitude, 90) or (longitude, latitude) == (0, 0):
        return None, None  # 0, 0 is what a receiver without a fix says
    return float(longitude), float(latitude)


def _is_within(value: Any, bound: int) -> bool:  # noqa: ANN401 - as JSON has it
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= bound


def _name(members: dict[str, Any]) -> str:
    found = next((members[name] for name in _NAMES if isinstance(members.get(name), str)), "").strip()
    return found if len(found) <= _MAX_NAME and found.isprintable() else ""
