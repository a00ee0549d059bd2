"""Registered sensors, with their state and newest readings."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Annotated

import anyio.to_thread
from fastapi import APIRouter, Depends, Query
from pydantic import Field

from api.errors import documented
from api.fields import ID_PATTERN, LONGEST_WORD, NAME_PATTERN, SensorId
from api.guard import Reads
from api.latest import values_of
from api.page import FromWord, Page, next_key
from api.permissions import Right
from api.scope import sees_district
from api.sensor_view import SensorColumns, SensorState, SensorView, view_of
from api.services import Desk, Services
from api.sessions import Session
from city.errors import NotFound, StoreUnavailable
from city.history import LatestReading
from city.level import Domain
from city.sensor import Sensor
from linkage.admission.evidence import DRILL_TAG

router = APIRouter(prefix="/sensors", tags=["sensors"])

Reader = Annotated[Session, Depends(Reads(Right.SEE_CITY))]
_Word = Annotated[str | None, Field(max_length=LONGEST_WORD, pattern=ID_PATTERN)]


class Wanted(FromWord):
    """Which sensors; what is not given asks for nothing in particular."""

    domain: Domain | None = None
    district: _Word = None
    site: _Word = None
    kind: _Word = None
    state: SensorState | None = None
    q: Annotated[str | None, Field(max_length=100, pattern=NAME_PATTERN, description="Part of id, name or site.")] = (
        None
    )

    def matches(self, sensor: Sensor, state: SensorState) -> bool:
        """Tell whether a sensor is wanted."""
        return (
            self.domain in {None, sensor.domain}
            and self.district in {None, sensor.district}
            and self.site in {None, sensor.site}
            and self.kind in {None, sensor.kind}
            and self.state in {None, state}
            and self._is_named(sensor)
        )

    def _is_named(self, sensor: Sensor) -> bool:
        text = f"{sensor.id} {sensor.name} {sensor.name_en} {sensor.site}".lower()
        return all(word in text for word in (self.q or "").lower().split())


@router.get("", responses=documented(401, 403))
async def sensors(desk: Desk, reader: Reader, wanted: Annotated[Wanted, Query()]) -> Page[SensorView]:
    """List sensors in order of id."""
    mine = await visible(desk, reader)
    fitting = (one for one in mine if one.id > wanted.after and wanted.matches(one, state_of(desk, one.id)))
    found = list(islice(fitting, wanted.limit))
    return Page(items=await views(desk, found), next=next_key([sensor.id for sensor in found], wanted.limit))


@router.get("/map", responses=documented(401, 403))
async def sensor_map(desk: Desk, reader: Reader) -> SensorColumns:
    """List every sensor in columns, for the map."""
    found = list(await visible(desk, reader))
    places = [sensor.place if sensor.place is not None else (None, None) for sensor in found]
    return SensorColumns(
        ids=[sensor.id for sensor in found],
        names=[sensor.name for sensor in found],
        names_en=[sensor.name_en for sensor in found],
        domains=[sensor.domain for sensor in found],
        kinds=[sensor.kind for sensor in found],
        districts=[sensor.district for sensor in found],
        longitudes=[longitude for longitude, _ in places],
        latitudes=[latitude for _, latitude in places],
        states=[state_of(desk, sensor.id) for sensor in found],
    )


@router.get("/{sensor:path}", responses=documented(401, 403, 404))
async def sensor(desk: Desk, reader: Reader, sensor: SensorId) -> SensorView:
    """Show one sensor."""
    return (await views(desk, [await visible_one(desk, reader, sensor)]))[0]


async def visible(desk: Services, session: Session) -> Iterable[Sensor]:
    """Return the sensors that this session may see, in order of id; those that play in exercises are in no list."""
    snapshot = await anyio.to_thread.run_sync(desk.directory.fresh)
    return (
        sensor
        for sensor in snapshot.sensors
        if DRILL_TAG not in sensor.tags and sees_district(session.user, sensor.district)
    )


async def visible_one(desk: Services, session: Session, sensor: str) -> Sensor:
    """Return one sensor; raises NotFound when there is none or it is not this session's to see."""
    found = await anyio.to_thread.run_sync(desk.directory.find, sensor)
    if not sees_district(session.user, found.district):
        raise NotFound("sensor", sensor)
    return found


async def views(desk: Services, sensors: Sequence[Sensor]) -> list[SensorView]:
    """Return views of sensors; while ingest is away they have no readings and their state is unknown."""
    latest: defaultdict[str, list[LatestReading]] = defaultdict(list)
    try:
        readings = await desk.given.feed.latest([sensor.id for sensor in sensors]) if sensors else []
    except StoreUnavailable:
        readings = []
    for reading in readings:
        latest[reading.sensor].append(reading)
    city = desk.given.city
    return [view_of(one, state_of(desk, one.id), values_of(latest[one.id], city)) for one in sensors]


def state_of(desk: Services, sensor: str) -> SensorState:
    """Return a sensor's state as ingest told it last."""
    return SensorState.of(desk.sensor_news.state(sensor))
