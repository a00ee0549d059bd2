"""Messages that could not be understood: that they came, and for stewards what was in them."""

import base64
from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from api.errors import documented
from api.fields import LARGEST, RowPath
from api.guard import Reads
from api.page import Page, next_key
from api.permissions import Right
from api.services import Desk, Services
from api.sessions import Session
from city.clock import iso
from city.feed import Quarantined
from linkage.access import Look, Looked, log_look
from linkage.views import Moment

router = APIRouter(prefix="/quarantine", tags=["quarantine"])


class QuarantinedView(BaseModel):
    """A message that was set aside, without its bytes."""

    model_config = ConfigDict(frozen=True)

    id: int
    time: Moment
    topic: str
    reason: str
    detail: str
    size: int = Field(description="Bytes of the message as it came.")


class QuarantinedBytes(QuarantinedView):
    """A message that was set aside, whole."""

    payload: str = Field(description="Base64 of its bytes, cut to 64 KiB.", json_schema_extra={"format": "byte"})


class WantedQuarantined(BaseModel):
    """Which messages."""

    model_config = ConfigDict(frozen=True)

    before: Annotated[int, Field(ge=0, le=LARGEST, description="Go on before this (`next`); 0: from the newest.")] = 0
    limit: Annotated[int, Field(ge=1, le=500)] = 100


@router.get("", responses=documented(401, 403), dependencies=[Depends(Reads(Right.SEE_QUARANTINE))])
async def quarantine(desk: Desk, wanted: Annotated[WantedQuarantined, Query()]) -> Page[QuarantinedView]:
    """List messages that were set aside, newest first."""
    found = await desk.given.feed.quarantined(wanted.before, wanted.limit)
    items = [QuarantinedView.model_validate(_shown(one)) for one in found]
    return Page(items=items, next=next_key([one.id for one in found], wanted.limit))


@router.get("/{message}", responses=documented(401, 403, 404))
async def quarantined_message(
    desk: Desk, steward: Annotated[Session, Depends(Reads(Right.SEE_BYTES))], message: RowPath
) -> QuarantinedBytes:
    """Show one message with its bytes, which may hold personal data; that they were seen is logged."""
    found = await desk.given.feed.quarantined_bytes(int(message))
    await to_thread.run_sync(_note_look, desk, steward, found.id)
    return QuarantinedBytes.model_validate({**_shown(found), "payload": base64.b64encode(found.payload).decode()})


def _note_look(desk: Services, steward: Session, message: int) -> None:
    with desk.given.database.write() as connection:
        look = Look(Looked.QUARANTINED, str(message))
        log_look(connection, steward.user.person, look, desk.given.clock.now_ns())


def _shown(message: Quarantined) -> dict[str, object]:
    return {
        "id": message.id,
        "time": iso(message.time_ns),
        "topic": message.topic,
        "reason": message.reason,
        "detail": message.detail,
        "size": message.size,
    }
