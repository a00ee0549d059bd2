"""What every history store gives of the past: all that arrived, in the order in which it arrived."""

from dataclasses import replace

import numpy as np
import pytest

from city.clock import SECOND_NS
from city.history import HistoryStore
from city.quality import Quality
from storage import duckdb_past
from tests.support.history import START_NS, arrivals, event, row
from tests.support.history_stores import Rig

#: Sensor, quantity, seconds of the reading's time after START_NS, value, quality.
Told = tuple[str, str, float, float, int]


def told(history: HistoryStore, first: float = -3600, last: float = 7200) -> list[Told]:
    """Return the readings that arrived between two seconds, through all stretches."""
    found: list[Told] = []
    sensors: dict[int, str] = {}
    quantities: dict[int, str] = {}
    for past in history.past(START_NS + round(first * SECOND_NS), START_NS + round(last * SECOND_NS)):
        sensors, quantities = sensors | past.sensors, quantities | past.quantities
        batch = past.arrivals.readings
        assert (np.diff(batch.arrival_ns) >= 0).all()
        assert not len(batch) or batch.arrival_ns[-1] < past.until_ns
        for at in range(len(batch)):
            second = (int(batch.time_ns[at]) - START_NS) / SECOND_NS
            names = sensors[int(batch.sensor[at])], quantities[int(batch.quantity[at])]
            found.append((*names, second, float(batch.value[at]), int(batch.quality[at])))
    return found


def late(
    second: float, arrives: float, value: float, quality: int = Quality.LATE
) -> tuple[int, int, int, int, float, int]:
    sensor, quantity, time_ns, _, _, _ = row(1, 1, second, value)
    return sensor, quantity, time_ns, START_NS + round(arrives * SECOND_NS), value, quality


def test_past_is_told_in_order_of_arrival_whatever_the_sensors_time(rig: Rig) -> None:
    rig.history.append([(1, arrivals(row(2, 1, 10, 1.0), row(1, 2, 20, 2.0)))], 1)
    rig.history.append([(2, arrivals(late(5, 1000, 3.0), row(1, 1, 1000.5, 4.0)))], 2)

    assert [reading[2] for reading in told(rig.history)] == [10, 20, 5, 1000.5]
    assert told(rig.history, 15, 1000.2) == [("air-1", "noise", 20, 2.0, 0), ("air-1", "pm25", 5, 3.0, Quality.LATE)]


def test_past_of_one_moment_has_late_readings_behind_those_they_came_after(rig: Rig) -> None:
    rig.history.append([(1, arrivals(late(100, 100, 1.0, 0), late(90, 100, 2.0)))], 1)

    assert [reading[2] for reading in told(rig.history)] == [100, 90]


def test_past_has_a_reading_that_was_repeated_at_once_as_the_one_it_is(rig: Rig) -> None:
    rig.history.append([(1, arrivals(row(1, 1, 1, 5.0), row(1, 1, 1, 5.0, Quality.DUPLICATE)))], 1)

    assert told(rig.history) == [("air-1", "pm25", 1, 5.0, 0)]


def test_past_has_events_with_what_they_said(rig: Rig) -> None:
    knock = replace(event(3, "intrusion, again", 7, '{"confidence":0.5}'))
    rig.history.append([(1, arrivals(events=(event(1, "other", 9), knock)))], 1)

    (past,) = [one for one in rig.history.past(START_NS, START_NS + 60 * SECOND_NS) if one.arrivals.events]

    first, second = past.arrivals.events
    assert (first.event, first.attributes, first.time_ns) == (knock.event, knock.attributes, knock.time_ns)
    assert (past.sensors[second.sensor], second.event) == ("air-1", "other")


def test_past_of_nothing_is_empty_and_has_no_beginning(rig: Rig) -> None:
    assert told(rig.history) == []
    assert rig.history.oldest_ns() is None


def test_oldest_is_where_the_past_begins(rig: Rig) -> None:
    rig.history.append([(1, arrivals(row(2, 1, 10, 1.0), row(1, 2, 20, 2.0)))], 1)

    oldest_ns = rig.history.oldest_ns()

    assert oldest_ns is not None
    assert 0 <= oldest_ns - row(2, 1, 10, 1.0)[2] < SECOND_NS


def test_past_in_stretches_of_few_rows_is_the_same(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [row(1 + number % 3, 1 + number % 2, number * 0.7, number) for number in range(200)]
    rig.history.append([(1, arrivals(*rows))], 1)
    whole = told(rig.history)

    monkeypatch.setattr(duckdb_past, "ROWS", 7)

    assert told(rig.history) == whole
    assert [reading[3] for reading in whole] == [float(number) for number in range(200)]
