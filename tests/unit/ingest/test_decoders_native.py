import pytest

from city.errors import UndecodableMessage
from city.measurement import Decoded, Measurement, Observation, Status
from city.quality import Quality
from ingest.decoders.native import NativeDecoder
from ingest.decoders.times import parse_time

READING, EVENT, STATUS = (f"city/environment/air-17/{leaf}" for leaf in ("reading", "event", "status"))
TIME = "2026-11-20T08:00:00.123Z"
TIME_NS = parse_time(TIME)


def decode(topic: str, payload: bytes) -> Decoded:
    return NativeDecoder().decode(topic, payload)


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        pytest.param(
            b'{"time": "2026-11-20T08:00:00.123Z", "values": {"pm25": 35.2}, "seq": 7}',
            [Measurement("air-17", "pm25", 35.2, None, TIME_NS)],
            id="one value",
        ),
        pytest.param(b'{"values": {"pm25": 35}}', [Measurement("air-17", "pm25", 35.0)], id="no time"),
        pytest.param(
            b'{"time": "2026-11-20T08:00:00", "values": {"pm25": 1}}',
            [Measurement("air-17", "pm25", 1.0)],
            id="a time that cannot be used",
        ),
        pytest.param(
            b'{"values": {"t": 70.1}, "unit": {"t": "\xc2\xb0F"}}',
            [Measurement("air-17", "t", 70.1, "°F")],
            id="a unit",
        ),
        pytest.param(
            b'{"values": {"door_open": true, "smoke": null}}', [Measurement("air-17", "door_open", 1.0)], id="states"
        ),
        pytest.param(
            b'{"values": {"a": 1}, "quality": ["stale", "simulated", "unheard"]}',
            [Measurement("air-17", "a", 1.0, quality=Quality.STALE | Quality.SIMULATED)],
            id="the device's own doubts",
        ),
        pytest.param(
            b'[{"values": {"a": 1}}, {"values": {"a": 2}}]',
            [Measurement("air-17", "a", 1.0), Measurement("air-17", "a", 2.0)],
            id="a buffered upload",
        ),
        pytest.param(b'{"values": {}}', [], id="no values"),
    ],
)
def test_reading_is_read(payload: bytes, expected: list[Measurement]):
    assert decode(READING, payload) == Decoded(expected)


def test_event_is_read_with_its_attributes():
    payload = (
        b'{"time": "%s", "event": "intrusion", "confidence": 0.93, "live": true, "count": 3, "box": [1, 2]}'
        % TIME.encode()
    )

    decoded = decode(EVENT, payload)

    attributes: dict[str, str | float | bool] = {"confidence": 0.93, "live": True, "count": 3.0, "box": "[1,2]"}
    assert decoded == Decoded(observations=[Observation("air-17", "intrusion", TIME_NS, attributes)])


@pytest.mark.parametrize(
    ("payload", "online"), [(b"online", True), (b"offline", False), (b'"offline"', False), (b" Online\n", True)]
)
def test_status_is_read(payload: bytes, online: bool):  # noqa: FBT001 - a table's column
    assert decode(STATUS, payload) == Decoded(statuses=[Status("air-17", online=online)])


@pytest.mark.parametrize(
    ("topic", "payload", "reason"),
    [
        pytest.param(READING, b'{"values": {"a": "12"}}', "wrong_shape", id="a value in text"),
        pytest.param(READING, b'{"values": [1]}', "wrong_shape", id="values in a list"),
        pytest.param(READING, b'{"value": 1}', "wrong_shape", id="no values"),
        pytest.param(READING, b'{"values": {"a": 1e999}}', "bad_number", id="a number beyond floats"),
        pytest.param(READING, b'{"values": {"a": NaN}}', "bad_number", id="NaN"),
        pytest.param(READING, b'{"values": {"": 1}}', "bad_name", id="a quantity without name"),
        pytest.param(READING, b'{"values": {"a\\n": 1}}', "bad_name", id="a line break in a quantity"),
        pytest.param(READING, b'{"values": {"%s": 1}}' % (b"a" * 201), "bad_name", id="a long quantity"),
        pytest.param(EVENT, b'{"confidence": 1}', "wrong_shape", id="an event without name"),
        pytest.param(EVENT, b'{"event": "a", "text": "%s"}' % (b"x" * 3000), "wrong_shape", id="a long attribute"),
        pytest.param(STATUS, b"maybe", "wrong_shape", id="an unknown status"),
        pytest.param(STATUS, b"\xff", "wrong_shape", id="a status that is not text"),
        pytest.param("city/sewers/a/reading", b"{}", "unknown_topic", id="an unknown domain"),
        pytest.param("city/traffic/ /reading", b"{}", "bad_topic", id="a sensor of spaces"),
        pytest.param("city/traffic/\u202ereversed/reading", b"{}", "bad_topic", id="a sensor that cannot be shown"),
    ],
)
def test_message_is_refused_with_its_reason(topic: str, payload: bytes, reason: str):
    with pytest.raises(UndecodableMessage) as caught:
        decode(topic, payload)

    assert caught.value.reason == reason
