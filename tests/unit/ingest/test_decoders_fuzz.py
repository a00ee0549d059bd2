"""Whatever bytes arrive, a decoder gives readings or a reason, and never anything else."""

import json
from math import isfinite
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from city.errors import UndecodableMessage
from ingest.decoders import DECODERS
from ingest.decoders.options import DecoderOptions
from ingest.reasons import Reason

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
        "datasetId", "air", "action", "contactState", "quality", "dateObserved",
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


def check(family: str, topic: str, payload: bytes) -> None:
    try:
        decoded = DECODERS[family](DecoderOptions()).decode(topic, payload)
    except UndecodableMessage as refused:
        assert refused.reason in set(Reason)  # noqa: PT017 - either outcome is right, and each is checked
        return
    for measurement in decoded.measurements:
        assert measurement.sensor
        assert measurement.sensor.isprintable()
        assert isinstance(measurement.value, float)
        assert isfinite(measurement.value)
        assert measurement.time_ns is None or 0 < measurement.time_ns < 2**63


@pytest.mark.parametrize("family", sorted(DECODERS))
@given(topic=TOPICS, payload=st.binary(max_size=300))
def test_any_bytes_are_decoded_or_refused(family: str, topic: str, payload: bytes):
    check(family, topic, payload)


@pytest.mark.parametrize("family", sorted(DECODERS))
@given(topic=TOPICS, body=BODIES)
def test_any_json_is_decoded_or_refused(family: str, topic: str, body: Any):
    check(family, topic, json.dumps(body, ensure_ascii=False).encode("utf-8", "replace"))


@given(text=LINES)
def test_any_lines_are_decoded_or_refused(text: str):
    check("influx_line", "t", text.encode())
