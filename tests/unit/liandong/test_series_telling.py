"""Charts of a store that is silent hold up nothing but charts."""

import asyncio
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Event

import pytest

from city.history import Resolution, Series, SeriesQuery
from ingest.config import JournalSettings
from ingest.identity import Identity
from ingest.journal import Journal
from liandong.series_telling import SeriesTelling
from tests.support.ingesting import MemoryHistory

QUERY = SeriesQuery("air-1", "pm25", 0, 1, Resolution.RAW, 10)


class Silent(MemoryHistory):
    """A store that answers nobody before it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.let = Event()

    def readings(self, query: SeriesQuery) -> Series:
        self.let.wait(10)
        return Series(query.sensor, query.quantity, query.resolution, [], [], [], [], [], [])


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with closing(Journal(tmp_path / "journal", JournalSettings(min_free_bytes=0), readers={})) as journal:
        yield journal


async def test_threads_of_others_are_free_while_charts_wait(tmp_path: Path, journal: Journal) -> None:
    history = Silent()
    with closing(Identity(tmp_path / "identity.sqlite")) as identity:
        telling = SeriesTelling(identity, history, journal, lambda: 0)
        async with asyncio.TaskGroup() as group:
            charts = [group.create_task(telling.readings(QUERY)) for _ in range(100)]
            await asyncio.sleep(0)
            async with asyncio.timeout(5):
                other = await asyncio.to_thread(lambda: "another's work")
            waiting = sum(not chart.done() for chart in charts)
            history.let.set()
        telling.close()

    assert (other, waiting) == ("another's work", 100)
    assert {chart.result().sensor for chart in charts} == {"air-1"}
