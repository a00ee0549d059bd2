"""Lets the queue's memory follow the event log while nobody asks, so that who asks after a storm need not wait."""

import asyncio

import structlog

from city.errors import StoreUnavailable
from linkage.queue import Queue

log = structlog.get_logger()

#: Time between two looks, seconds: what a storm changes in it is read in some 20 ms.
FOLLOW_EVERY_S = 1.0


async def keep_up(queue: Queue) -> None:
    """Follow for ever."""
    while True:
        await asyncio.sleep(FOLLOW_EVERY_S)
        try:
            await asyncio.to_thread(queue.follow)
        except StoreUnavailable as error:
            log.warning("queue_not_followed", store=error.store, cause=error.cause)
