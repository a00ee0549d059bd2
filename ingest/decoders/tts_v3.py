"""The Things Stack v3: uplinks of LoRaWAN devices that its payload formatters have already decoded."""

from typing import Any

from city.errors import UndecodableMessage
from city.measurement import Decoded, Observation
from city.quality import Quality
from ingest.decoders.codec_output import read_codec
from ingest.decoders.codec_places import located
from ingest.decoders.family import Body
from ingest.decoders.json_body import parse_object
from ingest.decoders.options import DecoderOptions
from ingest.decoders.times import time_of
from ingest.decoders.tts_normalized import located_normalized, measure_normalized
from ingest.decoders.values import checked_name
from ingest.reasons import Reason

#: What else the server says about a device; none of it measures anything.
LIFECYCLE = frozenset(
    {
        "join_accept", "downlink_ack", "downlink_nack", "downlink_sent", "downlink_failed", "downlink_queued",
        "downlink_queue_invalidated", "location_solved", "service_data",
    }
)  # fmt: skip


class TtsV3Decoder:
    """Decodes the MQTT, Storage, Pub/Sub and AWS forms of one body."""

    def __init__(self, options: DecoderOptions) -> None:
        self._options = options

    def decode(self, topic: str, payload: bytes) -> Decoded:
        """Return the readings of an uplink, and a place that was solved; an uplink that nobody decoded says nothing."""
        body = _unwrapped(parse_object(payload))
        uplink = body.get("uplink_message") or body.get("uplink_normalized")
        if not isinstance(uplink, dict):
            if "downlinks" in body:  # what somebody asked the server to send
                return Decoded()
            if LIFECYCLE & body.keys():
                return Decoded(observations=_solved(topic, body))
            raise UndecodableMessage(Reason.WRONG_SHAPE, expected="`uplink_message`", got=", ".join(body), at="$")
        decoded = _told(topic, body, uplink)
        self._options.told(decoded.measurements)
        return decoded


def bears(body: Body) -> bool:
    """Return whether a body is one of this family's."""
    inner = _unwrapped(body.members)
    if "end_device_ids" in inner and bool({"uplink_message", "uplink_normalized", *LIFECYCLE} & inner.keys()):
        return True
    uplink = inner.get("uplink_message")
    return isinstance(uplink, dict) and bool({"f_port", "frm_payload", "decoded_payload"} & uplink.keys())


def _unwrapped(body: dict[str, Any]) -> dict[str, Any]:
    """Return the message itself: the Storage integration, AWS IoT and the stack's events each put it into a wrapper."""
    for wrapper in ("result", "payload", "data"):
        inner = body.get(wrapper)
        if isinstance(inner, dict) and ("end_device_ids" in inner or "uplink_message" in inner):
            return inner
    return body


def _told(topic: str, body: dict[str, Any], uplink: dict[str, Any]) -> Decoded:
    sensor, time_ns = _sensor(topic, body), _time_ns(body, uplink)
    normalized = uplink.get("normalized_payload")
    decoded = read_codec(sensor, uplink.get("decoded_payload"), at="$.decoded_payload", time_ns=time_ns)
    if normalized is not None:
        decoded.measurements = measure_normalized(sensor, normalized)
        decoded.observations = located_normalized(sensor, normalized, time_ns)
    quality = Quality.SIMULATED if body.get("simulated") is True else Quality.GOOD
    for measurement in decoded.measurements:
        measurement.time_ns = measurement.time_ns if measurement.time_ns is not None else time_ns
        measurement.quality |= quality
    return decoded


def _solved(topic: str, body: dict[str, Any]) -> list[Observation]:
    solved = body.get("location_solved")
    place = solved.get("location") if isinstance(solved, dict) else None
    return located(_sensor(topic, body), place, time_of(body.get("received_at"))) if place is not None else []


def _sensor(topic: str, body: dict[str, Any]) -> str:
    parts = topic.split("/")
    if len(parts) >= 4 and parts[0] == "v3" and parts[2] == "devices":  # the broker's word comes before the body's
        return checked_name(parts[3], at="topic", reason=Reason.BAD_TOPIC)
    ids = body.get("end_device_ids")
    if not isinstance(ids, dict) or not (ids.get("device_id") or ids.get("dev_eui")):
        raise UndecodableMessage(Reason.NO_SENSOR, expected="`end_device_ids.device_id`", got="nothing", at="$")
    return checked_name(ids.get("device_id") or ids.get("dev_eui"), at="$.end_device_ids")


def _time_ns(body: dict[str, Any], uplink: dict[str, Any]) -> int | None:
    """Return when the network received it; a simulated uplink has year 1 there, and only the outer time is true."""
    settings = uplink.get("settings")
    radio = settings.get("time") if isinstance(settings, dict) else None
    for said in (uplink.get("received_at"), body.get("received_at"), radio):
        time_ns = time_of(said)
        if time_ns is not None:
            return time_ns
    return None
