"""Keeps open streams honest: a stream lives as long as its session, and an open wall keeps its session in use."""

import asyncio

import anyio.to_thread
import structlog

from api.live import Hub
from api.sessions import Sessions
from city.errors import StoreUnavailable

log = structlog.get_logger()

#: Seconds between two looks at the sessions of open streams; signing out ends them at once.
LOOK_EVERY_S = 30.0


class StreamKeeper:
    """Ends the streams of sessions that ended."""

    def __init__(self, hub: Hub, sessions: Sessions) -> None:
        self._hub, self._sessions = hub, sessions

    async def run(self) -> None:
        """Look for ever."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            await self.look()

    async def look(self) -> None:
        """Look once."""
        keys = set(self._hub.sessions())
        if not keys:
            return
        try:
            alive = await anyio.to_thread.run_sync(self._sessions.use, keys)
        except StoreUnavailable as error:
            log.warning("sessions_not_checked", error=str(error))
            return
        self._hub.end_sessions(keys - alive, "session_ended")
