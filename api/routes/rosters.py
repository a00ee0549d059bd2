"""Rosters within a span, and the changes that people make in them."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from api.errors import documented
from api.fields import Id, Note, RowPath, Word
from api.guard import Changes, Reads
from api.moments import MomentNs
from api.permissions import Right
from api.services import Desk
from api.sessions import Session
from api.users import USERNAME_PATTERN
from linkage.roster.changes import Kind
from linkage.roster.changing import Span, Wish
from linkage.roster.views import RosterSpan

router = APIRouter(tags=["duty"])

Username = Annotated[str, Field(pattern=USERNAME_PATTERN)]

Changer = Annotated[Session, Depends(Changes(Right.CHANGE_ROSTER))]


class WantedRosters(BaseModel):
    """Which span, and whose."""

    model_config = ConfigDict(frozen=True)

    from_: Annotated[MomentNs, Field(alias="from")]
    to: MomentNs
    department: Annotated[Word, Field(description="Only this department's posts.")] = ""


class StandIn(BaseModel):
    """Somebody stands in for a span: an override of everybody or of one person in a post, or for one on leave.

    A leave may be without a post, for all of the department's, and without anybody instead.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["override", "leave"]
    department: Id
    post: Word = ""
    from_: Annotated[MomentNs, Field(alias="from")]
    to: MomentNs
    person: Username | Literal[""] = ""
    instead: Annotated[tuple[Username, ...], Field(max_length=20)] = ()
    note: Note = ""

    @property
    def wish(self) -> Wish:
        """Return what linkage is asked for."""
        return Wish(
            kind=Kind(self.kind),
            department=self.department,
            post=self.post,
            from_ns=self.from_,
            to_ns=self.to,
            person=self.person,
            instead=self.instead,
            note=self.note,
        )


class SwappedShift(BaseModel):
    """One of the shifts that two people swap: whose it is, from when to when."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    person: Username
    from_: Annotated[MomentNs, Field(alias="from")]
    to: MomentNs


class Swap(BaseModel):
    """Two people take each other's shift in a post."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    department: Id
    post: Id
    first: SwappedShift
    second: SwappedShift
    note: Note = ""


class Made(BaseModel):
    """The number of the new change."""

    model_config = ConfigDict(frozen=True)

    id: str


@router.get("/rosters", responses=documented(401, 403, 409), dependencies=[Depends(Reads(Right.SEE_DUTY))])
def rosters(wanted: Annotated[WantedRosters, Query()], desk: Desk) -> RosterSpan:
    """Show shifts, gaps, overlaps, changes and holidays of at most 93 days."""
    return desk.given.duty.shown.span(wanted.from_, wanted.to, wanted.department)


@router.post("/roster-changes", status_code=201, responses=documented(401, 403, 404, 409))
def stand_in(body: StandIn, desk: Desk, session: Changer) -> Made:
    """Let somebody stand in, from now on or later; the past is never changed."""
    return Made(id=str(desk.given.duty.changing.make(body.wish, session.user.person)))


@router.post("/roster-swaps", status_code=201, responses=documented(401, 403, 404, 409))
def swap(body: Swap, desk: Desk, session: Changer) -> Made:
    """Swap two shifts of one post."""
    wish = Wish(
        kind=Kind.SWAP,
        department=body.department,
        post=body.post,
        from_ns=body.first.from_,
        to_ns=body.first.to,
        person=body.first.person,
        instead=(body.second.person,),
        note=body.note,
    )
    second = Span(body.second.from_, body.second.to)
    return Made(id=str(desk.given.duty.changing.swap(wish, second, session.user.person)))


@router.delete("/roster-changes/{change}", status_code=204, responses=documented(401, 403, 404, 409))
def take_back(change: RowPath, desk: Desk, session: Changer) -> Response:
    """Take a change back, a swap whole: from now on it holds no more."""
    desk.given.duty.changing.revoke(int(change), session.user.person)
    return Response(status_code=204)
