import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ingest.series_table import SeriesTable

pairs = st.tuples(st.integers(1, 2**31 - 1), st.integers(1, 2**31 - 1)) | st.tuples(
    st.integers(1, 6), st.integers(1, 4)
)


def places(table: SeriesTable, series: list[tuple[int, int]]) -> list[int]:
    sensor, quantity = np.array(series, np.int32).reshape(-1, 2).T
    found: list[int] = table.places(sensor, quantity).tolist()
    return found


@given(st.lists(st.lists(pairs.filter(lambda pair: pair[0] < 100_000), max_size=40), max_size=6))
def test_every_series_has_one_place_of_its_own(batches):
    table, known = SeriesTable(), dict[tuple[int, int], int]()
    for batch in batches:
        for series, place in zip(batch, places(table, batch), strict=True):
            assert known.setdefault(series, place) == place

    assert sorted(known.values()) == list(range(len(table)))
    at = np.array(list(known.values()), np.int64)
    assert list(zip(table.sensors(at).tolist(), table.quantities(at).tolist(), strict=True)) == list(known)


@given(st.lists(st.lists(st.tuples(st.integers(1, 9), st.integers(1, 5)), max_size=20), max_size=5))
def test_series_of_a_sensor_are_found(batches):
    table, known = SeriesTable(), dict[tuple[int, int], int]()
    for batch in batches:
        known |= zip(batch, places(table, batch), strict=True)

    for sensor in range(12):
        expected = sorted(place for (owner, _), place in known.items() if owner == sensor)
        assert sorted(table.of_sensors(np.array([sensor])).tolist()) == expected


def test_table_grows_far_beyond_its_first_size():
    table = SeriesTable()
    sensors = np.arange(1, 50_001, dtype=np.int32)
    first = table.places(sensors, np.full(50_000, 1, np.int32))
    table.places(sensors, np.full(50_000, 2, np.int32))

    assert len(table) == 100_000
    assert np.array_equal(table.places(sensors, np.full(50_000, 1, np.int32)), first)
