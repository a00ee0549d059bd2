"""Which collector should have found what: the file's lines, and what cannot be."""

import json

import pytest

from city.errors import BadCityFile
from city.place import Place
from linkage.grids import drawn_grids
from linkage.responsibility import parse_responsibility, responsibility_mistakes, unwatched
from linkage.standards import parse_standards

TEXT = """\
collectors:
  - {username: lin, grids: ["1101*", "120201"]}
  - {username: zhou, grids: ["1202*"]}
classes: [road_water]
"""
GRIDS = ("110101", "110102", "120203")
STANDARDS = parse_standards("classes: []\n")


@pytest.mark.parametrize(
    ("grid", "incident_class", "collector"),
    [
        pytest.param("110102", "road_water", "lin", id="by the beginning of its code"),
        pytest.param("120201", "road_water", "lin", id="by its code"),
        pytest.param("120203", "road_water", "zhou", id="of the other"),
        pytest.param("130101", "road_water", "", id="where nobody walks"),
        pytest.param("110102", "noise", "", id="what no round finds"),
        pytest.param("", "road_water", "", id="no grid"),
    ],
)
def test_collector_of_a_grid(grid: str, incident_class: str, collector: str):
    assert parse_responsibility(TEXT).collector_of(grid, incident_class) == collector


def test_nobody_is_responsible_where_the_city_says_nothing():
    assert parse_responsibility("").collector_of("110102", "road_water") == ""
    assert unwatched(parse_responsibility(""), GRIDS) == ()


def test_mistakes_are_named_with_their_line():
    again = TEXT.replace('"1202*"', '"110102", "9999*"')
    found = [str(one) for one in responsibility_mistakes(parse_responsibility(again), GRIDS, STANDARDS)]

    assert found == [
        "Expected a class of case-standards.yaml, got `road_water` - at `responsibility.yaml:4`",
        "Expected grids of grids.geojson, got `120201` - at `responsibility.yaml:2`",
        "Expected grids of one collector each, and these are `lin`'s, got `110102 for `zhou`` "
        "- at `responsibility.yaml:3`",
        "Expected grids of grids.geojson, got `9999*` - at `responsibility.yaml:3`",
    ]


def test_unknown_key_is_refused_at_its_line():
    with pytest.raises(BadCityFile, match=r"responsibility\.yaml:2"):
        parse_responsibility("collectors:\n  - {user: lin, grids: []}\n")


def test_grids_where_nobody_walks_are_told():
    assert unwatched(parse_responsibility(TEXT), (*GRIDS, "130101")) == ["130101"]


def test_grid_of_a_place_is_the_maps():
    def cell(code: str, west: float) -> dict[str, object]:
        ring = [[west, 0], [west + 1, 0], [west + 1, 1], [west, 1], [west, 0]]
        return {"properties": {"id": code}, "geometry": {"type": "Polygon", "coordinates": [ring]}}

    road = {"properties": {"id": "road"}, "geometry": {"type": "LineString", "coordinates": [[0, 0], [2, 1]]}}
    grids = drawn_grids(json.dumps({"features": [road, cell("a", 0), cell("b", 1)]}).encode())

    assert list(grids.codes) == ["a", "b"]
    assert [grids.at(Place(*spot)) for spot in ((0.5, 0.5), (1.0, 0.5), (1.5, 0.5), (5, 5))] == ["a", "a", "b", ""]
    assert grids.at(None) == ""
    assert drawn_grids(b'{"features":[]}').at(Place(0, 0)) == ""
