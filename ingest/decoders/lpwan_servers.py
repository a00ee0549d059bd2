"""Other network servers of low-power radio: Things Stack 2, Helium, AWS, Everynet, Live Objects, Sigfox.

Each wraps a device's bytes into JSON of its own; what a codec of the server decoded is read, bytes alone stay closed.
"""

import re
from typing import NamedTuple

from city.measurement import Decoded, Measurement
from ingest.decoders.codec_names import MEASUREMENT_IDS
from ingest.decoders.codec_output import read_codec
from ingest.decoders.codec_words import named
from ingest.decoders.family import Body
from ingest.decoders.json_body import parse_json
from ingest.decoders.options import DecoderOptions
from ingest.decoders.paths import at_path, first_text, first_time, refuse
from ingest.decoders.values import checked_name, number_with_unit
from ingest.reasons import Reason

#: Seeed's data stream: organisation, device, channel, reserved, number of the measurement.
TOPICS = re.compile(r"/?device_sensor_data/[^/]+/(?P<device>[^/]+)/(?P<channel>\d+)/[^/]*/(?P<id>\d+)")
#: The Things Stack 2 without the ids in the body.
_DEVICE = re.compile(r"[^/]+/devices/([^/]+)/up")


_EXPECTED = "an uplink of a network server"


class _Form(NamedTuple):
    """How one server writes.

    Attributes:
        signs: paths that all its uplinks have.
        sensor: paths to the device's identity, the best first.
        values: paths to what a codec decoded.
        time: paths to the time, the best first.
    """

    signs: tuple[str, ...]
    sensor: tuple[str, ...]
    values: tuple[str, ...] = ()
    time: tuple[str, ...] = ()


_FORMS = (
    # The Things Stack 2
    _Form(("payload_fields", "metadata"), ("dev_id", "hardware_serial"), ("payload_fields",), ("metadata.time",)),
    _Form(("payload_raw", "metadata"), ("dev_id", "hardware_serial")),
    # Helium's console, and the servers that took over its form
    _Form(("dev_eui", "hotspots"), ("dev_eui",), ("decoded.payload",), ("reported_at",)),
    _Form(("dev_eui", "decoded.payload"), ("dev_eui",), ("decoded.payload",), ("reported_at",)),
    # AWS IoT Core for LoRaWAN, bare or behind its published transformation
    _Form(
        ("WirelessDeviceId",),
        ("WirelessMetadata.LoRaWAN.DevEui", "WirelessDeviceId"),
        ("transformed_payload", "decoded_payload", "PayloadData"),
        ("WirelessMetadata.LoRaWAN.Timestamp",),
    ),
    _Form(
        ("transformed_payload", "lns_payload"),
        ("WirelessDeviceId", "lns_payload.WirelessDeviceId", "lns_payload.DevEui"),
        ("transformed_payload",),
        ("timestamp",),
    ),
    # Everynet
    _Form(("meta.device", "params"), ("meta.device",), ("params.decoded", "params.payload"), ("meta.time",)),
    # Orange Live Objects: as it passes messages on, and as devices speak to it
    _Form(("streamId", "value", "timestamp"), ("metadata.source", "streamId"), ("value",), ("timestamp",)),
    _Form(("s", "v", "m"), ("s",), ("v",), ("ts",)),
    # Milesight's cloud and development platform
    _Form(
        ("data.deviceProfile", "data.payload"),
        ("data.deviceProfile.devEUI", "data.deviceProfile.sn"),
        ("data.payload",),
        ("eventCreatedTime",),
    ),
    # Milesight's sensors on NB-IoT, as its decoder has them
    _Form(("startFlag", "sn", "data"), ("sn",), ("data",)),
    # Sigfox' callback, Kerlink's Wanesy, Senet, MultiTech's gateways
    _Form(("device", "seqNumber", "data"), ("device",), ("decoded",), ("time",)),
    _Form(("endDevice.devEui", "payload"), ("endDevice.devEui",), ("payload", "decoded"), ("recvTime",)),
    _Form(("devEui", "pdu"), ("devEui",), ("decoded",), ("txtime",)),
    _Form(("deveui", "data"), ("deveui",), ("data", "decoded"), ("time",)),
    _Form(("devEui", "sensorType", "payload"), ("devEui",), ("payload", "decoded"), ("timestamp",)),  # Netmore
)

#: The outermost members of each form, of which most bodies have none.
_OUTERMOST = [(frozenset(sign.partition(".")[0] for sign in form.signs), form) for form in _FORMS]


class LpwanServersDecoder:
    """Decodes uplinks by the form that they have."""

    def __init__(self, options: DecoderOptions) -> None:
        self._options = options

    def decode(self, topic: str, payload: bytes) -> Decoded:
        """Return the readings of an uplink, or of a list of them, and a device's position as an event."""
        body = parse_json(payload)
        found = TOPICS.fullmatch(topic)
        decoded = Decoded()
        if found is not None:
            decoded.measurements = _seeed(found, body)
        for uplink in () if found is not None else body if isinstance(body, list) else (body,):
            one = _uplink(topic, uplink)
            decoded.measurements += one.measurements
            decoded.observations += one.observations
        self._options.told(decoded.measurements)
        return decoded


def bears(body: Body) -> bool:
    """Return whether a body is an uplink of one of these servers."""
    first = body.json[0] if isinstance(body.json, list) and body.json else body.json
    return _form(first) is not None


def _form(uplink: object) -> _Form | None:
    if not isinstance(uplink, dict):
        return None
    if "s" in uplink and not (isinstance(uplink["s"], str) and isinstance(uplink.get("v"), dict)):
        return None  # letters that short are anybody's
    forms = (form for names, form in _OUTERMOST if names <= uplink.keys())
    return next((form for form in forms if all(at_path(uplink, sign) is not None for sign in form.signs)), None)


def _uplink(topic: str, uplink: object) -> Decoded:
    form = _form(uplink)
    if form is None:
        raise refuse(_EXPECTED, uplink)
    by_topic = _DEVICE.fullmatch(topic)
    sensor = first_text(uplink, form.sensor, otherwise=by_topic.group(1) if by_topic is not None else "")
    time_ns = first_time(uplink, form.time)
    for path in form.values:
        values = at_path(uplink, path)
        if isinstance(values, dict | list):
            return read_codec(sensor, values, at=f"$.{path}", time_ns=time_ns)
    return Decoded()


def _seeed(found: re.Match[str], body: object) -> list[Measurement]:
    """Return one value of Seeed's data stream; a number of a measurement that nobody knows stays a number."""
    sensor = checked_name(found["device"], at="topic", reason=Reason.BAD_TOPIC)
    known = named(MEASUREMENT_IDS.get(found["id"], ""))
    parsed = number_with_unit(at_path(body, "value"), at="$.value")
    if parsed is None:
        return []
    quantity, unit = (known.quantity, known.unit) if known is not None else (f"measurement_{found['id']}", parsed[1])
    return [Measurement(sensor, quantity, parsed[0], unit, first_time(body, ("timestamp",)), label=found["channel"])]
