import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.arrivals import kept_of
from storage.line import EVENTS, LineSerialiser, kept_name, measurement_of, name_of
from tests.support.history import NAMES, TableNames, arrivals, event, row

T0 = 1_795_161_600_000_000_000


def test_reading_is_a_line_with_all_that_is_known_of_it() -> None:
    kept = kept_of([(9, arrivals(row(1, 1, 1.5, 35.25, 8)))])

    assert list(LineSerialiser(NAMES).lines(kept)) == [
        "pm25,sensor=air-1 arrival_ns=1795161601507000000i,position=9i,quality=8i,value=35.25 1795161601500000000"
    ]


def test_event_is_a_line_with_its_attributes_as_text() -> None:
    kept = kept_of([(9, arrivals(events=(event(1, "a b", 0, '{"c":"d"}'),)))])

    assert list(LineSerialiser(NAMES).lines(kept)) == [
        r"sensor_event,event=a\ b,sensor=air-1 "
        rf'arrival_ns={T0 + 7_000_000}i,attributes="{{\"c\":\"d\"}}",position=9i {T0}'
    ]


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        pytest.param("air-1", "air-1", id="plain"),
        pytest.param("风 2", "风 2", id="Chinese and a space"),
        pytest.param("a\nb", "a%0Ab", id="newline"),
        pytest.param("a\\", "a%5C", id="backslash"),
        pytest.param("%0A", "%250A", id="percent"),
        pytest.param("#1", "%231", id="comment"),
        pytest.param("\u2028\x00", "%E2%80%A8%00", id="line separator and NUL"),
    ],
)
def test_name_is_written_so_that_it_stays_on_its_line(name: str, kept: str) -> None:
    assert kept_name(name) == kept


@given(st.text())
def test_name_comes_back(name: str) -> None:
    assert name_of(kept_name(name)) == name
    assert name_of(measurement_of(name)) == name


@given(st.text(), st.text())
def test_two_names_stay_two(one: str, other: str) -> None:
    assert (kept_name(one) == kept_name(other)) == (one == other)
    assert measurement_of(one) != "sensor_event"


@given(st.text(min_size=1), st.text(min_size=1), st.text(min_size=1), st.text())
def test_line_is_one_line(sensor: str, quantity: str, name: str, attributes: str) -> None:
    kept = kept_of([(1, arrivals(row(1, 1, 0, 1.0), events=(event(1, name, 0, attributes),)))])

    for line in LineSerialiser(TableNames({1: sensor}, {1: quantity})).lines(kept):
        assert "\n" not in line
        assert line.endswith(f" {T0}")


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_value_is_written_exactly(value: float) -> None:
    kept = kept_of([(1, arrivals(row(1, 1, 0, value)))])

    (line,) = LineSerialiser(NAMES).lines(kept)

    assert float(line.partition("value=")[2].split(" ")[0]) == value


def test_quantity_called_like_the_events_is_kept_apart_from_them() -> None:
    kept = measurement_of(EVENTS)

    assert (kept != EVENTS, name_of(kept)) == (True, EVENTS)
