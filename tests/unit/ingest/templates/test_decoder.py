import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from city.errors import UndecodableMessage
from city.measurement import Decoded
from ingest.decoders.options import DecoderOptions
from ingest.decoders.times import parse_time
from ingest.templates.decoder import TemplateDecoder
from ingest.templates.rule import Template
from tests.support.whatever_bytes import assert_readings_or_reason

SCALAR = {"topic": "p/{sensor}/{what}", "quantity": "{what}"}
RECORDS = {
    "topic": "gw/{site}",
    "body": "json",
    "sensor": "{site}/{$.id}",
    "each": ["$.data[*]"],
    "time": ["$.ts"],
    "readings": [{"path": "$.t", "quantity": "temperature", "unit": "°C", "absent": [-999]}],
}


#: Templates of each kind of body, with all that a template may say.
EVERYTHING = [
    TemplateDecoder([Template.model_validate({"topic": "w/{sensor}/{what...}", **more})], DecoderOptions())
    for more in (
        {"quantity": "{what}", "unit": "°C", "words": {"open": 1}, "absent": [-1], "decimal": ","},
        {
            "body": "either",
            "sensor": "{sensor}/{$.id}",
            "each": ["$.data.{place}"],
            "time": ["$.ts"],
            "time_format": "%d.%m.%Y",
            "partial": True,
            "readings": [
                {"path": "$.{part}.v", "quantity": "{part}", "unit": "{$.unit|'C'}", "label": "{$.id|place}"},
                {"path": "$.t", "quantity": "temperature", "requires": "$.ok", "without": "$.bad"},
            ],
            "names": {"t*": {"quantity": "temperature", "unit": "{$.unit}"}},
            "events": [{"path": "$.event", "event": "{value}", "attributes": {"a": "$.id"}}],
            "status": {"online": True},
            "status_paths": ["$.state"],
        },
        {"body": "lines", "sensor_tags": ["id"]},
    )
]
_WORDS = st.sampled_from(
    ["data", "id", "ts", "t", "v", "unit", "ok", "bad", "event", "state", "online", "nan", "1e999"]
)
WHATEVER = st.binary(max_size=60) | st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | _WORDS | st.just(10**400),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_WORDS | st.text(max_size=4), inner, max_size=5),
    max_leaves=20,
)


def decode(template: dict[str, Any], topic: str, payload: bytes) -> Decoded:
    return TemplateDecoder([Template.model_validate(template)], DecoderOptions()).decode(topic, payload)


@pytest.mark.parametrize(
    ("more", "payload", "expected"),
    [
        pytest.param({}, b"21.5", (21.5, None), id="a number"),
        pytest.param({"unit": "°C"}, b" 21.5\n", (21.5, "°C"), id="blanks around it"),
        pytest.param({"unit": "°C"}, b"70 F", (70.0, "F"), id="a unit in the text comes first"),
        pytest.param({}, b'"21.5"', (21.5, None), id="a number in quotes"),
        pytest.param({"decimal": ","}, b"21,5", (21.5, None), id="a decimal comma"),
        pytest.param({}, b"ON", (1.0, None), id="a truth"),
        pytest.param({"words": {"open": 1, "shut": 0}}, b"shut", (0.0, None), id="a word of its own"),
    ],
)
def test_scalar_is_read(more: dict[str, Any], payload: bytes, expected: tuple[float, str | None]):
    (found,) = decode(SCALAR | more, "p/s-1/level", payload).measurements

    assert (found.sensor, found.quantity, (found.value, found.unit)) == ("s-1", "level", expected)


@pytest.mark.parametrize("payload", [b"nan", b"NaN", b"unknown", b"unavailable", b"null", b"-", b"None"])
def test_scalar_that_says_nothing_is_nothing(payload: bytes):
    assert decode(SCALAR, "p/s/t", payload) == Decoded()


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        pytest.param(b"sending state 23.4", "wrong_shape", id="a sentence"),
        pytest.param(b"21,5", "wrong_shape", id="a decimal comma that nobody told of"),
        pytest.param(b"inf", "wrong_shape", id="infinity"),
        pytest.param(b"1e999", "bad_number", id="beyond floats"),
        pytest.param(b"\xff\xd8\xff\xe0", "not_utf8", id="a picture"),
    ],
)
def test_scalar_is_refused(payload: bytes, reason: str):
    with pytest.raises(UndecodableMessage) as caught:
        decode(SCALAR, "p/s/t", payload)

    assert caught.value.reason == reason


