"""Escalations that run, and the phone calls that they ask for."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from api.errors import documented
from api.fields import LARGEST, Note, RowPath
from api.guard import Changes, Reads
from api.page import Page, next_key
from api.permissions import Right
from api.services import Desk
from api.sessions import Session
from linkage.escalation.views import CallOutcome, EscalationView

router = APIRouter(prefix="/escalations", tags=["escalations"])

_ROW = r"^[0-9]{1,18}$"


class WantedEscalations(BaseModel):
    """Which escalations: those that climb, or with an incident all of its that have not ended."""

    model_config = ConfigDict(frozen=True)

    incident: Annotated[str | None, Field(pattern=_ROW)] = None
    after: Annotated[int, Field(ge=0, le=LARGEST, description="Go on after this (`next`).")] = 0
    limit: Annotated[int, Field(ge=1, le=500)] = 100


class Called(BaseModel):
    """How a phone call went; the oldest that waits, when none is named."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    outcome: CallOutcome
    note: Note = ""
    call: Annotated[str | None, Field(pattern=_ROW)] = None


@router.get("", responses=documented(401, 403))
def escalations(
    desk: Desk,
    reader: Annotated[Session, Depends(Reads(Right.SEE_QUEUE))],
    wanted: Annotated[WantedEscalations, Query()],
) -> Page[EscalationView]:
    """List escalations of incidents that the caller may see."""
    items = desk.given.telling.escalations.running(
        reader.user.person, incident=wanted.incident, after=wanted.after, limit=wanted.limit
    )
    return Page(items=items, next=next_key([one.id for one in items], wanted.limit))


@router.post("/{escalation}/called", responses=documented(401, 403, 404, 409))
def called(
    desk: Desk, caller: Annotated[Session, Depends(Changes(Right.LOG_CALLS))], escalation: RowPath, body: Called
) -> EscalationView:
    """Log a phone call that was made; one that was answered is an acknowledgement."""
    return desk.given.telling.escalations.called(
        escalation, caller.user.person, body.outcome, note=body.note, call=body.call
    )
