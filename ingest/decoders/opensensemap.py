"""openSenseMap's upload forms: values by the sensor's 24-digit id, as JSON object, JSON array or CSV."""

import re
from collections.abc import Iterator
from typing import Any

from city.errors import UndecodableMessage
from city.measurement import Decoded, Measurement
from ingest.decoders.family import Body
from ingest.decoders.json_body import parse_json
from ingest.decoders.options import DecoderOptions
from ingest.decoders.times import time_of
from ingest.decoders.values import checked_name, number_with_unit
from ingest.reasons import Reason

_ID = re.compile(r"[0-9a-fA-F]{24}", re.ASCII)
_LINE = re.compile(rb"\s*[0-9a-fA-F]{24},[^,\n]+(?:,[^\n]*)?(?:\n|\r|\Z)")


class OpenSenseMapDecoder:
    """Decodes values; what they measure stands in the box's own description, so the route's `quantities` tell it."""

    def __init__(self, options: DecoderOptions) -> None:
        self._options = options

    def decode(self, topic: str, payload: bytes) -> Decoded:
        """Return the readings of a message; the ids in it are whole, so the topic adds nothing."""
        is_json = payload.lstrip()[:1] in {b"{", b"["}
        rows = _from_json(parse_json(payload)) if is_json else _from_csv(payload)
        return Decoded(self._options.told([one for row in rows if (one := self._measurement(*row)) is not None]))

    def _measurement(self, sensor: object, value: object, time: object) -> Measurement | None:
        if not isinstance(sensor, str) or _ID.fullmatch(sensor) is None:
            raise UndecodableMessage(Reason.WRONG_SHAPE, expected="a sensor's id", got=str(sensor)[:40], at="$")
        parsed = number_with_unit(value, at=sensor)
        if parsed is None:
            return None
        quantity = checked_name(self._options.quantities.get(sensor, "value"), at=sensor)
        return Measurement(sensor, quantity, parsed[0], parsed[1], time_of(time, self._options.zone))


def bears(body: Body) -> bool:
    """Return whether a body is one of this family's."""
    if body.first in {b"{", b"["}:
        first = body.json[0] if isinstance(body.json, list) and body.json else None
        if isinstance(first, dict):
            return "value" in first and _ID.fullmatch(str(first.get("sensor"))) is not None
        return bool(body.members) and all(_ID.fullmatch(key) for key in body.members)
    return _LINE.match(body.payload) is not None


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