def test_records_have_their_own_sensors_and_the_time_around_them():
    body = (
        b'{"ts": "2026-11-20T08:00:00Z", "data": [{"id": 7, "t": "21.5 C"}, {"id": 8, "t": -999}, {"id": 9, "t": 20}]}'
    )

    found = decode(RECORDS, "gw/roof", body).measurements

    assert [(m.sensor, m.value, m.time_ns) for m in found] == [
        ("roof/7", 21.5, parse_time("2026-11-20T08:00:00Z")),
        ("roof/9", 20.0, parse_time("2026-11-20T08:00:00Z")),
    ]


@pytest.mark.parametrize(
    ("form", "zone", "said", "expected"),
    [
        pytest.param(None, None, '"2026-11-20 16:00:00+0800"', "2026-11-20T08:00:00Z", id="nearly RFC 3339"),
        pytest.param(None, "Asia/Shanghai", '"2026-11-20 16:00:00"', "2026-11-20T08:00:00Z", id="a zone told"),
        pytest.param(None, None, '"2026-11-20 16:00:00"', None, id="no zone told"),
        pytest.param("%d.%m.%Y %H:%M", "UTC", '"20.11.2026 08:00"', "2026-11-20T08:00:00Z", id="a form told"),
        pytest.param(None, None, "1795161600", "2026-11-20T08:00:00Z", id="seconds"),
        pytest.param(None, None, '"1795161600000"', "2026-11-20T08:00:00Z", id="milliseconds in text"),
        pytest.param(None, None, "1.61", None, id="a clock that was never set"),
        pytest.param("%d.%m.%Y", "UTC", '"tomorrow"', None, id="no time"),
    ],
)
def test_time_is_read(form: str | None, zone: str | None, said: str, expected: str | None):
    template = RECORDS | {"time_format": form, "timezone": zone}

    (found,) = decode(template, "gw/a", f'{{"ts": {said}, "data": [{{"id": 1, "t": 2}}]}}'.encode()).measurements

    assert found.time_ns == (parse_time(expected) if expected is not None else None)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        pytest.param(b'{"other": 1}', "wrong_shape", id="another document"),
        pytest.param(b'{"data": [{"t": 3}]}', "no_sensor", id="a record of nobody"),
        pytest.param(b'{"data": [{"id": 1, "t": "warm"}]}', "wrong_shape", id="a word that nobody told of"),
        pytest.param(b'{"data": [{"id": "\\n", "t": 1}]}', "bad_name", id="a name that cannot be shown"),
    ],
)
def test_records_are_refused(body: bytes, reason: str):
    with pytest.raises(UndecodableMessage) as caught:
        decode(RECORDS, "gw/a", body)

    assert caught.value.reason == reason


def test_lines_name_their_sensor_by_tags():
    template = {"topic": "l/{rest...}", "body": "lines", "sensor_tags": ["site", "probe"]}

    (found,) = decode(template, "l/x", b"w,probe=2,site=a level=3").measurements

    assert (found.sensor, found.quantity) == ("a/2", "level")


def test_status_and_event_are_told():
    template = {
        "topic": "b/{sensor}",
        "body": "json",
        "status": {"online": True, "offline": False},
        "status_paths": ["$.state"],
        "events": [{"path": "$.action", "event": "{value}", "attributes": {"battery": "$.battery"}}],
    }

    assert decode(template, "b/1", b'{"state": "offline"}').statuses[0].online is False
    (event,) = decode(template, "b/1", b'{"action": "single", "battery": 90}').observations
    assert (event.event, event.attributes) == ("single", {"battery": 90})


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"topic": "a/{sensor}"}, id="a scalar without quantity"),
        pytest.param({"topic": "a/{sensor}", "body": "json"}, id="a document without readings"),
        pytest.param({"topic": "a/{x}", "quantity": "t"}, id="a sensor that nothing captures"),
        pytest.param({"topic": "a/{sensor}", "quantity": "t", "unit": "quarx"}, id="a unit that nobody knows"),
        pytest.param({"topic": "a/{sensor}", "quantity": "t", "colour": 1}, id="a key that is none"),
        pytest.param(RECORDS | {"each": ["data"]}, id="a path that is none"),
    ],
)
def test_template_that_cannot_be_is_refused(wrong: dict[str, Any]):
    with pytest.raises(ValidationError):
        Template.model_validate(wrong)


@settings(max_examples=100)
@given(topic=st.sampled_from(["w/a/b", "w/a", "w//", ""]), body=WHATEVER)
def test_any_body_is_read_by_a_template_or_refused(topic: str, body: Any):
    payload = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")

    for decoder in EVERYTHING:
        assert_readings_or_reason(decoder, topic, payload)
