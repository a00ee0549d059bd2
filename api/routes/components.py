"""Components of the city, what stands around an incident, and what happened to a sensor or component."""

from typing import Annotated

import anyio.to_thread
import numpy as np
from fastapi import APIRouter, Depends, Path, Query
from pydantic import Field

from api.around import Neighbour, around
from api.component_view import ComponentView, component_view
from api.errors import documented
from api.fields import ID_PATTERN, LONGEST_WORD, RowPath, SensorId
from api.guard import Reads
from api.page import FromWord, Page, next_key
from api.permissions import Right
from api.routes.sensors import visible_one
from api.scope import sees_district
from api.services import Desk, Services
from api.sessions import Session
from city.component import Component
from city.errors import NotFound
from city.nearness import Box, box_around
from city.place import Place
from linkage.reports.history import PartHistory
from linkage.views import View
from registry.components import Sought

router = APIRouter(tags=["components"])

Reader = Annotated[Session, Depends(Reads(Right.SEE_CITY))]
Watcher = Annotated[Session, Depends(Reads(Right.SEE_QUEUE))]
ComponentPath = Annotated[str, Path(min_length=1, max_length=LONGEST_WORD, pattern=r"^[^\x00-\x1f\x7f/]+$")]

#: How far help comes from, metres: the usual radius, and the largest that is still "around".
_USUAL_M, _FARTHEST_M = 1000.0, 20_000.0
#: Distances are shown in decimetres, so what is a little farther may be shown as within, metres.
_ROUNDED_M = 0.1

#: Longest words of a search, as for incidents.
_LONGEST_SEARCH = 100


class Wanted(FromWord):
    """Which components; a part of the map has all four of its bounds."""

    kind: Annotated[str, Field(max_length=LONGEST_WORD, pattern=ID_PATTERN)] = ""
    q: Annotated[str, Field(max_length=_LONGEST_SEARCH, pattern=ID_PATTERN, description="Words of code or name.")] = ""
    help: Annotated[bool | None, Field(description="true: what can be sent or used; false: the rest.")] = None
    west: Annotated[float, Field(ge=-180, le=180)] | None = None
    south: Annotated[float, Field(ge=-90, le=90)] | None = None
    east: Annotated[float, Field(ge=-180, le=180)] | None = None
    north: Annotated[float, Field(ge=-90, le=90)] | None = None

    def sought(self) -> Sought:
        """Return what the registry is asked for."""
        return Sought(kind=self.kind, words=self.q, box=self._box(), helping=self.help)

    def _box(self) -> Box | None:
        if self.west is None or self.south is None or self.east is None or self.north is None:
            return None
        return Box(self.west, self.south, self.east, self.north)


class Around(View):
    """What stands around an incident, the nearest first; nothing for one without a place."""

    radius_m: float
    items: tuple[Neighbour, ...]


@router.get("/components", responses=documented(401, 403))
def components(desk: Desk, reader: Reader, wanted: Annotated[Wanted, Query()]) -> Page[ComponentView]:
    """List components in order of their code: all, of a kind, by words, in a part of the map, or what can help."""
    found = desk.given.components.page(wanted.sought(), after=wanted.after, limit=wanted.limit)
    mine = [component_view(one) for one in found if sees_district(reader.user, one.district)]
    return Page(items=mine, next=next_key([one.id for one in found], wanted.limit))


@router.get("/components/{component}", responses=documented(401, 403, 404))
def component(desk: Desk, reader: Reader, component: ComponentPath) -> ComponentView:
    """Show one component."""
    return component_view(_visible(desk, reader, component))


@router.get("/components/{component}/history", responses=documented(401, 403, 404))
def component_history(desk: Desk, reader: Watcher, component: ComponentPath) -> PartHistory:
    """Tell what happened to a component: the incidents in which it was reported."""
    return desk.given.office.histories.of_component(_visible(desk, reader, component).id, reader.user.person)


@router.get("/sensor-history/{sensor:path}", responses=documented(401, 403, 404))
async def sensor_history(desk: Desk, reader: Watcher, sensor: SensorId) -> PartHistory:
    """Tell what happened to a sensor: its incidents, and the changes of its alarms."""
    found = await visible_one(desk, reader, sensor)
    histories = desk.given.office.histories
    return await anyio.to_thread.run_sync(histories.of_sensor, found.id, reader.user.person)


@router.get("/incidents/{incident}/around", responses=documented(401, 403, 404))
def around_incident(
    desk: Desk,
    reader: Watcher,
    incident: RowPath,
    radius_m: Annotated[float, Query(gt=0, le=_FARTHEST_M, description="How far, metres.")] = _USUAL_M,
) -> Around:
    """List teams, pumps, cameras, sensors and components around an incident."""
    shown = desk.given.queue.summary(int(incident), reader.user.person)
    if shown is None:
        raise NotFound("incident", incident)
    if shown.longitude is None or shown.latitude is None:
        return Around(radius_m=radius_m, items=())
    spot = Place(shown.longitude, shown.latitude)
    snapshot = desk.directory.fresh()
    seen = snapshot.having("district", lambda district: sees_district(reader.user, district))
    rows = np.flatnonzero(snapshot.near(spot, radius_m + _ROUNDED_M) & seen).tolist()
    sensors = map(snapshot.census.sensor, rows)
    found = desk.given.components.within(box_around(spot, radius_m))
    components = (one for one in found if sees_district(reader.user, one.district))
    return Around(radius_m=radius_m, items=around(spot, radius_m, sensors, components))


def _visible(desk: Services, session: Session, component: str) -> Component:
    found = desk.given.components.get(component)
    if not sees_district(session.user, found.district):
        raise NotFound("component", component)
    return found
