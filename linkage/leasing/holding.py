"""Works while the lease is held, waits while it is not, and renews it in time."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from city.errors import StoreUnavailable
from linkage.leasing.lease import DESK, Lease, LeaseLost

log = structlog.get_logger()

#: Renewals and looks in the time of one lease: two may fail before it runs out.
_LOOKS = 3


async def while_held(lease: Lease, work: Callable[[], Awaitable[None]]) -> None:
    """Run `work` whenever the lease is held, until cancelled; work that meets LeaseLost ends and waits for its turn."""
    while True:
        await _until_held(lease)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(_run(work), name="desk.work")
                group.create_task(_renewing(lease), name="desk.lease")
        except* LeaseLost as lost:
            log.warning("lease_lost", turns=[str(error) for error in lost.exceptions])


async def _run(work: Callable[[], Awaitable[None]]) -> None:
    await work()


async def _until_held(lease: Lease) -> None:
    while True:
        if await _take(lease):
            return
        await asyncio.sleep(lease.seconds / _LOOKS)


async def _renewing(lease: Lease) -> None:
    while True:
        await asyncio.sleep(lease.seconds / _LOOKS)
        if await _take(lease) is False:
            raise LeaseLost(DESK, 0)


async def _take(lease: Lease) -> bool | None:
    """Take or renew; None when the database is away, which only the token will decide on afterwards."""
    try:
        return await asyncio.to_thread(lease.take)
    except StoreUnavailable as error:
        log.warning("lease_waits", store=error.store, cause=error.cause)
        return None
