"""Addresses of cameras' pictures: given out one at a time, each look written down first."""

from typing import Annotated

import anyio.to_thread
from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from api.errors import documented
from api.fields import RowPath, SensorId
from api.guard import Reads
from api.moments import MomentNs
from api.permissions import Right
from api.pictures import may_embed
from api.routes.sensors import visible_one
from api.services import Desk
from api.sessions import Session
from city.clock import MILLISECOND_NS
from city.errors import NotFound
from linkage.witness.snapshots import address_in

router = APIRouter(tags=["snapshots"])

#: Events of one camera within one millisecond that are looked through.
_MOST = 20

IncidentReader = Annotated[Session, Depends(Reads(Right.SEE_QUEUE))]
CityReader = Annotated[Session, Depends(Reads(Right.SEE_CITY))]


class SnapshotAddress(BaseModel):
    """Where a camera's picture is."""

    model_config = ConfigDict(frozen=True)

    url: str
    embed: bool = Field(description="The host is one of `http.snapshot_hosts`: a page may show the picture itself.")


@router.get("/incidents/{incident}/snapshots/{snapshot}", responses=documented(401, 403, 404))
def incident_snapshot(desk: Desk, reader: IncidentReader, incident: RowPath, snapshot: RowPath) -> SnapshotAddress:
    """Return where the picture is that belongs to an incident; the look is written down."""
    return _told(desk, desk.given.office.snapshots.look(incident, snapshot, reader.user.person))


@router.get("/sensors/{sensor:path}/snapshot", responses=documented(401, 403, 404))
async def event_snapshot(
    desk: Desk,
    reader: CityReader,
    sensor: SensorId,
    time: Annotated[MomentNs, Query(description="Of the event, as the list of events has it.")],
) -> SnapshotAddress:
    """Return where the picture is that one of a camera's events told of; the look is written down."""
    found = await visible_one(desk, reader, sensor)
    start_ns = time - time % MILLISECOND_NS
    events = await desk.given.feed.events(found.id, start_ns, start_ns + MILLISECOND_NS, _MOST)
    url = next((url for url in (address_in(one.attributes) for one in events) if url), "")
    if not url:
        raise NotFound("snapshot", found.id)
    await anyio.to_thread.run_sync(desk.given.office.snapshots.looked, found.id, reader.user.person)
    return _told(desk, url)


def _told(desk: Desk, url: str) -> SnapshotAddress:
    return SnapshotAddress(url=url, embed=may_embed(url, desk.given.settings.snapshot_hosts))
