"""openSenseMap: uploads by the sensor's 24-digit id, as JSON object, JSON array or CSV, and boxes of its API."""

import re
from collections.abc import Iterator
from typing import Any, TypeGuard

from city.errors import UndecodableMessage
from city.measurement import Decoded, Measurement
from ingest.decoders.family import Body
from ingest.decoders.json_body import parse_json
from ingest.decoders.options import DecoderOptions
from ingest.decoders.plain_words import meaning
from ingest.decoders.times import time_of
from ingest.decoders.topic_names import known_sensor
from ingest.decoders.values import checked_name, number_with_unit
from ingest.reasons import Reason

_ID = re.compile(r"[0-9a-fA-F]{24}", re.ASCII)
#: The quantity of a value that nobody described.
_UNTOLD = "value"
#: Titles that its own form proposes for a sensor, where they are no words of anybody else.
_TITLES = {
    "rel. luftfeuchte": "humidity", "beleuchtungsstärke": "illuminance", "uv-intensität": "uv_intensity",
    "lautstärke": "noise_level", "bodenfeuchte": "soil_moisture", "co₂": "co2",
}  # fmt: skip
_HACKAIR = {"PM2.5_AirPollutantValue": "pm25", "PM10_AirPollutantValue": "pm10"}
_LINE = re.compile(rb"\s*[0-9a-fA-F]{24},[^,\n]+(?:,[^\n]*)?(?:\n|\r|\Z)")


class OpenSenseMapDecoder:
    """Decodes values; what they measure stands in the box's own description, so the route's `quantities` tell it."""

    def __init__(self, options: DecoderOptions) -> None:
        self._options = options

    def decode(self, topic: str, payload: bytes) -> Decoded:
        """Return the readings of a message; the ids in it are whole, so the topic adds nothing."""
        is_json = payload.lstrip()[:1] in {b"{", b"["}
        body = parse_json(payload) if is_json else None
        boxes = [one for one in (body if isinstance(body, list) else [body]) if _is_box(one)]
        if _is_hackair(body):
            return Decoded(self._options.told(list(_hackair(topic, body))))
        if boxes:
            return Decoded(self._options.told([one for box in boxes for one in self._box(box)]))
        rows = _from_json(body) if is_json else _from_csv(payload)
        return Decoded(self._options.told([one for row in rows if (one := self._measurement(*row)) is not None]))

    def _box(self, box: dict[str, Any]) -> Iterator[Measurement]:
        """Yield the last value of each sensor of a box, as the API describes it: by title and unit."""
        for one in box["sensors"]:
            last = one.get("lastMeasurement") if isinstance(one, dict) else None
            if not isinstance(last, dict):
                continue
            found = self._measurement(one.get("_id"), last.get("value"), last.get("createdAt"))
            if found is not None:
                title, unit = one.get("title"), one.get("unit")
                if found.quantity == _UNTOLD and isinstance(title, str) and title.strip():
                    found.quantity = _quantity(title.strip())
                if found.unit is None and isinstance(unit, str) and unit.strip():
                    found.unit = checked_name(unit.strip(), at="$.sensors.unit")
                yield found

    def _measurement(self, sensor: object, value: object, time: object) -> Measurement | None:
        if not isinstance(sensor, str) or _ID.fullmatch(sensor) is None:
            raise UndecodableMessage(Reason.WRONG_SHAPE, expected="a sensor's id", got=str(sensor)[:40], at="$")
        parsed = number_with_unit(value, at=sensor)
        if parsed is None:
            return None
        quantity = checked_name(self._options.quantities.get(sensor, _UNTOLD), at=sensor)
        return Measurement(sensor, quantity, parsed[0], parsed[1], time_of(time, self._options.zone))


def bears(body: Body) -> bool:
    """Return whether a body is one of this family's."""
    if body.first in {b"{", b"["}:
        first = body.json[0] if isinstance(body.json, list) and body.json else None
        if _is_box(first if first is not None else body.json) or _is_hackair(body.json):
            return True
        if isinstance(first, dict):
            return "value" in first and _ID.fullmatch(str(first.get("sensor"))) is not None
        return bool(body.members) and all(_ID.fullmatch(key) for key in body.members)
    return _LINE.match(body.payload) is not None


def _is_box(value: object) -> TypeGuard[dict[str, Any]]:
    """Return whether this is a box as the API describes it, with its sensors."""
    if not isinstance(value, dict) or not isinstance(value.get("sensors"), list) or not value["sensors"]:
        return False
    ids = (value.get("_id"), *(one.get("_id") if isinstance(one, dict) else None for one in value["sensors"]))
    return all(isinstance(one, str) and _ID.fullmatch(one) for one in ids)


def _is_hackair(value: object) -> TypeGuard[dict[str, Any]]:
    """Return whether this is what hackAIR's boards upload, which openSenseMap takes as it is."""
    told = value.get("reading") if isinstance(value, dict) else None
    return isinstance(told, dict) and not _HACKAIR.keys().isdisjoint(told)


def _hackair(topic: str, body: dict[str, Any]) -> Iterator[Measurement]:
    """Yield the dust; nobody says of the battery in what it is counted, nor whose board it is but the topic."""
    sensor = known_sensor(topic=topic)
    for key, quantity in _HACKAIR.items():
        parsed = number_with_unit(body["reading"].get(key), at=f"$.reading.{key}")
        if parsed is not None:
            yield Measurement(sensor, quantity, parsed[0], "µg/m³")


def _quantity(title: str) -> str:
    """Return what a title means, in whichever language it is, else the title."""
    if title.casefold() in _TITLES:
        return _TITLES[title.casefold()]
    known = meaning(title)
    return known[0].quantity if known is not None else checked_name(title, at="$.sensors.title")


def _from_json(body: Any) -> Iterator[tuple[object, object, object]]:  # noqa: ANN401 - any JSON
    if isinstance(body, dict):
        for sensor, said in body.items():
            parts = said if isinstance(said, list) else [said]
            yield sensor, parts[0] if parts else None, parts[1] if len(parts) > 1 else None
    for entry in body if isinstance(body, list) else []:
        if isinstance(entry, dict):
            yield entry.get("sensor"), entry.get("value"), entry.get("createdAt")


def _from_csv(payload: bytes) -> Iterator[tuple[object, object, object]]:
    for line in payload.decode("utf-8", "replace").splitlines():
        if line.strip():
            sensor, _, rest = line.strip().partition(",")
            value, _, time = rest.partition(",")
            yield sensor, value, time.partition(",")[0].strip()
