"""Sensors that say nothing, for the brief of a handover: ingest knows them."""

from collections.abc import Iterable

import anyio.to_thread
import structlog

from api.services import Services
from city.errors import StoreUnavailable
from city.sensor import Sensor
from linkage.admission.evidence import DRILL_TAG
from linkage.roster.brief import StuckLine

log = structlog.get_logger()

#: States of a sensor that says nothing.
STUCK = frozenset({"silent", "offline", "unknown"})


async def stuck_sensors(desk: Services, department: str) -> list[StuckLine] | None:
    """Return the sensors that a department keeps and that say nothing; all of them for a desk; None while unknown."""
    try:
        states = await desk.given.feed.states()
    except StoreUnavailable as error:
        log.info("brief_without_sensors", store=error.store, cause=error.cause)
        return None
    snapshot = await anyio.to_thread.run_sync(desk.directory.fresh)
    kept = {sensor.id for sensor in _of(snapshot.sensors, department, desk) if DRILL_TAG not in sensor.tags}
    return [
        StuckLine(sensor=name, state=state) for name, state in sorted(states.items()) if state in STUCK and name in kept
    ]


def _of(sensors: Iterable[Sensor], department: str, desk: Services) -> Iterable[Sensor]:
    axes = {known.id: known.axis for known in desk.given.city.city.departments}
    if axes.get(department) != "department":
        return sensors
    return (one for one in sensors if department in {one.maintainer, one.owner, one.authority})
