"""What a sensor said: its readings as a series, and its events."""

import json
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from api.errors import documented
from api.fields import ID_PATTERN, SensorId
from api.guard import Reads
from api.moments import MomentNs
from api.permissions import Right
from api.pictures import without_addresses
from api.routes.sensors import visible_one
from api.services import Desk
from api.sessions import Session
from city.clock import MILLISECOND_NS, SECOND_NS, Clock, iso
from city.history import KeptEvent, Resolution, SeriesQuery
from linkage.views import Moment

router = APIRouter(prefix="/sensors", tags=["readings"])

#: Without a beginning, a day is shown.
_DAY_NS = 86_400 * SECOND_NS

#: Most points of one series: more than any screen has columns.
MOST_POINTS = 10_000

Reader = Annotated[Session, Depends(Reads(Right.SEE_CITY))]


class SeriesView(BaseModel):
    """A series in columns of one length, rising in time; buckets are named by their beginning."""

    model_config = ConfigDict(frozen=True)

    sensor: str
    quantity: str
    unit: str
    resolution: Resolution
    truncated: bool = Field(description="The limit cut the series.")
    time_ms: list[int] = Field(description="Milliseconds since 1970, UTC.")
    value: list[float | None] = Field(description="The reading, or the mean of the bucket.")
    minimum: list[float | None]
    maximum: list[float | None]
    last: list[float | None] = Field(description="The newest reading of each bucket.")
    count: list[int]
    quality: list[int] = Field(
        description="Flags: 1 out of range, 2 clock, 4 duplicate, 8 late, 16 stale, 32 simulated, 64 bad, "
        "128 recorded, 256 derived."
    )


class SensorEventView(BaseModel):
    """A discrete observation of a sensor."""

    model_config = ConfigDict(frozen=True)

    sensor: str
    event: str
    time: Moment
    arrival: Moment
    attributes: dict[str, object] = Field(description="Without web addresses.")
    snapshot: bool = Field(description="There is a picture, whose address `/sensors/{sensor}/snapshot` gives out.")

    @classmethod
    def of(cls, kept: KeptEvent) -> "SensorEventView":
        """Return the view of a kept event."""
        attributes, snapshot = without_addresses(json.loads(kept.attributes))
        return cls(
            sensor=kept.sensor,
            event=kept.event,
            time=iso(kept.time_ns),
            arrival=iso(kept.arrival_ns),
            attributes=attributes,
            snapshot=snapshot,
        )


class SensorEvents(BaseModel):
    """Events, newest first."""

    items: list[SensorEventView]


class Span(BaseModel):
    """A span of time; without an end it ends now, without a beginning it is a day long."""

    model_config = ConfigDict(frozen=True)

    start_ns: MomentNs | None = Field(None, alias="from")
    end_ns: MomentNs | None = Field(None, alias="to")

    def bounds(self, clock: Clock) -> tuple[int, int]:
        """Return beginning and end, UTC nanoseconds; an empty span when the end comes first."""
        end_ns = self.end_ns if self.end_ns is not None else clock.now_ns()
        start_ns = self.start_ns if self.start_ns is not None else max(0, end_ns - _DAY_NS)
        return start_ns, max(start_ns, end_ns)


class WantedReadings(Span):
    """Which readings."""

    quantity: Annotated[str, Field(min_length=1, max_length=100, pattern=ID_PATTERN)]
    resolution: Resolution = Resolution.AUTO
    limit: Annotated[int, Field(ge=1, le=MOST_POINTS)] = 5000


class WantedEvents(Span):
    """Which events."""

    limit: Annotated[int, Field(ge=1, le=500)] = 100


@router.get("/{sensor:path}/readings", responses=documented(401, 403, 404))
async def readings(
    desk: Desk, reader: Reader, sensor: SensorId, wanted: Annotated[WantedReadings, Query()]
) -> SeriesView:
    """Return the readings of one quantity, by its name or an alias, from `from` up to, but not at, `to`."""
    found = await visible_one(desk, reader, sensor)
    bounds = wanted.bounds(desk.given.clock)
    quantity = desk.given.city.catalogue.canonical(wanted.quantity)
    query = SeriesQuery(found.id, quantity, *bounds, wanted.resolution, wanted.limit)
    series = await desk.given.feed.readings(query)
    return SeriesView(
        sensor=found.id,
        quantity=quantity,
        unit=desk.given.city.unit_of(quantity),
        resolution=series.resolution,
        truncated=series.truncated,
        time_ms=[time_ns // MILLISECOND_NS for time_ns in series.time_ns],
        value=list(series.value),
        minimum=list(series.minimum),
        maximum=list(series.maximum),
        last=list(series.last),
        count=series.count,
        quality=series.quality,
    )


@router.get("/{sensor:path}/events", responses=documented(401, 403, 404))
async def sensor_events(
    desk: Desk, reader: Reader, sensor: SensorId, wanted: Annotated[WantedEvents, Query()]
) -> SensorEvents:
    """Return a sensor's events from `from` up to `to`, newest first."""
    found = await visible_one(desk, reader, sensor)
    kept = await desk.given.feed.events(found.id, *wanted.bounds(desk.given.clock), wanted.limit)
    return SensorEvents(items=[SensorEventView.of(event) for event in kept])
