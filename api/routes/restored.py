"""A city that was restored from a copy: that it is one, and calling it the city."""

from typing import Annotated

import anyio.to_thread
import structlog
from fastapi import APIRouter, Depends

from api.errors import documented
from api.guard import Changes, Reads
from api.permissions import Right
from api.services import Desk, Services
from api.sessions import Session
from city.clock import iso
from city.errors import Conflict
from linkage.views import Moment, View

log = structlog.get_logger()

router = APIRouter(prefix="/restored", tags=["status"])


class RestoredView(View):
    """Whether this is a restored copy that keeps to itself: it sends no message and takes no broker of another."""

    waits: bool
    made: str
    restored: Moment | None


@router.get("", responses=documented(401, 403), dependencies=[Depends(Reads(Right.SIGNED_IN))])
async def restored(desk: Desk) -> RestoredView:
    """Tell whether this city was restored from a copy and waits to be called the city."""
    return await anyio.to_thread.run_sync(_view, desk)


@router.post("/acknowledge", responses=documented(401, 403, 409))
async def go_live(desk: Desk, who: Annotated[Session, Depends(Changes(Right.GO_LIVE))]) -> RestoredView:
    """Call this the city: what waits goes out, and brokers are connected, within seconds."""
    city = desk.given.restored
    if city is None:
        raise Conflict(found="this is the city already", at="restored")
    await anyio.to_thread.run_sync(city.acknowledge, who.user.username)
    log.warning("restored_city_is_live", user=who.user.username)
    return await anyio.to_thread.run_sync(_view, desk)


def _view(desk: Services) -> RestoredView:
    found = desk.given.restored.standing() if desk.given.restored is not None else None
    if found is None:
        return RestoredView(waits=False, made="", restored=None)
    return RestoredView(waits=True, made=found.made, restored=iso(found.restored_ns))
