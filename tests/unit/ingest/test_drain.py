import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

import pytest
from prometheus_client import REGISTRY

from city.entry import Arrivals, Tick
from city.errors import StoreUnavailable
from city.reading import ReadingBatch
from ingest.config import DrainSettings, JournalSettings
from ingest.drain import Drain
from ingest.history_writer import HistorySink
from ingest.journal import Journal
from tests.support.ingesting import MemoryHistory

SETTINGS = JournalSettings(segment_bytes=64 * 2**10, min_free_bytes=0)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    journal = Journal(tmp_path, SETTINGS, readers={"history": 0})
    yield journal
    journal.close()


def readings(value: int, count: int = 1) -> Arrivals:
    return Arrivals(ReadingBatch.of([(1, 1, value, value, float(value), 0)] * count))


def drain_of(journal: Journal, history: MemoryHistory, *, rows: int = 1000) -> Drain:
    settings = DrainSettings(rows=rows, pause_s=0.001, backoff_first_s=0.001, backoff_cap_s=0.002)
    return Drain(HistorySink(history), journal, settings, Random(1))


def test_step_brings_everything_into_the_store(journal):
    history = MemoryHistory()
    journal.append([readings(1), Tick(5)])
    journal.append([readings(2)])
    drain = drain_of(journal, history)

    assert not drain.step()

    assert (history.values(), history.upto, drain.position) == ([1.0, 2.0], 3, 3)
    drain._reader.close()


def test_many_small_entries_make_few_writes(journal):
    history = MemoryHistory()
    journal.append([readings(number, 10) for number in range(200)])
    drain = drain_of(journal, history, rows=1000)

    while drain.step():
        continue

    assert sum(history.appends) == 2000
    assert min(history.appends[:-1]) >= 1000
    drain._reader.close()


def test_nothing_new_writes_nothing(journal):
    history = MemoryHistory()
    journal.append([Tick(5)])
    drain = drain_of(journal, history)
    drain.step()
    drain.step()

    assert (history.appends, drain.position) == ([], 1)
    drain._reader.close()


def test_step_goes_on_where_the_store_left_off(journal):
    history = MemoryHistory(upto=1)
    journal.append([readings(1)])
    journal.append([readings(2)])
    drain = drain_of(journal, history)
    drain.step()

    assert history.values() == [2.0]
    drain._reader.close()


def test_store_that_is_away_loses_nothing(journal):
    history = MemoryHistory(away=True)
    journal.append([readings(1)])
    drain = drain_of(journal, history)
    with pytest.raises(StoreUnavailable):
        drain.step()
    history.away = False
    drain.step()
    history.away = True
    journal.append([readings(2)])
    with pytest.raises(StoreUnavailable):
        drain.step()
    history.away = False
    drain.step()

    assert history.values() == [1.0, 2.0]
    drain._reader.close()


@pytest.mark.parametrize(("asked_s", "waits_s"), [(0.0, 0.002), (20.0, 20.0), (9000.0, 300.0)])
def test_store_that_says_when_is_asked_again_then(journal, asked_s, waits_s):
    drain = drain_of(journal, MemoryHistory())

    pause_s = drain._failed(StoreUnavailable("history", "it is busy", again_s=asked_s))

    assert waits_s / 4 <= pause_s <= waits_s
    assert drain.error == "`history` is not available: it is busy"
    drain._reader.close()


async def test_run_tells_the_error_tries_again_and_gives_space_back(journal):
    history = MemoryHistory(away=True)
    for number in range(30):
        journal.append([readings(number, 500)])
    drain = drain_of(journal, history)
    async with asyncio.TaskGroup() as group:
        running = group.create_task(drain.run(), name="drain")
        await until(lambda: drain.error != "")
        said = drain.error
        history.away = False
        await until(lambda: drain.position == 30 and not drain.error)
        running.cancel()

    assert "told so by the test" in said
    assert len(history.values()) == 15_000
    assert len(journal._segments) == 1


class Faulty(MemoryHistory):
    """A history store that meets a mistake of ours while it is `away`."""

    def _answer(self) -> None:
        if self.away:
            raise ZeroDivisionError


async def test_mistake_of_ours_is_told_and_tried_again(journal):
    history = Faulty(away=True)
    journal.append([readings(1)])
    drain = drain_of(journal, history)
    async with asyncio.TaskGroup() as group:
        running = group.create_task(drain.run(), name="drain")
        await until(lambda: "ZeroDivisionError" in drain.error)
        history.away = False
        await until(lambda: drain.position == 1 and not drain.error)
        running.cancel()

    assert history.values() == [1.0]


async def test_pauses_grow_while_a_store_is_away_and_begin_anew_when_it_is_back(journal):
    history = MemoryHistory(away=True)
    settings = DrainSettings(pause_s=0.25, backoff_first_s=1, backoff_cap_s=64)
    drain = Drain(HistorySink(history), journal, settings, Random(1))
    before = errors()
    with ThreadPoolExecutor(1) as thread:
        pauses = []
        for away in (True, True, True, True, False, True):
            history.away = away
            journal.append([readings(1)])
            pauses.append(await drain._attempt(asyncio.get_running_loop(), thread))
        thread.submit(drain._reader.close).result()

    assert pauses[3] >= 4 > 1 >= pauses[0]
    assert (pauses[4], pauses[5] <= 1) == (0.25, True)
    assert errors() == before + 5


def errors() -> float:
    return REGISTRY.get_sample_value("ingest_drain_errors_total", {"store": "history"}) or 0.0


async def until(true) -> None:
    async with asyncio.timeout(10):
        while not true():  # noqa: ASYNC110 - the drain works in a thread, and tells nobody
            await asyncio.sleep(0)
