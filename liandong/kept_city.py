"""A city that is not running, as its data folder has kept it: what explaining asks of a running one, asked of files."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager, closing, contextmanager
from functools import partial

from api.explaining import LONGEST_NS, Memory
from city.catalogue import default_catalogue
from city.clock import SystemClock
from city.errors import StoreUnavailable
from city.feed import Concerned
from city.history import HistoryStore, KeptEvent, LatestReading, Series, SeriesQuery
from ingest.identity import Identity
from ingest.journal import Journal
from liandong.city_folder import read_city
from liandong.concerns import Concerns
from liandong.folder import FolderTaken
from liandong.link.client import linked
from liandong.recalled import recalled_numbers
from liandong.series_telling import SeriesTelling
from liandong.settings import Settings
from rules.checkpoint_file import CheckpointFile
from rules.engine import Engine
from storage.history import open_history


class KeptCity:
    """Implements `api.explaining.Memory` on files that nobody else has open."""

    def __init__(self, engine: Engine, concerns: Concerns, history: HistoryStore, telling: SeriesTelling) -> None:
        self._engine, self._concerns, self._history, self._telling = engine, concerns, history, telling

    async def concerned(self, rule: str, sensor: str) -> Concerned:
        """Return what a rule of the book that was in force last looks at; raises NotFound."""
        found = self._concerns.of(self._engine, rule, sensor)
        return await asyncio.to_thread(self._concerns.with_connections, found)

    async def latest(self, sensors: Sequence[str]) -> list[LatestReading]:
        """Return the newest reading of every series of these sensors that was written to the history."""
        since_ns = max(0, SystemClock().now_ns() - LONGEST_NS)
        newest = await asyncio.to_thread(self._history.newest, since_ns)
        return [one for one in newest.readings() if one.sensor in set(sensors)]

    async def readings(self, query: SeriesQuery) -> Series:
        """Return one series."""
        return await self._telling.readings(query)

    async def events(self, sensor: str, start_ns: int, end_ns: int, limit: int) -> list[KeptEvent]:
        """Return a sensor's events, newest first."""
        return await self._telling.events(sensor, start_ns, end_ns, limit)


@asynccontextmanager
async def remembered(settings: Settings) -> AsyncIterator[Memory]:
    """Yield the running city of a data folder, or what the folder has kept of one that is not running.

    While files are read here, no ingest can start on them.

    Raises:
        StoreUnavailable: an ingest has the files and does not answer, or there is nothing to read.
    """
    async with linked(settings.folder.socket) as running:
        if running.connected:
            yield running
            return
    with kept_city(settings) as kept:
        yield kept


@contextmanager
def kept_city(settings: Settings) -> Iterator[KeptCity]:
    """Yield what a data folder has kept of a city that is not running.

    Raises:
        StoreUnavailable: an ingest has the files, or there is nothing to read.
        DamagedCheckpoint: the rules' state cannot be read.
    """
    folder, clock = settings.folder, SystemClock()
    place = folder.ingest
    if not (place / "rules.sqlite").is_file():
        raise StoreUnavailable("city", f"none runs on `{folder.root}`, and none has kept its rules there")
    with ExitStack() as opened:
        try:
            opened.enter_context(folder.held("ingest"))
        except FolderTaken as error:
            raise StoreUnavailable("ingest", "it does not answer, and its files are its own meanwhile") from error
        catalogue = read_city(settings.city).catalogue
        identity = opened.enter_context(closing(Identity(place / "identity.sqlite", partial(recalled_numbers, place))))
        history = open_history(settings.history, folder.history, names=identity, catalogue=catalogue, clock=clock)
        opened.callback(history.close)
        checkpoint = opened.enter_context(closing(CheckpointFile.open(place / "rules.sqlite", first_number=0)))
        head, context = checkpoint.head(), checkpoint.context()
        if head is None or context is None:
            raise StoreUnavailable("city", f"no rules were ever in force on `{folder.root}`")
        engine = Engine(default_catalogue())
        engine.restore(context)
        engine.listening = head.listening
        written = history.position()
        readers = {"history": written, "rules": head.position}
        journal = opened.enter_context(closing(Journal(place / "journal", settings.ingest.journal, readers=readers)))
        concerns = Concerns(journal, clock, settings.history.retention_days)
        telling = opened.enter_context(closing(SeriesTelling(identity, history, journal, lambda: written)))
        yield KeptCity(engine, concerns, history, telling)
