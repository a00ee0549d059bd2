"""The past over ingest's socket: what the store gives, and no more than an error when it does not answer."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from city.errors import StoreUnavailable
from city.history import HistoryStore, Past
from liandong.backtest.told import told_past
from liandong.past_frame import PastLost
from liandong.past_telling import past_told
from storage.duckdb import DuckdbHistory
from tests.support.history import NAMES, START_NS, aggregation, arrivals, event, row
from tests.support.history_stores import WIDE


@pytest.fixture
def history(tmp_path: Path) -> Iterator[HistoryStore]:
    store = DuckdbHistory(tmp_path / "readings.duckdb", NAMES, aggregation=aggregation)
    rows = [row(1 + number % 3, 1, number, number / 3) for number in range(500)]
    store.append([(1, arrivals(*rows, events=(event(2, "intrusion", 9),)))], 1)
    yield store
    store.close()


def shown(past: Past) -> tuple[object, ...]:
    return past.until_ns, past.arrivals.readings.to_bytes(), past.arrivals.events, past.sensors, past.quantities


def test_past_that_is_told_is_the_past_of_the_store(history: HistoryStore, tmp_path: Path) -> None:
    span = START_NS, START_NS + 3600 * 10**9
    with past_told(history, tmp_path / "past.sock"), told_past(tmp_path / "past.sock") as told:
        assert [shown(past) for past in told.past(*span)] == [shown(past) for past in history.past(*span)]
        assert told.oldest_ns() == history.oldest_ns()


def test_one_who_leaves_in_the_middle_does_not_keep_the_next_from_asking(history: HistoryStore, tmp_path: Path) -> None:
    with past_told(history, tmp_path / "past.sock"):
        with told_past(tmp_path / "past.sock") as told:
            next(told.past(START_NS, WIDE[1]))
        with told_past(tmp_path / "past.sock") as told:
            assert told.oldest_ns() == history.oldest_ns()


def test_store_that_does_not_answer_is_told_as_that(history: HistoryStore, tmp_path: Path) -> None:
    history.close()
    with (
        past_told(history, tmp_path / "past.sock"),
        told_past(tmp_path / "past.sock") as told,
        pytest.raises(StoreUnavailable, match="closed"),
    ):
        told.oldest_ns()


def test_fault_in_an_answer_ends_that_one_only(
    history: HistoryStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: int) -> Iterator[Past]:
        raise ValueError

    monkeypatch.setattr(history, "past", fail)
    with past_told(history, tmp_path / "past.sock"):
        with told_past(tmp_path / "past.sock") as told, pytest.raises(PastLost):
            next(told.past(START_NS, WIDE[1]))
        with told_past(tmp_path / "past.sock") as told:
            assert told.oldest_ns() == history.oldest_ns()


def test_nobody_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="ingest does not tell the past"), told_past(tmp_path / "past.sock"):
        pass
