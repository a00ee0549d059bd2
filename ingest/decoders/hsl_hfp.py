"""HFP, the high-frequency positioning of Helsinki's buses, trams, trains and ferries, as other cities adopt it.

Messages and members: https://digitransit.fi/en/developers/apis/5-realtime-api/vehicle-positions/.
"""

import re
from typing import Any

from city.errors import UndecodableMessage
from city.measurement import Decoded, Measurement, Observation
from ingest.decoders.family import Body
from ingest.decoders.json_body import parse_object
from ingest.decoders.known import Known
from ingest.decoders.options import DecoderOptions
from ingest.decoders.times import time_of
from ingest.decoders.values import number
from ingest.reasons import Reason

#: As the city publishes it, or behind a bridge's prefix; levels may be empty.
TOPICS = re.compile(r"(?:.*/)?hfp/v\d+/.+")

#: The one that comes every second; all others tell that something happened.
_POSITION = "VP"
#: Whose occupancy is measured; all other vehicles say 0 there.
_FERRY = "/ferry/"
#: What an event carries on, besides the position: line, direction, route, stop, and how it was then.
_CARRIED = ("desi", "dir", "route", "stop", "spd", "hdg", "acc", "dl", "odo", "drst")


_KNOWN = {
    "spd": Known("speed", "m/s"),
    "hdg": Known("heading", "°"),
    "acc": Known("acceleration", "m/s²"),
    "dl": Known("schedule_deviation", "s"),
    "odo": Known("odometer", "m"),
    "drst": Known("door_open", ""),
}
_OCCUPANCY = Known("vehicle_occupancy", "%")


class HslHfpDecoder:
    """Decodes positions into readings, and stops, doors and signal requests into events; drivers stay unnamed."""

    def __init__(self, options: DecoderOptions) -> None:
        self._options = options

    def decode(self, topic: str, payload: bytes) -> Decoded:
        """Return what a vehicle says of itself; several geohashes' topics bring the same message."""
        body = parse_object(payload)
        kind, said = _event_of(body)
        sensor = _vehicle(said)
        time_ns = time_of(said.get("tst"))
        place = _place(said)
        if kind != _POSITION:
            return Decoded(observations=[Observation(sensor, kind.lower(), time_ns, {**_carried(said), **place})])
        found = [
            Measurement(sensor, known.quantity, value, known.unit, time_ns)
            for key, known in _KNOWN.items()
            if (value := number(said.get(key), at=f"$.VP.{key}")) is not None
        ]
        occupancy = number(said.get("occu"), at="$.VP.occu")
        if occupancy or (occupancy is not None and _FERRY in topic):
            found.append(Measurement(sensor, _OCCUPANCY.quantity, occupancy, _OCCUPANCY.unit, time_ns))
        moved = [Observation(sensor, "position", time_ns, dict(place))] if len(place) == len(_PLACE) else []
        return Decoded(self._options.told(found), moved)


def bears(body: Body) -> bool:
    """Return whether a body is one of this family's."""
    inner = next(iter(body.members.values()), None) if len(body.members) == 1 else None
    return isinstance(inner, dict) and {"oper", "veh", "tst", "desi"} <= inner.keys()


def _event_of(body: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    kind, said = next(iter(body.items()), ("", None))
    if len(body) != 1 or not isinstance(said, dict) or not kind.isalnum():
        raise UndecodableMessage(Reason.WRONG_SHAPE, expected="one event, as `VP`", got=", ".join(body), at="$")
    return kind, said


def _vehicle(said: dict[str, Any]) -> str:
    """Return operator and vehicle, whose numbers are unique only within the operator."""
    numbers = [said.get(key) for key in ("oper", "veh")]
    if not all(isinstance(one, int) and not isinstance(one, bool) for one in numbers):
        raise UndecodableMessage(Reason.NO_SENSOR, expected="`oper` and `veh`", got=f"{numbers}", at="$")
    return "/".join(map(str, numbers))


_PLACE = {"latitude": "lat", "longitude": "long"}


def _place(said: dict[str, Any]) -> dict[str, float]:
    pairs = ((name, number(said.get(key), at=f"$.{key}")) for name, key in _PLACE.items())
    return {name: value for name, value in pairs if value is not None}


def _carried(said: dict[str, Any]) -> dict[str, str | float | bool]:
    carried: dict[str, str | float | bool] = {}
    for key in _CARRIED:
        value = said.get(key)
        amount = number(value, at=f"$.{key}")
        if isinstance(value, str) and value.isprintable():
            carried[key] = value
        elif amount is not None:
            carried[key] = amount
    return carried
