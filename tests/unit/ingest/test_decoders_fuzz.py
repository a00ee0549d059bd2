"""Whatever bytes arrive, a decoder gives readings or a reason, and never anything else."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.decoders.options import DecoderOptions
from tests.support.decoding import DECODERS
from tests.support.spoken import SPOKEN
from tests.support.whatever_bytes import assert_readings_or_reason

TOPICS = st.sampled_from(
    [
        "city/traffic/a/reading",
        "city/video/b/event",
        "city/video/b/status",
        "v3/a@t/devices/d/up",
        "/k/d/attrs",
        "t",
        "",
    ]
)
#: Words that these families look for, so that random bodies get past the first look.
WORDS = st.sampled_from(
    [
        "id", "type", "value", "values", "unit", "unitCode", "data", "subscriptionId", "temperature", "event",
        "time", "end_device_ids", "device_id", "result", "uplink_message", "decoded_payload",
        "normalized_payload", "received_at", "payload", "settings", "DeviceMeasurement", "controlledProperty",
        "numValue", "refDevice", "metadata", "observedAt", "fourWheelerSlots", "availableSpotNumber",
        "datasetId", "air", "action", "contactState", "quality", "dateObserved", "sensors", "device", "readings",
        "name", "temp_c", "voltage", "l1", "wind", "speed",
    ]
)  # fmt: skip
LEAVES = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | WORDS
    | st.sampled_from([10**400, "2026-11-20T08:00:00Z", "21 °C", "1e999", "0001-01-01T00:00:00Z", "online"])
)  # fmt: skip
BODIES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS | st.text(max_size=8), inner, max_size=6),
    max_leaves=25,
)
LINES = st.text(st.sampled_from('ab=,\\" 1i.ue-T#\n°\0\r%:/'), max_size=80)
#: One each for all examples, as a decoder that learns has one for all messages.
READY = {name: make(DecoderOptions()) for name, make in DECODERS.items()}
#: As many as find the mistakes that were made here, several times over; `--hypothesis-profile` may ask for more.
FEW = settings(max_examples=30)

#: What is made up of nothing goes to every family, so that each of them sees as many.
SOME = settings(max_examples=60)


@st.composite
def twisted(draw: st.DrawFn, family: str) -> tuple[str, bytes]:
    """Return a message of a family in which some leaves, keys or bytes are others."""
    topic, payload = SPOKEN.get(family, ("t", b"{}"))
    if payload[:1] in {b"{", b"["} and draw(st.booleans()):
        body = json.loads(payload)
        for _ in range(draw(st.integers(1, 3))):
            twist(draw, body)
        return topic, json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
    at = draw(st.integers(0, len(payload)))
    return topic, payload[:at] + draw(st.binary(max_size=4)) + payload[at + draw(st.integers(0, 4)) :]


def twist(draw: st.DrawFn, body: Any) -> None:
    """Replace something in a document, at whatever depth."""
    keys = list(body) if isinstance(body, dict) else list(range(len(body)))
    if not keys:
        return
    key = draw(st.sampled_from(keys))
    if isinstance(body[key], dict | list) and draw(st.integers(0, 3)):
        twist(draw, body[key])
    else:
        body[key] = draw(LEAVES | st.just([]) | st.just({}) | st.just([{}]) | st.just({"": None}))


def assert_all_readings_or_reason(topic: str, payload: bytes) -> None:
    """Give a message to every decoder, on this topic and on one that its family speaks on."""
    for family, decoder in READY.items():
        for where in sorted({topic, SPOKEN.get(family, ("t", b""))[0]}):
            assert_readings_or_reason(decoder, where, payload)


@SOME
@given(topic=TOPICS, payload=st.binary(max_size=300))
def test_any_bytes_are_decoded_or_refused(topic: str, payload: bytes):
    assert_all_readings_or_reason(topic, payload)


@SOME
@given(topic=TOPICS, body=BODIES)
def test_any_json_is_decoded_or_refused(topic: str, body: Any):
    assert_all_readings_or_reason(topic, json.dumps(body, ensure_ascii=False).encode("utf-8", "replace"))


@pytest.mark.parametrize("family", sorted(SPOKEN))
@FEW
@given(data=st.data())
def test_any_twisted_message_is_decoded_or_refused(family: str, data: st.DataObject):
    topic, payload = data.draw(twisted(family))

    assert_readings_or_reason(READY[family], topic, payload)
    assert_readings_or_reason(READY["auto"], topic, payload)


@FEW
@given(text=LINES)
def test_any_lines_are_decoded_or_refused(text: str):
    assert_readings_or_reason(READY["influx_line"], "t", text.encode())
