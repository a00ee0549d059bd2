"""A file read in columns says what it says line by line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from city.registered import Registered
from registry.sensor_columns import read_columns
from registry.sensor_csv import read_lines, write_csv
from tests.support.sensors import FULL, SENSORS

CELLS = st.text(st.sampled_from("a1 ;-.x'=\"\n,é\x07"), max_size=4)
HEADER = "id,name,domain,kind,longitude,latitude,interval_s,installed,recorded,tags"


@given(st.lists(SENSORS, max_size=8, unique_by=lambda sensor: sensor.id), st.randoms())
def test_columns_say_what_lines_say(sensors, random) -> None:
    random.shuffle(sensors)
    text = "".join(write_csv(sensors))

    found = read_columns(text.encode(), "sensors.csv")

    assert found is None or list(found) == read_lines(text, "sensors.csv") == sensors


@given(st.lists(st.tuples(CELLS, CELLS, CELLS, CELLS), max_size=3))
def test_file_of_junk_is_left_to_the_general_way_or_read_like_it(rows) -> None:
    lines = [f"{one},{name},traffic,loop,{longitude},{latitude},,,," for one, name, longitude, latitude in rows]
    text = "\n".join([HEADER, *lines]) + "\n"

    found = read_columns(text.encode(), "sensors.csv")

    assert found is None or list(found) == read_lines(text, "sensors.csv")


@pytest.mark.parametrize(
    "row",
    [
        pytest.param("a,b,traffic,loop,,,,,,", id="id twice"),
        pytest.param("c,b,Verkehr,loop,,,,,,", id="domain"),
        pytest.param("c,b,traffic,loop,181,30,,,,", id="east of everything"),
        pytest.param("c,b,traffic,loop,120,nan,,,,", id="not a number"),
        pytest.param("c,b,traffic,loop,120,,,,,", id="half a place"),
        pytest.param("c,b,traffic,loop,,,-1,,,", id="interval"),
        pytest.param("c,b,traffic,loop,,,,20251120,,", id="date"),
        pytest.param("c,b,traffic", id="cells missing"),
        pytest.param("c,,traffic,loop,,,,,,", id="no name"),
        pytest.param(",,,,,,,,,", id="blank cells"),
        pytest.param("'=c,b,traffic,loop,,,,,,", id="protected cell"),
        pytest.param(f"c,{'x' * 201},traffic,loop,,,,,,", id="long name"),
        pytest.param('c,"b,traffic,loop,,,,,,', id="open quote"),
    ],
)
def test_line_that_is_not_plain_leaves_the_file_to_the_general_way(row: str) -> None:
    assert read_columns(f"{HEADER}\na,b,traffic,loop,,,,,,\n{row}\n".encode(), "sensors.csv") is None


def test_bytes_that_are_no_text_are_left_to_the_general_way() -> None:
    assert read_columns(f"{HEADER}\na,".encode() + b"\xff,traffic,loop,,,,,,\n", "sensors.csv") is None


def test_sensors_keep_their_order_and_are_found_by_id() -> None:
    text = f"{HEADER}\nb,B,traffic,loop,,,,,,\na,A,video,camera,120.5,30,60,2024-01-01,TRUE,y;x\n"

    found = read_columns(text.encode(), "sensors.csv")

    assert found is not None
    assert [one.id for one in found] == ["b", "a"]
    assert found.find("a") == found[1] == found[-1]
    assert (found.find("c"), "a" in found.ids, "c" in found.ids, len(found.ids)) == (None, True, False, 2)


def test_shifted_places_are_brought_to_wgs84() -> None:
    text = "# crs: GCJ-02\n" + "".join(write_csv([FULL]))

    found = read_columns(text.encode(), "sensors.csv")

    assert found is not None
    assert list(found) == read_lines(text, "sensors.csv")


def test_registered_sensors_are_what_they_were_made_of() -> None:
    found = Registered.of([FULL])

    assert (list(found), found[0:1], found.order) == ([FULL], [FULL], None)
    with pytest.raises(IndexError):
        found[1]
