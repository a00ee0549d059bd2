"""Registered sensors, with their state and newest readings."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Annotated

import anyio.to_thread
import numpy as np
from fastapi import APIRouter, Depends, Query
from numpy.typing import NDArray
from pydantic import Field

from api.directory import Flags, Snapshot
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
from city.census import Census
from city.errors import NotFound, StoreUnavailable
from city.history import LatestReading
from city.level import Domain
from city.sensor import Sensor

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

    def rows(self, desk: Services, snapshot: Snapshot, seen: Flags) -> Iterator[int]:
        """Yield the rows of those `seen` that are wanted, in order of id; takes a while, so in a thread."""
        for column, word in (
            ("domain", self.domain),
            ("district", self.district),
            ("site", self.site),
            ("kind", self.kind),
        ):
            if word is not None:
                seen = seen & snapshot.having(column, word.__eq__)
        if self.state is not None:
            seen = seen & desk.sensor_news.in_state(snapshot, self.state)
        rows = np.flatnonzero(seen)
        rows = rows[np.searchsorted(rows, snapshot.census.place_of(self.after)) :]
        for row in rows.tolist():
            if snapshot.id_of(row) > self.after and self._is_named(snapshot.census, row):
                yield row

    def _is_named(self, census: Census, row: int) -> bool:
        if not self.q:
            return True
        text = " ".join((*(census.texts[name][row] for name in ("id", "name", "name_en")), census.words["site"][row]))
        return all(word in text.lower() for word in self.q.lower().split())


@router.get("", responses=documented(401, 403))
async def sensors(desk: Desk, reader: Reader, wanted: Annotated[Wanted, Query()]) -> Page[SensorView]:
    """List sensors in order of id."""

    def find() -> list[Sensor]:
        snapshot = desk.directory.fresh()
        rows = wanted.rows(desk, snapshot, visible(snapshot, reader))
        return [snapshot.sensors[row] for row in islice(rows, wanted.limit)]

    found = await anyio.to_thread.run_sync(find)
    return Page(items=await views(desk, found), next=next_key([sensor.id for sensor in found], wanted.limit))


@router.get("/map", responses=documented(401, 403))
async def sensor_map(desk: Desk, reader: Reader) -> SensorColumns:
    """List every sensor in columns, for the map."""
    return await anyio.to_thread.run_sync(_columns, desk, reader)


def _columns(desk: Services, reader: Session) -> SensorColumns:
    snapshot = desk.directory.fresh()
    rows = np.flatnonzero(visible(snapshot, reader))
    seen, states = snapshot.census.take(rows), desk.sensor_news.states(snapshot)
    texts, words, numbers = seen.texts, seen.words, seen.numbers
    return SensorColumns.model_construct(
        ids=texts["id"].all(),
        names=texts["name"].all(),
        names_en=texts["name_en"].all(),
        domains=words["domain"].all(),
        kinds=words["kind"].all(),
        districts=words["district"].all(),
        longitudes=_degrees(numbers["longitude"]),
        latitudes=_degrees(numbers["latitude"]),
        states=[SensorState.of(states[row]) for row in rows.tolist()],
    )


def _degrees(column: NDArray[np.float64]) -> list[float | None]:
    return [number if number == number else None for number in column.tolist()]


@router.get("/{sensor:path}", responses=documented(401, 403, 404))
async def sensor(desk: Desk, reader: Reader, sensor: SensorId) -> SensorView:
    """Show one sensor."""
    return (await views(desk, [await visible_one(desk, reader, sensor)]))[0]


def visible(snapshot: Snapshot, session: Session) -> Flags:
    """Return which sensors this session may see in lists: none that play in exercises."""
    return snapshot.real & snapshot.having("district", lambda district: sees_district(session.user, district))


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
