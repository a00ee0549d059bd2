"""Tells what series and sensors said: what the history store has, with what lies in the journal and not yet there."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

from city.history import HistoryStore, KeptEvent, Series, SeriesQuery
from ingest.identity import Identity
from ingest.journal import Journal
from liandong.unwritten import Unwritten

#: Questions that are looked up at once. They have threads of their own: where the store is silent each waits until it
#: counts as away, and what follows the registry must not wait behind them.
_AT_ONCE = 6

Given = ParamSpec("Given")
Found = TypeVar("Found")


class SeriesTelling:
    """Reads history and journal in threads; `written` returns up to which position the store has the journal."""

    def __init__(self, identity: Identity, history: HistoryStore, journal: Journal, written: Callable[[], int]) -> None:
        self._identity, self._history = identity, history
        self._unwritten, self._written = Unwritten(journal), written
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="ingest.series")

    def close(self) -> None:
        """Begin nothing more; what waits is given up."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def readings(self, query: SeriesQuery) -> Series:
        """Return one series from history, raw ones with what is not yet written there."""
        sensor = self._identity.known_sensor(query.sensor)
        quantity = self._identity.known_quantity(query.quantity)
        after = self._written()
        series = await self._beside(self._history.readings, query)
        if sensor is None or quantity is None:
            return series
        return await self._beside(self._unwritten.with_readings, series, query, (sensor, quantity), after)

    async def events(self, sensor: str, start_ns: int, end_ns: int, limit: int) -> list[KeptEvent]:
        """Return a sensor's events, newest first."""
        number = self._identity.known_sensor(sensor)
        after = self._written()
        kept = await self._beside(self._history.events, sensor, start_ns, end_ns, limit)
        if number is None:
            return kept
        new = await self._beside(self._unwritten.events, sensor, number, range(start_ns, end_ns), after)
        merged = {(event.time_ns, event.event): event for event in [*kept, *new]}
        return sorted(merged.values(), key=lambda event: (-event.time_ns, event.event))[:limit]

    async def _beside(self, look: Callable[Given, Found], *args: Given.args, **kwargs: Given.kwargs) -> Found:
        """Look something up in a thread."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, partial(look, *args, **kwargs))
