from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from city.entry import Arrivals, SensorEvent
from city.history import Resolution, Series, SeriesQuery
from city.quality import Quality
from city.reading import ReadingBatch
from ingest.config import JournalSettings
from ingest.journal import Journal
from liandong.unwritten import Unwritten

QUERY = SeriesQuery("air-1", "pm25", 100, 200, Resolution.RAW, 10)
EMPTY = Series("air-1", "pm25", Resolution.RAW, [], [], [], [], [], [])


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    journal = Journal(tmp_path / "journal", JournalSettings(min_free_bytes=0), readers={})
    yield journal
    journal.close()


def said(*readings: tuple[int, int, int, float]) -> Arrivals:
    """Return arrivals of (sensor, quantity, time, value)."""
    return Arrivals(ReadingBatch.of([(sensor, quantity, at, at, value, 0) for sensor, quantity, at, value in readings]))


def found(journal: Journal, series: Series = EMPTY, query: SeriesQuery = QUERY, after: int = 0) -> Series:
    return Unwritten(journal).with_readings(series, query, (1, 2), after)


def test_readings_of_this_series_and_span_are_added_in_order(journal: Journal) -> None:
    journal.append([said((1, 2, 150, 5.0), (1, 2, 120, 2.0), (1, 3, 130, 9.0), (7, 2, 130, 9.0), (1, 2, 200, 9.0))])

    series = found(journal)

    assert (series.time_ns, series.value, series.count) == ([120, 150], [2.0, 5.0], [1, 1])
    assert not series.truncated


def test_later_word_on_a_moment_wins(journal: Journal) -> None:
    kept = replace(EMPTY, time_ns=[110], value=[1.0], minimum=[1.0], maximum=[1.0], count=[1], quality=[8])
    journal.append([said((1, 2, 110, 2.0))])
    journal.append([said((1, 2, 110, 3.0))])

    series = found(journal, kept)

    assert (series.time_ns, series.value, series.maximum, series.quality) == ([110], [3.0], [3.0], [0])


def test_what_history_has_is_not_read_again(journal: Journal) -> None:
    journal.append([said((1, 2, 110, 2.0))])
    after = journal.position
    journal.append([said((1, 2, 120, 3.0))])

    assert found(journal, after=after).time_ns == [120]


def test_limit_cuts_the_newest(journal: Journal) -> None:
    journal.append([said(*((1, 2, 100 + number, float(number)) for number in range(20)))])

    series = found(journal)

    assert (series.time_ns, series.truncated) == (list(range(100, 110)), True)


def test_rolled_up_series_stays_as_it_is(journal: Journal) -> None:
    journal.append([said((1, 2, 110, 2.0))])
    hours = replace(EMPTY, resolution=Resolution.HOUR)

    assert found(journal, hours) is hours


def test_events_of_this_sensor_and_span_are_found(journal: Journal) -> None:
    events = (SensorEvent(1, "intrusion", 150, 151), SensorEvent(1, "intrusion", 250, 251), SensorEvent(2, "x", 150, 1))
    journal.append([Arrivals(ReadingBatch.empty(), events)])

    [event] = Unwritten(journal).events("cam-1", 1, range(100, 200), 0)

    assert (event.sensor, event.event, event.time_ns, event.arrival_ns) == ("cam-1", "intrusion", 150, 151)


def test_a_repeated_reading_leaves_the_first_as_it_came(journal: Journal) -> None:
    again = ReadingBatch.of([(1, 2, 150, 190, 5.0, int(Quality.DUPLICATE))])
    journal.append([said((1, 2, 150, 5.0)), Arrivals(again)])

    series = found(journal)

    assert (series.arrival_ns, series.quality) == ([150], [0])
