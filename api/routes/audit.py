"""Whether the event log is as it was written, and who looked at what is personal."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from api.errors import documented
from api.fields import LARGEST, Word
from api.guard import Reads
from api.page import Page, next_key
from api.permissions import Right
from api.services import Desk
from api.spreadsheet import csv_text
from city.clock import iso
from linkage.access import Logged, looks
from linkage.audit.office import AuditStanding
from linkage.audit.rounds import Round
from linkage.views import Moment

router = APIRouter(tags=["audit"])

#: Most rows of the access log in one file.
_MOST_ROWS = 100_000


class _View(BaseModel):
    model_config = ConfigDict(frozen=True)


class RoundView(_View):
    """The present round: rows verified so far, and faults found; `ended` tells of the last whole one."""

    number: int
    began: Moment
    faults: int
    first_fault: str
    ended: Moment | None
    ended_number: int
    ended_faults: int
    ended_first_fault: str

    @classmethod
    def of(cls, round_: Round) -> "RoundView":
        """Return the view of a round."""
        copied = {name: getattr(round_, name) for name in cls.model_fields if name not in {"began", "ended"}}
        ended = None if round_.ended_ns is None else iso(round_.ended_ns)
        return cls.model_validate({**copied, "began": iso(round_.began_ns), "ended": ended})


class AnchorsView(_View):
    """Ends of the log noted outside the database, and whether the newest one is still there as it was noted."""

    count: int
    number: int
    holds: bool
    error: str


class AuditView(_View):
    """How the audit of the event log stands; `round` is null before its first look, `anchors` where none are kept."""

    number: int = Field(description="Rows of the log.")
    hash: str = Field(description="Seal of its last row.")
    round: RoundView | None
    anchors: AnchorsView | None

    @classmethod
    def of(cls, standing: AuditStanding) -> "AuditView":
        """Return the view of the audit."""
        known = standing.anchored
        anchors = (
            None
            if known is None
            else AnchorsView(count=known.count, number=known.number, holds=known.holds, error=known.error)
        )
        round_ = None if standing.round is None else RoundView.of(standing.round)
        return cls(number=standing.head.number, hash=standing.head.hash, round=round_, anchors=anchors)


class LookView(_View):
    """One look at something personal; `what` names its kind and `key` the thing."""

    id: int
    time: Moment
    person: str
    person_name: str
    what: str
    key: str
    incident: int | None

    @classmethod
    def of(cls, look: Logged) -> "LookView":
        """Return the view of a look."""
        copied = {name: getattr(look, name) for name in cls.model_fields if name != "time"}
        return cls.model_validate({**copied, "time": iso(look.at_ns)})


class WantedLooks(BaseModel):
    """Which looks."""

    model_config = ConfigDict(frozen=True)

    before: Annotated[int, Field(ge=0, le=LARGEST, description="Go on before this (`next`); 0: from the newest.")] = 0
    limit: Annotated[int, Field(ge=1, le=500)] = 100
    person: Annotated[Word, Field(description="Only this person's; everybody's when empty.")] = ""


@router.get("/audit", responses=documented(401, 403), dependencies=[Depends(Reads(Right.SEE_AUDIT))])
def audit(desk: Desk) -> AuditView:
    """Tell how far the event log has been verified, and what was found."""
    return AuditView.of(desk.given.audit.standing())


@router.get("/access-log", responses=documented(401, 403), dependencies=[Depends(Reads(Right.SEE_ACCESS))])
def access_log(desk: Desk, wanted: Annotated[WantedLooks, Query()]) -> Page[LookView]:
    """List who looked at callers, snapshots, photos and set-aside messages, newest first."""
    with desk.given.database.read() as connection:
        found = looks(connection, before=wanted.before, limit=wanted.limit, person=wanted.person)
    items = [LookView.of(look) for look in found]
    return Page(items=items, next=next_key([look.id for look in found], wanted.limit))


@router.get(
    "/access-log/csv",
    response_class=Response,
    responses={**documented(401, 403), 200: {"description": "The newest looks.", "content": {"text/csv": {}}}},
    dependencies=[Depends(Reads(Right.SEE_ACCESS))],
)
def access_log_csv(desk: Desk) -> Response:
    """Give the access log as CSV, newest first."""
    with desk.given.database.read() as connection:
        rows = [tuple(LookView.of(look).model_dump().values()) for look in looks(connection, limit=_MOST_ROWS)]
    headers = {"Content-Disposition": 'attachment; filename="access-log.csv"'}
    return Response(csv_text(list(LookView.model_fields), rows), media_type="text/csv; charset=utf-8", headers=headers)
