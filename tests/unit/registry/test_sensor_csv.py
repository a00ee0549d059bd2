import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.sensor_csv import read_csv, write_csv
from registry.sensor_file import BadSensors
from tests.support.sensors import BARE, FULL, SENSORS

HEADER = "id,name,domain,kind,longitude,latitude,interval_s,installed,recorded,tags"


def mistakes(text: str | bytes) -> list[str]:
    data = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(BadSensors) as caught:
        read_csv(data, "sensors.csv")
    return str(caught.value).split("\n")


@given(st.lists(SENSORS, max_size=5, unique_by=lambda sensor: sensor.id))
def test_what_was_written_is_read_back(sensors) -> None:
    assert read_csv("".join(write_csv(sensors)).encode(), "sensors.csv") == sensors


def test_columns_that_are_left_out_are_empty() -> None:
    assert read_csv("id,name,domain,kind\nloop-1,线圈,traffic,loop\n".encode(), "sensors.csv") == [BARE]


@pytest.mark.parametrize(
    "start",
    [
        pytest.param(b"\xef\xbb\xbf", id="byte order mark"),
        pytest.param(b"# crs: WGS-84\n", id="coordinate system"),
        pytest.param(b"# CRS: wgs84,,,\r\n", id="coordinate system saved by a spreadsheet"),
        pytest.param(b"\n\n", id="blank lines"),
    ],
)
def test_start_of_file_is_understood(start: bytes) -> None:
    data = start + "".join(write_csv([FULL])).encode()

    assert read_csv(data, "sensors.csv") == [FULL]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        pytest.param(",b,traffic,loop,,,,,,", "Expected a value as `id`, got ``", id="no id"),
        pytest.param(
            "a,b,Verkehr,loop,,,,,,",
            "Expected `traffic` or `environment` or `machine_room` or `video` as `domain`, got `Verkehr`",
            id="domain",
        ),
        pytest.param("a,b,traffic,,,,,,,", "Expected a value as `kind`, got ``", id="no kind"),
        pytest.param(
            "a,b,traffic,c,181,30,,,,", "Expected degrees from -180 to 180 as `longitude`, got `181`", id="east"
        ),
        pytest.param("a,b,traffic,c,120,nan,,,,", "Expected degrees from -90 to 90 as `latitude`, got `nan`", id="nan"),
        pytest.param(
            "a,b,traffic,c,120,,,,,",
            "Expected `longitude` and `latitude` together or neither, got `120.0, nothing`",
            id="half a place",
        ),
        pytest.param("a,b,traffic,c,,,0,,,", "Expected seconds above 0 as `interval_s`, got `0`", id="no interval"),
        pytest.param(
            "a,b,traffic,c,,,,20251120,,",
            "Expected a date such as 2026-11-20 as `installed`, got `20251120`",
            id="date",
        ),
        pytest.param("a,b,traffic,c,,,,,ja,", "Expected `true`, `false` or nothing as `recorded`, got `ja`", id="flag"),
        pytest.param("a,b,traffic,c,,,,,,x;y;x", "Expected each word once as `tags`, got `x;y;x`", id="tag twice"),
        pytest.param(
            "a,b\x07,traffic,c,,,,,,", "Expected text without control characters as `name`, got `'b\\x07'`", id="bell"
        ),
        pytest.param("a,b,traffic", "Expected 10 cells, got `3`", id="cells missing"),
    ],
)
def test_mistake_is_named_with_its_line(row: str, expected: str) -> None:
    assert mistakes(f"{HEADER}\nok,ok,video,camera,,,,,,\n{row}\n") == [f"{expected} - at `sensors.csv:3`"]


def test_line_of_a_mistake_counts_lines_within_cells() -> None:
    text = 'id,name,domain,kind\na,"two\nlines",traffic,loop\n,b,traffic,loop\n'

    assert [line.rpartition(" at ")[2] for line in mistakes(text)] == ["`sensors.csv:2`", "`sensors.csv:4`"]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(b"", "Expected a column `id`, got `` - at `sensors.csv:1`", id="empty"),
        pytest.param(
            b"id,name,domain\n", "Expected a column `kind`, got `id,name,domain` - at `sensors.csv:1`", id="kind"
        ),
        pytest.param(
            b"id,name,domain,kind,id\n", "Expected each column once, got `id` - at `sensors.csv:1`", id="twice"
        ),
        pytest.param(b"id\n\xc0\xff", "Expected UTF-8, got `b'\\xc0'` - at `sensors.csv:2`", id="encoding"),
        pytest.param(
            b'id,name,domain,kind\na,"b', "Expected CSV, got `unexpected end of data` - at `sensors.csv:2`", id="quote"
        ),
        pytest.param(
            b"# crs: BD-09\nid,name,domain,kind\n",
            "Expected coordinates in `WGS-84` or `GCJ-02` or `CGCS2000`, got `BD-09` - at `sensors.csv:1`",
            id="other coordinates",
        ),
    ],
)
def test_file_that_cannot_be_read_says_why(data: bytes, expected: str) -> None:
    assert mistakes(data)[0] == expected


def test_places_of_chinese_maps_are_kept_in_wgs84() -> None:
    data = b"# crs: GCJ-02\nid,name,domain,kind,longitude,latitude\na,a,video,camera,116.41024450,39.91640428\n"
    data += b"b,b,video,camera,,\n"

    shifted, nowhere = read_csv(data, "sensors.csv")

    assert shifted.place == pytest.approx((116.404, 39.915), abs=1e-7)
    assert nowhere.place is None


def test_unknown_column_names_the_known_ones() -> None:
    (mistake,) = mistakes("id,name,domain,kind,colour\n")

    assert mistake.startswith("Expected columns out of id, name, name_en, ")
    assert mistake.endswith(", got `colour` - at `sensors.csv:1`")


def test_id_that_stands_there_twice_names_both_lines() -> None:
    text = "id,name,domain,kind\na,b,traffic,c\nx,b,traffic,c\na,b,traffic,c\n"

    assert mistakes(text) == ["Expected each id once (it stands at `sensors.csv:2`), got `a` - at `sensors.csv:4`"]


def test_first_twenty_mistakes_are_told_and_the_rest_counted() -> None:
    lines = mistakes("id,name,domain,kind\n" + "a,,traffic,b\n" * 25)

    assert len(lines) == 21
    assert lines[0].endswith("`sensors.csv:2`")
    assert lines[-1] == "and 5 more"


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "'=1"])
def test_formula_is_written_as_text(name: str) -> None:
    text = "".join(write_csv([BARE, type(BARE)(id="x", name=name, domain=BARE.domain, kind="k")]))

    assert next(csv.DictReader(io.StringIO(text)))["name"] == BARE.name
    assert f",{name}," not in text
    assert f",'{name}," in text
