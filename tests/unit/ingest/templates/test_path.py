from typing import Any

import pytest

from ingest.templates.errors import BadPattern
from ingest.templates.path import Path

BODY = {"a": {"b": [{"c": 1}, {"c": 2}]}, "x.y": 3, "s": {"k1": {"v": 5}, "k2": {"v": 6}}}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        pytest.param("$", [BODY], id="the body itself"),
        pytest.param("$.a.b[1].c", [2], id="an index"),
        pytest.param("$.a.b[*].c", [1, 2], id="every item"),
        pytest.param('$["x.y"]', [3], id="a name with a dot"),
        pytest.param("$.s.{key}.v", [5, 6], id="every member"),
        pytest.param("$.a.b[9].c", [], id="beyond the end"),
        pytest.param("$.a.b.c", [], id="a member of a list"),
        pytest.param("$.a[0]", [], id="an item of an object"),
    ],
)
def test_path_finds(path: str, expected: list[Any]):
    assert [found.value for found in Path.parse(path).find(BODY)] == expected


def test_path_remembers_what_a_wildcard_matched():
    found = list(Path.parse("$.s.{key}.v").find(BODY))

    assert [one.names for one in found] == [{"key": "k1"}, {"key": "k2"}]
    assert found[0].holder == {"v": 5}


def test_path_to_one_member_of_each_object_passes_over_what_has_none():
    body = {"Time": "noon", "hall": {"t": 7, "u": 8}, "yard": {"u": 9}, "list": [{"t": 1}], "shed": {"t": None}}

    found = list(Path.parse("$.{room}.t").find(body))

    assert [(one.value, one.holder, one.names) for one in found] == [
        (7, {"t": 7, "u": 8}, {"room": "hall"}),
        (None, {"t": None}, {"room": "shed"}),
    ]


def test_path_remembers_the_place_of_an_item():
    assert [one.names for one in Path.parse("$.a.b.{place}.c").find(BODY)] == [{"place": "0"}, {"place": "1"}]


@pytest.mark.parametrize("text", ["", "a.b", "$a", "$.", "$.a[", "$.a[-1]", "$..a", "$.{a", "$.a b", "$" + ".a" * 17])
def test_path_that_is_none_is_refused(text: str):
    with pytest.raises(BadPattern, match="Expected a path like"):
        Path.parse(text)
