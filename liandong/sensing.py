"""What the desk knows of sensors' states: asked of ingest again and again, and forgotten when it is old."""

import asyncio

import structlog

from city.clock import SECOND_NS, Clock
from city.errors import StoreUnavailable
from city.feed import Feed

log = structlog.get_logger()

#: Time between two questions, and age at which an answer counts no more, seconds.
_EVERY_S, _OLD_S = 2.0, 15


class Sensing:
    """Holds the newest states; `state` may be called from any thread."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._known: tuple[int, dict[str, str]] = (0, {})

    def state(self, sensor: str) -> str:
        """Return a sensor's state; `unknown` while ingest is away."""
        at_ns, states = self._known
        if self._clock.now_ns() - at_ns > _OLD_S * SECOND_NS:
            return "unknown"
        return states.get(sensor, "unknown")

    async def follow(self, feed: Feed) -> None:
        """Ask until cancelled."""
        while True:
            try:
                states = await feed.states()
            except StoreUnavailable as error:
                log.debug("states_wait", cause=error.cause)
            else:
                self._known = (self._clock.now_ns(), states)
            await asyncio.sleep(_EVERY_S)
