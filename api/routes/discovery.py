"""Sensors that send but are not registered, and registering them."""

from dataclasses import replace
from datetime import date
from typing import Annotated

import anyio.to_thread
import structlog
from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from api.errors import documented
from api.fields import LONGEST_WORD, NAME_PATTERN, Id, Name, SensorId, Word
from api.guard import Changes, Reads
from api.page import FromWord, Page, next_key
from api.permissions import Right
from api.pictures import masked
from api.registering import tell_ingest
from api.routes.sensors import views
from api.sensor_view import SensorView
from api.services import Desk
from api.sessions import Session
from city.clock import iso
from city.component import ComponentState
from city.errors import Conflict, NotFound
from city.feed import Discovered
from city.level import Domain
from city.place import Place
from city.sensor import Sensor
from linkage.views import Moment

log = structlog.get_logger()

router = APIRouter(prefix="/discovery", tags=["discovery"])


class HeardView(BaseModel):
    """The beginning of a message, without what says who somebody is."""

    model_config = ConfigDict(frozen=True)

    time: Moment
    topic: str
    sample: str


class Proposal(BaseModel):
    """What a stranger would be registered as, by what it sent; empty where it told nothing."""

    model_config = ConfigDict(frozen=True)

    name: str
    domain: Domain
    kind: str
    longitude: float | None
    latitude: float | None
    interval_s: float | None
    quantities: tuple[str, ...]

    @classmethod
    def of(cls, sensor: Sensor) -> "Proposal":
        """Return the proposal to register `sensor`."""
        place = sensor.place
        return cls(
            name=sensor.name,
            domain=sensor.domain,
            kind=sensor.kind,
            longitude=place.longitude if place is not None else None,
            latitude=place.latitude if place is not None else None,
            interval_s=sensor.interval_s,
            quantities=sensor.quantities,
        )


class DiscoveredView(BaseModel):
    """A sensor that sends but is not registered."""

    model_config = ConfigDict(frozen=True)

    sensor: str
    first: Moment
    last: Moment
    messages: int
    topic: str
    quantities: tuple[str, ...]
    sample: str
    heard: tuple[HeardView, ...] = Field(description="Its last messages, the newest first.")
    proposed: Proposal | None

    @classmethod
    def of(cls, found: Discovered) -> "DiscoveredView":
        """Return the view of a stranger."""
        return cls(
            sensor=found.sensor,
            first=iso(found.first_ns),
            last=iso(found.last_ns),
            messages=found.messages,
            topic=found.topic,
            quantities=found.quantities,
            sample=masked(found.sample),
            heard=tuple(
                HeardView(time=iso(one.time_ns), topic=one.topic, sample=masked(one.sample)) for one in found.heard
            ),
            proposed=Proposal.of(found.proposed) if found.proposed is not None else None,
        )


class Adoption(BaseModel):
    """What a new sensor is registered as; what is left out is as proposed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=LONGEST_WORD, pattern=NAME_PATTERN)] | None = None
    name_en: Name = ""
    domain: Domain | None = None
    kind: Annotated[Id, Field(description="What it is, a word of the city's own.")] | None = None
    longitude: float | None = Field(None, ge=-180, le=180, description="WGS-84 degrees.")
    latitude: float | None = Field(None, ge=-90, le=90, description="WGS-84 degrees.")
    district: Word = ""
    grid: Word = ""
    site: Word = ""
    upstream: Word = ""
    interval_s: float | None = Field(None, gt=0, le=31_536_000, description="Seconds between readings it promises.")
    quantities: tuple[Id, ...] = Field((), max_length=200)
    authority: Word = ""
    owner: Word = ""
    maintainer: Word = ""
    installed: date | None = None
    tags: tuple[Id, ...] = Field((), max_length=100)
    recorded: bool = False
    code: Word = ""
    condition: ComponentState = ComponentState.INTACT

    def sensor(self, proposed: Sensor) -> Sensor:
        """Return what is said here, and for the rest what is proposed; half a position is none."""
        said = self.model_dump(exclude={"longitude", "latitude", "tags"}, include=self.model_fields_set)
        said = {name: value for name, value in said.items() if value is not None or name not in _NEEDED}
        if {"longitude", "latitude"} & self.model_fields_set:
            said["place"] = self._place()
        return replace(proposed, **said, tags=frozenset(self.tags))

    def _place(self) -> Place | None:
        if self.longitude is None or self.latitude is None:
            return None
        return Place(self.longitude, self.latitude)


#: What every sensor has: null stands for the proposal there.
_NEEDED = frozenset({"name", "domain", "kind"})


@router.get("", responses=documented(401, 403), dependencies=[Depends(Reads(Right.SEE_DISCOVERY))])
async def discovery(desk: Desk, wanted: Annotated[FromWord, Query()]) -> Page[DiscoveredView]:
    """List sensors that send but are not registered, in order of id."""
    found = await desk.given.feed.discovered(wanted.after, wanted.limit)
    items = [DiscoveredView.of(one) for one in found]
    return Page(items=items, next=next_key([one.sensor for one in found], wanted.limit))


@router.post("/{sensor:path}/adopt", status_code=201, responses=documented(401, 403, 404, 409))
async def adopt(
    desk: Desk,
    operator: Annotated[Session, Depends(Changes(Right.ADOPT))],
    sensor: SensorId,
    body: Adoption | None = None,
) -> SensorView:
    """Register a discovered sensor, as proposed or as said; what it sent before is among its readings."""
    if await anyio.to_thread.run_sync(desk.directory.known, sensor):
        raise Conflict(found=f"`{sensor}` is registered", at="sensor")
    found = await desk.given.feed.stranger(sensor)
    adopted = (body if body is not None else Adoption()).sensor(_proposed(found))
    for department in {adopted.authority, adopted.owner, adopted.maintainer} - {""}:
        if not desk.given.city.is_department(department):
            raise NotFound("department", department)
    if adopted.district and not desk.given.city.is_district(adopted.district):
        raise NotFound("district", adopted.district)
    await anyio.to_thread.run_sync(desk.given.registry.upsert_many, [adopted])
    log.info("sensor_adopted", sensor=sensor, user=operator.user.username)
    await tell_ingest(desk)
    return (await views(desk, [adopted]))[0]


def _proposed(found: Discovered) -> Sensor:
    """Return what is proposed; an ingest of an earlier version proposes nothing."""
    if found.proposed is not None:
        return found.proposed
    return Sensor(found.sensor, found.sensor, Domain.ENVIRONMENT, "sensor", quantities=found.quantities)
