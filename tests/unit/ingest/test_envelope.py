"""A message that another one carries is read as if it had come by itself."""

import json

import pytest

from ingest.decoders.times import parse_time
from tests.support.decoding import decoded, refusal

NOON = "2026-11-20T12:00:00Z"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(
            {"topic": "home/kitchen/temperature", "payload": "21.5", "_msgid": "a1", "qos": 0},
            ("home/kitchen", "temperature", 21.5, None),
            id="a flow's",
        ),
        pytest.param(
            {"topic": "shellies/em/emeter/0/power", "payload": 611.5, "payloadlen": 5, "tst": NOON},
            ("em/emeter/0", "power", 611.5, parse_time(NOON)),
            id="a logger's, with the time when it came",
        ),
        pytest.param(
            {
                "topic": "t",
                "clientid": "c",
                "payload": json.dumps({"device": "d1", "temp": 2}),
                "timestamp": 1795176000000,
            },
            ("d1", "temperature", 2.0, parse_time(NOON)),
            id="a broker's rule, with a text of JSON",
        ),
    ],
)
def test_a_message_within_is_read_by_its_own_topic(body: object, expected: tuple[str, str, float, int | None]):
    (found,) = decoded("auto", "bridge/out", body).measurements

    assert (found.sensor, found.quantity, found.value, found.time_ns) == expected


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"topic": "a", "payload": {"topic": "b/temperature", "payload": "3"}}, id="within what is within"),
        pytest.param({"topic": "home/x/set", "payload": "22"}, id="a wish"),
        pytest.param({"topic": "a/+/temperature", "payload": "22"}, id="a filter and no topic"),
        pytest.param({"topic": "a/temperature", "payload": "22", "subject": "Re"}, id="something else with a topic"),
    ],
)
def test_what_is_no_message_within_is_refused(body: object):
    assert refusal("auto", "bridge/out", body) == "unrecognised"
