"""The history's file is broken: what the journal holds comes back, what it does not hold is told, and nothing stops."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from random import Random

import pytest

from city.clock import SystemClock
from city.entry import Arrivals, Tick
from city.history import Resolution, SeriesQuery
from city.reading import ReadingBatch
from ingest.config import DrainSettings, IngestSettings, JournalSettings, MqttSettings
from ingest.drain import Drain
from ingest.history_writer import HistorySink
from ingest.identity import Identity
from ingest.journal import Journal
from ingest.service import IngestService, Parts
from ingest.set_aside import SetAside
from storage import duckdb as duckdb_store
from storage.duckdb import DuckdbHistory
from tests.support.history import NAMES, START_NS
from tests.support.ingesting import NativeNormaliser, RecordingJudge

SMALL = JournalSettings(segment_bytes=64 * 2**10, min_free_bytes=0)
SETTINGS = IngestSettings(
    mqtt=MqttSettings(url="mqtt://127.0.0.1:1", backoff_first_s=60, backoff_cap_s=60), journal=SMALL
)


def batch(number: int, rows: int = 400) -> Arrivals:
    at = START_NS + number * 1_000_000
    return Arrivals(ReadingBatch.of([(1, 1, at + place, at, float(number * 1000 + place), 0) for place in range(rows)]))


def kept(history: DuckdbHistory) -> list[float]:
    return history.readings(SeriesQuery("air-1", "pm25", 0, 2**62, Resolution.RAW, 1_000_000)).value


def write(journal: Journal, history: DuckdbHistory, numbers: range) -> None:
    """Bring batches through the journal into the store, giving back what both have passed."""
    drain = Drain(HistorySink(history), journal, DrainSettings(rows=1), Random(1))
    for number in numbers:
        journal.append([Tick(START_NS + number * 1_000_000), batch(number)])
        while drain.step():
            continue
        journal.pin("history", history.settled())
        journal.passed("history", drain.position)
    drain._reader.close()


@contextmanager
def journal_in(folder: Path, position: int) -> Iterator[Journal]:
    journal = Journal(folder, SMALL, readers={"history": position})
    try:
        yield journal
    finally:
        journal.close()


def test_damaged_log_loses_nothing_as_the_journal_keeps_what_is_only_there(tmp_path, monkeypatch):
    monkeypatch.setattr(duckdb_store, "_CHECKPOINT", "128KB")
    path, crashed = tmp_path / "readings.duckdb", tmp_path / "crashed"
    history = DuckdbHistory(path, NAMES)
    with journal_in(tmp_path / "journal", 0) as journal:
        write(journal, history, range(60))
        last = 60
        while history._file.log_bytes < 30_000:
            write(journal, history, range(last, last + 1))
            last += 1
        given_back = journal.given_back
        shutil.copytree(tmp_path / "journal", crashed / "journal")
        for each in tmp_path.glob("readings*"):
            shutil.copy(each, crashed)
    history.close()
    log = crashed / "readings.duckdb.wal"
    data = log.read_bytes()
    middle = len(data) // 2
    log.write_bytes(data[:middle] + b"\xff" * 100 + data[middle + 100 :])

    again = DuckdbHistory(crashed / "readings.duckdb", NAMES)
    fell_back = again.position()
    with journal_in(crashed / "journal", fell_back) as journal:
        write(journal, again, range(last, last + 1))

    assert 0 < given_back <= fell_back < 2 * last
    assert kept(again) == [float(number * 1000 + place) for number in range(last + 1) for place in range(400)]
    again.close()


@pytest.mark.parametrize(
    "ruin",
    [
        pytest.param(lambda path: path.write_bytes(b"x" * 50_000), id="overwritten"),
        pytest.param(lambda path: path.unlink(), id="gone"),
    ],
)
def test_broken_file_is_filled_again_as_far_as_the_journal_reaches_and_the_rest_is_told(
    tmp_path: Path, ruin: Callable[[Path], None]
) -> None:
    path = tmp_path / "history" / "readings.duckdb"
    history = DuckdbHistory(path, NAMES)
    with journal_in(tmp_path / "journal", 0) as journal:
        write(journal, history, range(40))
        history._settle()
        write(journal, history, range(40, 41))
        lost = journal.given_back
    history.close()
    ruin(path)

    again = DuckdbHistory(path, NAMES)
    for _ in range(2):
        troubles = refilled(tmp_path, again, SetAside("history_set_aside", path.parent, "*.broken-*"))

    assert 0 < lost < 82
    assert kept(again)[-1] == 40_399.0
    assert len(kept(again)) == (82 - lost) // 2 * 400
    assert troubles["history_misses"].startswith("? - 2026-11-20T08:00:00.")
    assert ("history_set_aside" in troubles) == bool(list(path.parent.glob("*.broken-*")))
    again.close()


def refilled(folder: Path, history: DuckdbHistory, aside: SetAside) -> dict[str, str]:
    """Start ingest, fill the store from the journal, and return what ingest told of trouble at the start."""
    with closing(Identity(folder / "identity.sqlite")) as identity:
        judge = RecordingJudge(position=82)
        parts = Parts(identity, NativeNormaliser(identity), judge, history, SystemClock(), set_aside=(aside,))
        with closing(IngestService(folder, SETTINGS, parts, filters=["city/#"])) as service:
            troubles = {trouble.kind: trouble.detail for trouble in service.troubles()}
            while service.history.step():
                continue
            service.history._reader.close()
    return troubles
