"""What would do harm if a decoder let it through: who somebody is, and messages made to hurt."""

import json
from typing import Any

import cbor2
import msgspec
import pytest

from city.errors import UndecodableMessage
from ingest.decoders.options import DecoderOptions
from ingest.message import Message
from tests.support.decoding import DECODERS
from tests.support.normalising import Desk

SECRETS = ("AB-123", "Bob", "BA839D07")
BILLION_LAUGHS = (
    b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><EventNotificationAlert><eventType>&b;</eventType>'
    b"</EventNotificationAlert>"
)
AXIS_PLATE = {
    "topic": "tnsaxis:CameraApplicationPlatform/ALPV", "serial": "S", "timestamp": 1795161600000,
    "message": {"data": {"active": "1", "plate": "AB-123", "direction": "in"}},
}  # fmt: skip


def payload(body: Any) -> bytes:
    return body if isinstance(body, bytes) else json.dumps(body).encode()


@pytest.mark.parametrize(
    ("topic", "body"),
    [
        pytest.param("p/1", {"device": "S", "spaceID": "1", "state": True, "plate": "AB-123"}, id="Axis: parking"),
        pytest.param("axis/S/event/x", AXIS_PLATE, id="Axis: plates"),
        pytest.param(
            "p/onvif-ej/Recognition/LicensePlate/&1",
            {"UtcTime": "2026-11-20T08:00:00Z", "Source": {}, "Data": {"PlateNumber": "AB-123", "Likelihood": "0.9"}},
            id="ONVIF: plates",
        ),
        pytest.param(
            "h",
            b"<EventNotificationAlert><macAddress>m</macAddress><eventType>ANPR</eventType><eventState>active</eventState>"
            b"<ANPR><licensePlate>AB-123</licensePlate><direction>forward</direction></ANPR></EventNotificationAlert>",
            id="Hikvision: plates",
        ),
        pytest.param(
            "frigate/events",
            {"type": "new", "after": {"camera": "c", "sub_label": ["Bob", 0.9], "recognized_license_plate": "AB-123"}},
            id="Frigate: faces and plates",
        ),
        pytest.param("tele/t/SENSOR", {"RC522": {"UID": "BA839D07"}}, id="Tasmota: cards"),
        pytest.param("no/family", {"plate": "AB-123", "who": 1}, id="a message that nobody understands"),
        pytest.param("no/family", b'{"plate": "AB-123",}', id="a message that nobody can parse"),
    ],
)
def test_who_somebody_is_goes_no_further(topic: str, body: Any):
    desk = Desk(routes="".join(f'[[route]]\nfilter = "{one}"\ndecoder = "auto"\n' for one in ("p/#", "h", "no/#")))

    batch = desk.batch(Message(topic, topic.encode(), payload(body)), at_ns=1_795_161_600_000_000_000)

    assert batch.arrivals.events or len(batch.arrivals.readings) or batch.quarantined or "UID" in str(body)
    kept = msgspec.json.encode([batch.arrivals.events, [one.sample for one in batch.discovered]]).decode()
    kept += "".join(desk.numbering._sensors) + "".join(desk.numbering._quantities)
    assert not [secret for secret in SECRETS if secret in kept]


@pytest.mark.parametrize(
    ("family", "body", "reason"),
    [
        pytest.param("hikvision", BILLION_LAUGHS, "not_xml", id="entities"),
        pytest.param("hikvision", b"<a>" * 5000, "not_xml", id="XML without bottom"),
        pytest.param(
            "axis", b"<MetadataStream>" + b"<a/>" * 200_000 + b"</MetadataStream>", "not_xml", id="many elements"
        ),
        pytest.param("senml", b"[" * 100_000, "too_deep", id="JSON without bottom"),
        pytest.param("senml", b"\x81" * 100_000, "not_cbor", id="CBOR without bottom"),
        pytest.param("senml", b"\x9b\x7f\xff\xff\xff\xff\xff\xff\xff", "not_cbor", id="an array that is not there"),
        pytest.param("senml", cbor2.dumps([{0: "n", 2: float("nan")}]), "bad_number", id="NaN"),
        pytest.param("senml", cbor2.dumps([{0: "n", 2: 10**400}]), "bad_number", id="a huge integer"),
        pytest.param("senml", b'[{"n": "a", "v": 1e999}]', "bad_number", id="beyond floats"),
        pytest.param("senml", b'[{"n": "a", "v": 1, "must_": 2}]', "wrong_shape", id="a field that must be understood"),
        pytest.param("senml", b'[{"n": "a", "v": 1, "bver": 11}]', "wrong_shape", id="a later version"),
        pytest.param("shelly", b'{"src": "a",}', "not_json", id="a comma too many"),
        pytest.param("chirpstack_v4", b"\x0a\x24bf2a9746", "not_json", id="the protobuf marshaler"),
    ],
)
def test_hostile_message_is_refused(family: str, body: bytes, reason: str):
    topic = {"shelly": "p/events/rpc", "chirpstack_v4": "application/a/device/b/event/up"}.get(family, "t")

    with pytest.raises(UndecodableMessage) as caught:
        DECODERS[family](DecoderOptions()).decode(topic, body)

    assert caught.value.reason == reason
