"""Looking again and again at how the system is."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import NoReturn

import structlog

from city.errors import StoreUnavailable
from linkage.faults import faults_told

log = structlog.get_logger()


async def looking(name: str, every_s: float, look: Callable[[], Awaitable[object]]) -> NoReturn:
    """Look until cancelled; what does not answer, or meets a fault of ours, is looked at the next time."""
    while True:
        try:
            with faults_told(name):
                await look()
        except StoreUnavailable as error:
            log.info("look_waits", look=name, store=error.store, cause=error.cause)
        await asyncio.sleep(every_s)
