"""Follows the event log and hands what is new to the hub; its heart beats only while the log can be read."""

import asyncio

import anyio.to_thread
import structlog

from api.live import BEAT_S, Hub, Recorder
from city.errors import StoreUnavailable

log = structlog.get_logger()

#: Longest wait before the log is looked at again; another process may have written to it.
LOOK_EVERY_S = 0.25

#: Most changes handed out at a time.
BATCH = 500


class IncidentNews:
    """Hands out what the event log gains; `ring` may be called from any thread to look at once."""

    def __init__(self, hub: Hub, recorder: Recorder) -> None:
        self._hub, self._recorder = hub, recorder
        self._news = asyncio.Event()
        self._loop = asyncio.get_running_loop()

    async def start(self) -> None:
        """Begin at the end of the log as it stands now; raises StoreUnavailable."""
        self._hub.number = await anyio.to_thread.run_sync(self._recorder.newest)

    def ring(self, number: int) -> None:
        """Look at once."""
        del number
        self._loop.call_soon_threadsafe(self._news.set)

    async def run(self) -> None:
        """Follow for ever."""
        beat_at = 0.0
        while True:
            full = await self.look()
            if full is not None and self._loop.time() >= beat_at:
                self._hub.beat()
                beat_at = self._loop.time() + BEAT_S
            if not full:
                await self._wait()

    async def look(self) -> bool | None:
        """Hand out what is new; tell whether there may be more at once, or None when the log cannot be read."""
        try:
            changes = await anyio.to_thread.run_sync(self._recorder.after, self._hub.number, BATCH)
        except StoreUnavailable as error:
            log.warning("event_log_unavailable", error=str(error))
            return None
        self._hub.publish(changes)
        return len(changes) >= BATCH

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(LOOK_EVERY_S):
                await self._news.wait()
        except TimeoutError:
            return
        self._news.clear()
