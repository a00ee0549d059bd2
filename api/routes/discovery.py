"""Sensors that send but are not registered, and registering them."""

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
from api.routes.sensors import views
from api.sensor_view import SensorView
from api.services import Desk, Services
from api.sessions import Session
from city.clock import iso
from city.errors import Conflict, NotFound, StoreUnavailable
from city.feed import Discovered
from city.level import Domain
from city.place import Place
from city.sensor import Sensor
from linkage.views import Moment

log = structlog.get_logger()

router = APIRouter(prefix="/discovery", tags=["discovery"])


#: Strangers asked for at a time.
_LOOKED_THROUGH = 500


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
            sample=found.sample,
        )


class Adoption(BaseModel):
    """What a new sensor is registered as."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=LONGEST_WORD, pattern=NAME_PATTERN)]
    name_en: Name = ""
    domain: Domain
    kind: Annotated[Id, Field(description="What it is, a word of the city's own.")]
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

    def sensor(self, name: str) -> Sensor:
        """Return the sensor called `name`; half a position is none."""
        values = self.model_dump(exclude={"longitude", "latitude", "tags"})
        place = None
        if self.longitude is not None and self.latitude is not None:
            place = Place(self.longitude, self.latitude)
        return Sensor(id=name, **values, place=place, tags=frozenset(self.tags))


@router.get("", responses=documented(401, 403), dependencies=[Depends(Reads(Right.SEE_DISCOVERY))])
async def discovery(desk: Desk, wanted: Annotated[FromWord, Query()]) -> Page[DiscoveredView]:
    """List sensors that send but are not registered, in order of id."""
    found = await desk.given.feed.discovered(wanted.after, wanted.limit)
    items = [DiscoveredView.of(one) for one in found]
    return Page(items=items, next=next_key([one.sensor for one in found], wanted.limit))


@router.post("/{sensor:path}/adopt", status_code=201, responses=documented(401, 403, 404, 409))
async def adopt(
    desk: Desk, operator: Annotated[Session, Depends(Changes(Right.ADOPT))], sensor: SensorId, body: Adoption
) -> SensorView:
    """Register a discovered sensor; what it sends counts from the next second on."""
    if (await anyio.to_thread.run_sync(desk.directory.fresh)).by_id.get(sensor) is not None:
        raise Conflict(changed=f"`{sensor}` is registered", at="sensor")
    if not await _is_known(desk, sensor):
        raise NotFound("sensor", sensor)
    for department in {body.authority, body.owner, body.maintainer} - {""}:
        if not desk.given.city.is_department(department):
            raise NotFound("department", department)
    adopted = body.sensor(sensor)
    await anyio.to_thread.run_sync(desk.given.registry.upsert_many, [adopted])
    log.info("sensor_adopted", sensor=sensor, user=operator.user.username)
    await _tell_ingest(desk)
    return (await views(desk, [adopted]))[0]


async def _is_known(desk: Services, sensor: str) -> bool:
    """Tell whether this stranger was discovered, going through the ids that begin like it."""
    after, found = sensor[:-1], [sensor]
    while found and after < sensor:
        found = [one.sensor for one in await desk.given.feed.discovered(after, _LOOKED_THROUGH)]
        if sensor in found:
            return True
        after = found[-1] if found else sensor
    return False


async def _tell_ingest(desk: Services) -> None:
    """Let ingest read the registry now; when it is away it reads it anyhow when it is back."""
    try:
        await desk.given.feed.refresh()
    except StoreUnavailable:
        log.info("ingest_not_told", of="registry")
