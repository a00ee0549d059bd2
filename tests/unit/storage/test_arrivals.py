from hypothesis import given
from hypothesis import strategies as st

from storage.arrivals import kept_of
from tests.support.history import START_NS, arrivals, event, row

_ROWS = st.tuples(st.integers(1, 3), st.integers(1, 3), st.integers(0, 3), st.integers(-9, 9))


@given(st.lists(st.lists(_ROWS, max_size=6), max_size=6))
def test_each_reading_is_kept_once_with_the_last_word(entries) -> None:
    expected = {
        (sensor, quantity, second): (value, position)
        for position, rows in enumerate(entries, 1)
        for sensor, quantity, second, value in rows
    }

    kept = kept_of(
        [(position, arrivals(*(row(*fields) for fields in rows))) for position, rows in enumerate(entries, 1)]
    )

    readings = kept.readings
    seconds = ((readings.time_ns - START_NS) // 1_000_000_000).tolist()
    found = zip(readings.sensor.tolist(), readings.quantity.tolist(), seconds, strict=True)
    assert dict(zip(found, zip(readings.value.tolist(), kept.position.tolist(), strict=True), strict=True)) == expected
    assert len(readings) == len(expected)


def test_order_of_arrival_is_kept() -> None:
    kept = kept_of([(1, arrivals(row(1, 1, 5, 1.0), row(1, 1, 2, 2.0), row(1, 1, 5, 3.0), row(1, 1, 1, 4.0)))])

    assert kept.readings.value.tolist() == [2.0, 3.0, 4.0]


def test_readings_that_only_look_alike_are_all_kept() -> None:
    rows = [
        row(sensor, quantity, second, 0.0) for sensor in range(20) for quantity in range(20) for second in range(20)
    ]

    assert len(kept_of([(1, arrivals(*rows))]).readings) == 8000


def test_event_of_one_sensor_name_and_time_is_kept_once() -> None:
    first, again = event(1, "intrusion", 0), event(1, "intrusion", 0, '{"again":true}')
    others = (event(2, "intrusion", 0), event(1, "loitering", 0), event(1, "intrusion", 1))

    kept = kept_of([(1, arrivals(events=(first, *others))), (2, arrivals(events=(again,)))])

    assert kept.events == [(2, again), *((1, other) for other in others)]


def test_nothing_is_nothing() -> None:
    kept = kept_of([])

    assert len(kept.readings) == 0
    assert kept.events == []
