import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.introduction import NOTHING_TOLD, Introduction, introduction


@pytest.mark.parametrize(
    ("body", "told"),
    [
        pytest.param({"lat": 36.1, "lon": 122.8}, Introduction(122.8, 36.1), id="short names"),
        pytest.param({"latitude": 36, "longitude": 122}, Introduction(122.0, 36.0), id="whole degrees"),
        pytest.param(
            {"uplink_message": {"locations": {"user": {"latitude": 36.1, "longitude": 122.8}}}},
            Introduction(122.8, 36.1),
            id="within other objects",
        ),
        pytest.param(
            {"location": {"type": "Point", "coordinates": [122.8, 36.1, 4]}}, Introduction(122.8, 36.1), id="GeoJSON"
        ),
        pytest.param({"deviceInfo": {"deviceName": "Roof 7"}}, Introduction(name="Roof 7"), id="a name"),
        pytest.param({"lat": 0, "lon": 0}, NOTHING_TOLD, id="a receiver without a fix"),
        pytest.param({"lat": 91, "lon": 10}, NOTHING_TOLD, id="no place on the ground"),
        pytest.param({"lat": "36.1", "lon": "122.8"}, NOTHING_TOLD, id="texts"),
        pytest.param({"lat": 36.1}, NOTHING_TOLD, id="half a place"),
        pytest.param({"ships": [{"lat": 36.1, "lon": 122.8}]}, NOTHING_TOLD, id="a list of others"),
        pytest.param({"deviceName": "a\nb"}, NOTHING_TOLD, id="a name that cannot be shown"),
        pytest.param({"lat": 36.1, "lon": 122.8, "much": "x" * 5000}, NOTHING_TOLD, id="a long message"),
    ],
)
def test_message_tells_of_its_sender(body: object, told: Introduction) -> None:
    assert introduction(json.dumps(body).encode()) == told


def test_what_says_who_somebody_is_is_no_name() -> None:
    assert introduction(b'{"user_name": "Li", "deviceName": "Gate", "plate": "A123"}') == Introduction(name="Gate")


@given(st.binary(max_size=200) | st.binary(max_size=100).map(lambda tail: b'{"lat":' + tail))
def test_whatever_bytes_tell_something_or_nothing(payload: bytes) -> None:
    assert isinstance(introduction(payload), Introduction)
