"""Alarms held back now, with their reasons."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from api.errors import documented
from api.guard import Reads
from api.permissions import Right
from api.services import Desk
from api.sessions import Session
from linkage.admission.decision import Reason
from linkage.admission.views import HeldPage, HoldReason

router = APIRouter(prefix="/held", tags=["held"])

Reader = Annotated[Session, Depends(Reads(Right.SEE_QUEUE))]


@router.get("", responses=documented(401, 403, 409))
def held(
    desk: Desk,
    reader: Reader,
    reason: Annotated[HoldReason | None, Query()] = None,
    incident: Annotated[str | None, Query(max_length=18, pattern=r"^[0-9]+$")] = None,
    after: Annotated[str | None, Query(max_length=500, pattern=r"^[A-Za-z0-9_-]*$")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> HeldPage:
    """List what is held back, the newest first, and count it by reason; `incident` is that of a cap or a storm."""
    wanted = None if reason is None else Reason(reason)
    cursor = after if after else None
    return desk.given.holding.held.page(reader.user.person, reason=wanted, incident=incident, limit=limit, after=cursor)
