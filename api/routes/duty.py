"""Who is on duty now and at any moment past, and the duty log."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from api.errors import documented
from api.fields import LARGEST, Id, SaidNote, Word
from api.guard import Changes, Reads
from api.moments import MomentNs
from api.page import Page, next_key
from api.permissions import Right
from api.services import Desk
from api.sessions import Session
from linkage.roster.views import DutyNow, LogEntry

router = APIRouter(tags=["duty"])


class WrittenEntry(BaseModel):
    """An entry for the duty log."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    department: Id
    text: SaidNote


class Written(BaseModel):
    """The entry's number in the event log."""

    model_config = ConfigDict(frozen=True)

    number: int


class WantedEntries(BaseModel):
    """Which entries of the duty log, newest first."""

    model_config = ConfigDict(frozen=True)

    department: Id
    before: Annotated[int, Field(ge=0, le=LARGEST, description="Go on before this (`next`); 0: from the newest.")] = 0
    limit: Annotated[int, Field(ge=1, le=500, description="Most items to return.")] = 100


@router.get("/duty", responses=documented(401, 403), dependencies=[Depends(Reads(Right.SEE_DUTY))])
def duty(
    desk: Desk,
    at: Annotated[MomentNs | None, Query(description="A moment, past or to come; left out: now.")] = None,
    department: Annotated[Word, Query(description="Only this department's posts.")] = "",
) -> DutyNow:
    """Say who is on duty: by signature where a post is signed for, else by the roster; of the past as it was then."""
    return desk.given.duty.shown.at(desk.given.clock.now_ns() if at is None else at, department)


@router.get("/duty-log", responses=documented(401, 403, 404))
def duty_log(
    wanted: Annotated[WantedEntries, Query()], desk: Desk, session: Annotated[Session, Depends(Reads(Right.SEE_DUTY))]
) -> Page[LogEntry]:
    """List what a department's people wrote down and what happened to it, newest first."""
    log = desk.given.duty.log
    found = log.entries(wanted.department, session.user.person, before=wanted.before, limit=wanted.limit)
    return Page(items=found, next=next_key([entry.number for entry in found], wanted.limit))


@router.post("/duty-log", status_code=201, responses=documented(401, 403, 404))
def write_duty_log(
    body: WrittenEntry, desk: Desk, session: Annotated[Session, Depends(Changes(Right.SEE_DUTY))]
) -> Written:
    """Write down something for the department."""
    return Written(number=desk.given.duty.log.write(body.department, body.text, session.user.person))
