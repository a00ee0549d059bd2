import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from city.entry import Arrivals, Journaled, Tick
from city.history import LatestReading
from city.reading import ReadingBatch
from ingest import latest as latest_module
from ingest.latest import Latest


class Names:
    def sensor(self, number: int) -> str:
        return f"s{number}"

    def quantity(self, number: int) -> str:
        return f"q{number}"


def batch(*rows: tuple[int, int, int, float]) -> ReadingBatch:
    return ReadingBatch.of([(sensor, quantity, time, 1000 + time, value, 0) for sensor, quantity, time, value in rows])


def values(readings: list[LatestReading]) -> dict[tuple[str, str], float]:
    return {(one.sensor, one.quantity): one.value for one in readings}


rows = st.tuples(st.integers(1, 5), st.integers(1, 3), st.integers(0, 6), st.floats(0, 9))


@given(st.lists(st.lists(rows, max_size=12), max_size=6))
def test_latest_agrees_with_a_plain_dictionary(batches):
    latest = Latest(Names())
    known: dict[tuple[int, int], tuple[int, float]] = {}
    for one in batches:
        latest.take(batch(*one))
        for sensor, quantity, time, value in one:
            if (sensor, quantity) not in known or time >= known[sensor, quantity][0]:
                known[sensor, quantity] = time, value

    expected = {(f"s{sensor}", f"q{quantity}"): value for (sensor, quantity), (_, value) in known.items()}
    assert values(latest.of(latest.sensors())) == expected
    assert values(latest.of(range(10))) == expected


def test_late_reading_never_rewinds():
    latest = Latest(Names())
    latest.take(batch((1, 1, 50, 5.0)))
    latest.take(batch((1, 1, 40, 4.0)))

    assert latest.of(latest.sensors()) == [LatestReading("s1", "q1", 50, 1050, 5.0, 0)]


def test_entry_without_readings_changes_nothing():
    latest = Latest(Names())
    latest.apply(Journaled(1, Tick(5)))
    latest.apply(Journaled(2, Arrivals(ReadingBatch.empty())))

    assert latest.of(latest.sensors()) == []


def test_of_returns_only_the_sensors_asked_for():
    latest = Latest(Names())
    latest.apply(Journaled(1, Arrivals(batch((1, 1, 1, 1.0), (1, 2, 1, 2.0), (2, 1, 1, 3.0), (900, 1, 1, 4.0)))))

    assert values(latest.of([1, 900, 77, 5000])) == {("s1", "q1"): 1.0, ("s1", "q2"): 2.0, ("s900", "q1"): 4.0}


def test_news_are_what_changed_since_they_were_told():
    latest = Latest(Names())
    latest.take(batch((1, 1, 1, 1.0)))
    with latest.news() as news:
        latest.take(batch((1, 1, 2, 2.0), (2, 1, 1, 3.0)))
        first = values(news.take(100))
        latest.take(batch((2, 1, 2, 4.0), (2, 1, 3, 5.0), (1, 1, 1, 9.0)))

        assert first == {("s1", "q1"): 2.0, ("s2", "q1"): 3.0}
        assert values(news.take(100)) == {("s2", "q1"): 5.0}
        assert news.take(100) == []


def test_series_that_changes_seldom_is_told_among_many_that_change_always():
    latest = Latest(Names())
    busy = [(number, 1, 1, 1.0) for number in range(1, 100)]
    with latest.news() as news:
        latest.take(batch(*busy, (100, 1, 1, 7.0)))
        told: list[str] = []
        for _ in range(12):
            told += [one.sensor for one in news.take(10)]
            latest.take(batch(*busy))

    assert len(told) == 120
    assert told.count("s100") == 1
    assert set(told) == {f"s{number}" for number in range(1, 101)}


@given(
    turns=st.lists(st.tuples(st.sets(st.integers(1, 20)), st.integers(1, 8)), max_size=12),
    part=st.integers(1, 25),
)
def test_news_wait_for_one_round_at_most_however_they_are_looked_at(turns, part):
    latest = Latest(Names())
    waiting: dict[str, int] = {}
    with pytest.MonkeyPatch.context() as patched, latest.news() as news:
        patched.setattr(latest_module, "_PART", part)
        for changed, limit in turns:
            latest.take(batch(*((number, 1, 1, 1.0) for number in changed)))
            waiting = {**{f"s{number}": 0 for number in changed}, **waiting}

            told = [one.sensor for one in news.take(limit)]

            assert len(set(told)) == len(told) == min(limit, len(waiting))
            assert set(told) <= set(waiting)
            waiting = {sensor: looks + limit for sensor, looks in waiting.items() if sensor not in told}
            assert all(looks < 20 for looks in waiting.values())


def test_series_are_told_in_pages_in_order_of_first_hearing():
    latest = Latest(Names())
    latest.take(batch((2, 1, 1, 1.0)))
    latest.take(batch((1, 3, 1, 1.0), (2, 1, 2, 2.0)))
    latest.take(batch((1, 2, 1, 1.0)))

    pages = [latest.series(after, 2) for after in (0, 2, 4)]

    assert pages == [[("s2", "q1"), ("s1", "q3")], [("s1", "q2")], []]


def test_news_end_with_their_block():
    latest = Latest(Names())
    with latest.news() as news:
        pass
    latest.take(batch((1, 1, 1, 1.0)))

    assert news.take(10) == []


@pytest.mark.parametrize("size", [1, 511, 512, 513, 5000])
def test_many_series_keep_their_own_values(size):
    latest, numbers = Latest(Names()), np.arange(1, size + 1)
    latest.take(
        batch(*((int(number), 1, 1, float(number)) for number in np.random.default_rng(1).permutation(numbers)))
    )

    assert values(latest.of(latest.sensors())) == {(f"s{number}", "q1"): float(number) for number in numbers}
    assert values(latest.of([size])) == {(f"s{size}", "q1"): float(size)}
