import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry import geojson_records
from registry.geojson_records import GeoJsonRecords

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


class Mistakes:
    def __init__(self) -> None:
        self.told: list[str] = []

    def wrong(self, *, expected: str, got: object, at: str) -> None:
        self.told.append(f"{expected}, got {got} - {at}")


def read(text: str) -> tuple[list[tuple[str, Any]], list[str]]:
    mistakes = Mistakes()
    return list(GeoJsonRecords(io.StringIO(text), "f", mistakes)), mistakes.told


@given(st.lists(VALUES, max_size=6), st.integers(1, 40), st.sampled_from([None, 1]))
def test_features_are_those_of_a_whole_reader_however_the_file_is_cut(features, chunk, indent) -> None:
    text = json.dumps({"type": "FeatureCollection", "n": [1], "features": features, "more": 1.5}, indent=indent)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(geojson_records, "_CHUNK", chunk)
        found, mistakes = read(text)

    assert ([feature for _, feature in found], mistakes) == (features, [])


def test_feature_is_told_with_its_line() -> None:
    found, _ = read('{"features": [\n{},\n\n  {"a":\n1}, 3]}')

    assert [at for at, _ in found] == ["f:2", "f:4", "f:5"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param("", "a FeatureCollection, got the end of the file - f:1", id="nothing"),
        pytest.param("[]", "a FeatureCollection, got `[` in place of `{` - f:1", id="a list"),
        pytest.param("{}", "a FeatureCollection, got no `features` - f:1", id="no features"),
        pytest.param('{"features": [\n{}', "a FeatureCollection, got Expecting value - f:2", id="cut short"),
        pytest.param('{"features": [\n{]}', "a FeatureCollection, got Expecting property", id="no JSON"),
        pytest.param('{"a": ' + "[" * 100_000, "a FeatureCollection, got", id="nested without end"),
        pytest.param('{"features": [], "crs": "GCJ-02"}', "`crs` before `features`, got behind", id="too late"),
        pytest.param('{"crs": "EPSG:3857", "features": []}', "coordinates in `WGS-84` or", id="another system"),
    ],
)
def test_file_that_is_no_collection_says_why(text: str, told: str) -> None:
    _, mistakes = read(text)

    assert mistakes[0].startswith(told)
