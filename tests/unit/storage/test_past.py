"""The past in order of its arrival, whatever the order in which it was kept."""

from city.clock import SECOND_NS
from city.quality import Quality
from city.reading import ReadingBatch
from storage import duckdb_past
from storage.duckdb import DuckdbHistory
from storage.past import in_order
from tests.support.history import NAMES, START_NS, arrivals, event, row


def read(time_s: int, arrival_s: int, value: float, quality: int = 0) -> tuple[int, int, int, int, float, int]:
    return 1, 1, time_s * SECOND_NS, arrival_s * SECOND_NS, value, quality


def values(rows: list[tuple[int, int, int, int, float, int]]) -> list[tuple[float, int]]:
    found = in_order(ReadingBatch.of(rows), []).readings
    return list(zip(found.value.tolist(), found.quality.tolist(), strict=True))


def test_what_is_late_stands_behind_what_came_with_it() -> None:
    late = int(Quality.LATE)

    assert values([read(1, 9, 1.0, late), read(5, 9, 2.0), read(0, 3, 3.0)]) == [(3.0, 0), (2.0, 0), (1.0, late)]


def test_repetition_of_what_is_not_here_is_the_reading_itself() -> None:
    again = int(Quality.DUPLICATE)

    assert values([read(1, 3, 1.0, again), read(1, 4, 1.0, again), read(2, 5, 2.0, again | 1)]) == [
        (1.0, 0),
        (1.0, again),
        (2.0, 1),
    ]


def test_stretch_in_which_much_arrived_is_cut_to_what_can_be_held(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(duckdb_past, "ROWS", 4)
    history = DuckdbHistory(tmp_path / "readings.duckdb", NAMES)
    rows = [row(1, 1, second, float(second)) for second in range(0, 400, 25)]
    history.append([(1, arrivals(*rows, events=(event(2, "moved", 60),)))], 1)

    stretches = list(history.past(START_NS, START_NS + 600 * SECOND_NS))

    told = [one.arrivals.readings.value.tolist() for one in stretches]
    assert [value for part in told for value in part] == [one[4] for one in rows]
    assert max(map(len, told)) <= 4
    assert [one.event for part in stretches for one in part.arrivals.events] == ["moved"]
    history.close()
