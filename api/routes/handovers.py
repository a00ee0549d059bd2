"""Handovers: the brief that writes itself, notes, and the two signatures."""

from typing import Annotated, Literal

import anyio.to_thread
from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from api.errors import documented
from api.fields import LARGEST, Id, Note, RowPath, SaidNote, Word
from api.guard import Changes, Reads
from api.page import Page, next_key
from api.permissions import Right
from api.services import Desk
from api.sessions import Session
from api.stuck import stuck_sensors
from linkage.roster.handing import Signature
from linkage.roster.views import HandoverView

router = APIRouter(prefix="/handovers", tags=["duty"])

Reader = Annotated[Session, Depends(Reads(Right.SEE_DUTY))]
Signer = Annotated[Session, Depends(Changes(Right.SEE_DUTY))]


class WantedHandovers(BaseModel):
    """Which handovers, newest first."""

    model_config = ConfigDict(frozen=True)

    department: Word = ""
    open: bool | None = Field(None, description="true: not signed over; false: signed; left out: both.")
    before: Annotated[int, Field(ge=0, le=LARGEST, description="Go on before this (`next`); 0: from the newest.")] = 0
    limit: Annotated[int, Field(ge=1, le=200, description="Most items to return.")] = 50


class OpenedHandover(BaseModel):
    """Of which post."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    department: Id
    post: Id


class NewNote(BaseModel):
    """What the next ones should know."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: SaidNote


class Signing(BaseModel):
    """As what one signs; whoever signs in the place of the outgoing says why."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    side: Literal["out", "in"]
    note: Note = ""


@router.get("", responses=documented(401, 403))
def handovers(wanted: Annotated[WantedHandovers, Query()], desk: Desk, session: Reader) -> Page[HandoverView]:
    """List the handovers of the caller's departments."""
    found = desk.given.duty.handover_list.page(
        session.user.person, department=wanted.department, open_=wanted.open, before=wanted.before, limit=wanted.limit
    )
    return Page(items=found, next=next_key([one.id for one in found], wanted.limit))


@router.get("/{handover}", responses=documented(401, 403, 404))
async def handover(handover: RowPath, desk: Desk, session: Reader) -> HandoverView:
    """Show a handover; until the outgoing signs its brief is what is open now."""
    person = session.user.person
    found = await anyio.to_thread.run_sync(desk.given.duty.handover_list.one, int(handover), person)
    if found.signed_out is not None or found.ended_at is not None:
        return found
    stuck = await stuck_sensors(desk, found.department)
    return await anyio.to_thread.run_sync(desk.given.duty.handover_list.one, int(handover), person, stuck)


@router.post("", status_code=201, responses=documented(401, 403, 404, 409))
def open_handover(body: OpenedHandover, desk: Desk, session: Signer) -> HandoverView:
    """Open the handover of a post before its time, or return the one that is open."""
    number = desk.given.duty.handovers.open(body.department, body.post, session.user.person)
    return desk.given.duty.handover_list.one(number, session.user.person)


@router.post("/{handover}/notes", status_code=201, responses=documented(401, 403, 404, 409))
def note_on_handover(handover: RowPath, body: NewNote, desk: Desk, session: Signer) -> HandoverView:
    """Note something for the next ones."""
    desk.given.duty.handovers.note(int(handover), body.text, session.user.person)
    return desk.given.duty.handover_list.one(int(handover), session.user.person)


@router.post("/{handover}/signatures", status_code=201, responses=documented(401, 403, 404, 409))
async def sign_handover(handover: RowPath, body: Signing, desk: Desk, session: Signer) -> HandoverView:
    """Sign: the outgoing for what is open, then the incoming, whose the duty is from that moment."""
    office, person, number = desk.given.duty, session.user.person, int(handover)
    shown = await anyio.to_thread.run_sync(office.handover_list.one, number, person)
    if body.side == "out":
        signature = Signature(body.note, await stuck_sensors(desk, shown.department))
        await anyio.to_thread.run_sync(office.handovers.sign_out, number, signature, person)
    else:
        await anyio.to_thread.run_sync(office.handovers.sign_in, number, Signature(body.note), person)
    return await anyio.to_thread.run_sync(office.handover_list.one, number, person)
