import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.sensor_file import BadSensors
from registry.sensor_geojson import read_geojson, write_geojson
from tests.support.sensors import BARE, FULL, SENSORS

GOOD = {"id": "a", "name": "b", "domain": "traffic", "kind": "loop"}


def collection(*features: Any, **members: Any) -> bytes:
    return json.dumps({"type": "FeatureCollection", **members, "features": list(features)}, indent=1).encode()


def feature(geometry: Any = None, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": GOOD | properties}


def mistake(data: bytes) -> str:
    with pytest.raises(BadSensors) as caught:
        read_geojson(data, "sensors.geojson")
    return str(caught.value)


@given(st.lists(SENSORS, max_size=5, unique_by=lambda sensor: sensor.id))
def test_what_was_written_is_read_back(sensors) -> None:
    assert read_geojson("".join(write_geojson(sensors)).encode(), "sensors.geojson") == sensors


def test_feature_is_a_point_with_the_columns_as_properties() -> None:
    written = json.loads("".join(write_geojson([FULL, BARE])))

    assert written["features"][0]["geometry"] == {"type": "Point", "coordinates": [120.19321, 30.26001]}
    assert written["features"][0]["properties"]["quantities"] == ["temperature", "humidity"]
    assert written["features"][0]["properties"]["interval_s"] == 60.0
    assert written["features"][1] == {
        "type": "Feature",
        "geometry": None,
        "properties": {"id": "loop-1", "name": "线圈", "domain": "traffic", "kind": "loop"},
    }


def test_words_may_be_one_text_and_heights_are_passed_over() -> None:
    data = collection(feature({"type": "Point", "coordinates": [120, 30, 5.0]}, tags="x;y"))

    (sensor,) = read_geojson(data, "sensors.geojson")

    assert sensor.place == (120.0, 30.0)
    assert sensor.tags == {"x", "y"}


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(b"{", "Expected JSON, got `Expecting property name", id="no JSON"),
        pytest.param(b"\xff", "Expected UTF-8, got `b'\\xff'` - at `sensors.geojson:1`", id="encoding"),
        pytest.param(b"[]", "Expected a FeatureCollection, got `list` - at `sensors.geojson:1`", id="no collection"),
        pytest.param(b"[" * 100_000, "Expected a FeatureCollection, got `JSON nested too deep`", id="deep"),
        pytest.param(
            collection(crs={"type": "name", "properties": {"name": "EPSG:3857"}}),
            "Expected coordinates in `WGS-84` or `GCJ-02` or `CGCS2000`, got",
            id="other coordinates",
        ),
        pytest.param(
            collection("x"), 'Expected a feature with properties, got `"x"` - at `sensors.geojson:4`', id="text"
        ),
        pytest.param(
            collection(feature({"type": "LineString", "coordinates": [[1, 2]]})),
            "Expected a point or null as geometry, got",
            id="line",
        ),
        pytest.param(
            collection(feature({"type": "Point", "coordinates": [True, 1]})),
            "Expected a point or null as geometry, got",
            id="truth as degrees",
        ),
        pytest.param(
            collection(feature(name={"zh": "x"})), 'Expected a plain value as `name`, got `{"zh": "x"}`', id="object"
        ),
        pytest.param(
            collection(feature(tags=["a;b"])), 'Expected a plain value as `tags`, got `["a;b"]`', id="semicolon"
        ),
        pytest.param(collection(feature(longitude=3)), "Expected properties out of id, name, ", id="place as property"),
        pytest.param(collection(feature(domain="x")), "Expected `traffic` or ", id="domain"),
    ],
)
def test_mistake_is_named(data: bytes, expected: str) -> None:
    assert mistake(data).startswith(expected)


def test_mistake_names_the_line_where_its_feature_begins() -> None:
    data = collection(feature(), feature(id=""), feature(id="c", kind=""))

    lines = [line.rpartition(":")[2] for line in mistake(data).split("\n")]

    text = data.decode().split("\n")
    assert [text[int(line.rstrip("`")) - 1].strip() for line in lines] == ["{", "{"]
    assert len(set(lines)) == 2
    assert '"id": ""' in "".join(text[int(lines[0].rstrip("`")) : int(lines[1].rstrip("`"))])


def test_coordinate_system_of_old_geojson_is_understood() -> None:
    data = collection(feature(), crs={"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}})

    assert len(read_geojson(data, "sensors.geojson")) == 1
