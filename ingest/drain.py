"""Fills a store from the journal, in a thread of its own, however long the store may be away."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from random import Random
from typing import NoReturn, Protocol

import structlog

from city.errors import StoreUnavailable
from ingest.backoff import Backoff
from ingest.config import DrainSettings
from ingest.journal import Journal
from ingest.journal_codec import Content, Record
from ingest.telemetry import DRAIN_ERRORS, DRAIN_SECONDS

log = structlog.get_logger(__name__)

#: Records read from the journal at once.
_PAGE = 64

#: The longest that a store may ask us to stay away, in seconds.
_LONGEST_S = 300.0


class Sink(Protocol):
    """A store that is filled from the journal; its calls block, and all run in the drain's thread."""

    @property
    def name(self) -> str:
        """Return the store's name in counters and logs, and as a reader of the journal."""
        ...

    @property
    def kinds(self) -> Sequence[type[Content]]:
        """Return the kinds of records that it wants."""
        ...

    def position(self) -> int:
        """Return the position up to which everything is kept; raises StoreUnavailable."""
        ...

    def weight(self, record: Record) -> int:
        """Return how many rows a record makes."""
        ...

    def keep(self, records: Sequence[Record], position: int) -> None:
        """Keep these, and that it has come to `position`; raises StoreUnavailable. A repeat changes nothing."""
        ...


class Drain:
    """One store's way through the journal.

    Attributes:
        position: up to which the store keeps everything.
        error: why the store does not take anything now; empty while it does.
    """

    def __init__(self, sink: Sink, journal: Journal, settings: DrainSettings, random: Random) -> None:
        self._sink, self._journal, self._settings = sink, journal, settings
        self._reader = journal.reader(sink.kinds)
        self._backoff = Backoff(settings.backoff_first_s, settings.backoff_cap_s, random)
        self._started = False
        self.position = 0
        self.error = ""

    async def run(self) -> NoReturn:
        """Drain until cancelled; what the journal holds then is drained by the next run."""
        loop = asyncio.get_running_loop()
        with ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"ingest.{self._sink.name}") as thread:
            try:
                while True:
                    pause_s = await self._attempt(loop, thread)
                    await asyncio.sleep(pause_s)
            finally:
                thread.submit(self._reader.close)

    def step(self) -> bool:
        """Write once and return whether more was waiting; blocks.

        Raises:
            StoreUnavailable: the store did not take it; the next call tries the same again.
        """
        if not self._started:
            self.position = self._sink.position()
            self._started = True
        records, upto, more = self._collect()
        if records:
            with DRAIN_SECONDS.labels(self._sink.name).time():
                self._sink.keep(records, upto)
        self.position = upto
        return more

    async def _attempt(self, loop: asyncio.AbstractEventLoop, thread: ThreadPoolExecutor) -> float:
        """Make one step and return how long to wait before the next, in seconds."""
        try:
            more = await loop.run_in_executor(thread, self.step)
        except StoreUnavailable as error:
            return self._failed(error)
        except Exception as fault:
            # A mistake of ours costs the store its time, and not the city its alarms: who judges lives in this process.
            log.exception("store_fault", store=self._sink.name)
            cause = f"a fault, described in the log: {type(fault).__name__}"
            return self._failed(StoreUnavailable(self._sink.name, cause))
        if self.error:
            log.info("store_back", store=self._sink.name)
        self.error = ""
        self._backoff.reset()
        self._journal.passed(self._sink.name, self.position)
        return 0.0 if more else self._settings.pause_s

    def _failed(self, error: StoreUnavailable) -> float:
        DRAIN_ERRORS.labels(self._sink.name).inc()
        if not self.error:
            log.warning("store_away", store=self._sink.name, error=str(error))
        self.error = str(error)
        return max(self._backoff.next_s(), min(error.again_s, _LONGEST_S))

    def _collect(self) -> tuple[list[Record], int, bool]:
        """Return records for one write, the position that they reach, and whether it is full."""
        records: list[Record] = []
        weight, upto = 0, self.position
        while weight < self._settings.rows:
            page = self._reader.read(upto, _PAGE)
            records += page.records
            weight += sum(map(self._sink.weight, page.records))
            upto = page.upto
            if len(page.records) < _PAGE and upto >= self._journal.position:
                return records, upto, False
        return records, upto, True
