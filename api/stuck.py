"""Sensors that say nothing, for the brief of a handover: ingest knows them."""

import anyio.to_thread
import numpy as np
import structlog

from api.directory import Flags, Snapshot
from api.services import Services
from city.errors import StoreUnavailable
from city.feed import STATES_AT_ONCE, StatesPage
from linkage.roster.brief import StuckLine

log = structlog.get_logger()

#: States of a sensor that says nothing.
STUCK = frozenset({"silent", "offline", "unknown"})


async def stuck_sensors(desk: Services, department: str) -> list[StuckLine] | None:
    """Return the sensors that a department keeps and that say nothing; all of them for a desk; None while unknown."""
    snapshot = await anyio.to_thread.run_sync(desk.directory.fresh)
    kept = snapshot.real & _kept_by(desk, snapshot, department)
    found: list[StuckLine] = []
    page = StatesPage(0, ("",), more=True)
    try:
        while page.more:
            page = await desk.given.feed.states(page.ids[len(page.ids) - 1], STATES_AT_ONCE)
            found += await anyio.to_thread.run_sync(_stuck, snapshot, kept, page)
    except StoreUnavailable as error:
        log.info("brief_without_sensors", store=error.store, cause=error.cause)
        return None
    return sorted(found, key=lambda line: line.sensor)


def _stuck(snapshot: Snapshot, kept: Flags, page: StatesPage) -> list[StuckLine]:
    """Return who of a page says nothing and is kept."""
    told = [(sensor, state) for sensor, state in page.states().items() if state in STUCK]
    rows = snapshot.rows([sensor for sensor, _ in told]).tolist()
    return [
        StuckLine(sensor=name, state=state)
        for (name, state), row in zip(told, rows, strict=True)
        if row >= 0 and kept[row]
    ]


def _kept_by(desk: Services, snapshot: Snapshot, department: str) -> Flags:
    axes = {known.id: known.axis for known in desk.given.city.city.departments}
    every = axes.get(department) != "department"
    columns = ("maintainer", "owner", "authority")
    kept: Flags = np.logical_or.reduce(
        [snapshot.having(one, lambda word: every or word == department) for one in columns]
    )
    return kept
