import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from city.errors import UndecodableMessage
from ingest.decoders.json_body import MAX_DEPTH, parse_json, parse_object
from ingest.decoders.values import number, number_with_unit

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats(-1e300, 1e300) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        pytest.param(b"", "not_json", id="nothing"),
        pytest.param(b"[1,]", "not_json", id="a trailing comma"),
        pytest.param(b'{"a": 1} // why', "not_json", id="a comment"),
        pytest.param(b'{"a": 01}', "not_json", id="a leading zero"),
        pytest.param(b"\xef\xbb\xbf" * 5000 + b"{}", "not_json", id="byte order marks without end"),
        pytest.param(b'"\\ud800"', "not_json", id="half a surrogate pair"),
        pytest.param(b"[NaN]", "bad_number", id="NaN"),
        pytest.param(b'{"a": -Infinity}', "bad_number", id="infinity"),
        pytest.param(b"[1e999]", "bad_number", id="a number beyond floats"),
        pytest.param(b"[" + b"1" * 5000 + b"]", "bad_number", id="five thousand digits"),
        pytest.param(b'["\xff"]', "not_utf8", id="not UTF-8 in a value"),
        pytest.param(b'{"\xff": 1}', "not_utf8", id="not UTF-8 in a key"),
        pytest.param(b"[" * 100 + b"]" * 100, "too_deep", id="a hundred brackets"),
        pytest.param(b"[" * 100_000 + b"]" * 100_000, "too_deep", id="a hundred thousand brackets"),
        pytest.param(b'{"a":' * 40 + b"1" + b"}" * 40, "too_deep", id="forty braces"),
    ],
)
def test_payload_is_refused_with_its_reason(payload: bytes, reason: str):
    with pytest.raises(UndecodableMessage) as caught:
        parse_json(payload)

    assert caught.value.reason == reason


def test_many_brackets_side_by_side_are_not_deep():
    payload = b"[" + b'{"a":"[[\\"[["},' * 500 + b"1]"

    assert len(parse_json(payload)) == 501


def test_depth_up_to_the_limit_is_read():
    assert parse_json(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH)


def test_byte_order_mark_says_nothing():
    assert parse_json(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}


def test_object_is_wanted():
    with pytest.raises(UndecodableMessage) as caught:
        parse_object(b"[1]")

    assert caught.value.reason == "wrong_shape"


@given(JSON)
def test_json_is_read_as_everybody_reads_it(value: object):
    payload = json.dumps(value).encode()

    assert parse_json(payload) == json.loads(payload)


@given(st.binary(max_size=200))
def test_any_bytes_are_json_or_refused(payload: bytes):
    with suppress(UndecodableMessage):
        json.loads(json.dumps(parse_json(payload)))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param("30.11 °C", (30.11, "°C"), id="Dragino's temperature"),
        pytest.param("247.0 Volts", (247.0, "Volts"), id="apcupsd's voltage"),
        pytest.param("-60", (-60.0, None), id="a bare number in text"),
        pytest.param("42%", (42.0, "%"), id="no space before the unit"),
        pytest.param("1e3", (1000.0, None), id="an exponent"),
        pytest.param(21, (21.0, None), id="an integer"),
        pytest.param(True, (1.0, None), id="true"),
        pytest.param("49,97", None, id="a decimal comma"),
        pytest.param("nan", None, id="nan"),
        pytest.param("inf", None, id="inf"),
        pytest.param("2.8.1", None, id="a version"),
        pytest.param("10.20.2.203", None, id="an address"),
        pytest.param("2026-11-20", None, id="a date"),
        pytest.param("", None, id="nothing"),
        pytest.param("OL", None, id="a word"),
        pytest.param(None, None, id="null"),
        pytest.param([1], None, id="a list"),
    ],
)
def test_number_in_text_carries_its_unit(value: object, expected: tuple[float, str | None] | None):
    assert number_with_unit(value, at="$") == expected


@pytest.mark.parametrize("value", [10**400, "1e999"])
def test_number_beyond_floats_is_refused(value: object):
    with pytest.raises(UndecodableMessage) as caught:
        number_with_unit(value, at="$")

    assert caught.value.reason == "bad_number"


def test_text_is_no_plain_number():
    assert number("3", at="$") is None
