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
from linkage.roster.changing import Wish
from linkage.roster.freedom import Span
from linkage.roster.swapping import WantedSwap
from linkage.roster.views import RosterSpan

router = APIRouter(tags=["duty"])

Username = Annotated[str, Field(pattern=USERNAME_PATTERN)]

Swapper = Annotated[Session, Depends(Changes(Right.SWAP_DUTY))]
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

    @property
    def wanted(self) -> WantedSwap:
        """Return what linkage is asked for."""
        return WantedSwap(
            department=self.department,
            post=self.post,
            first=self.first.person,
            first_span=Span(self.first.from_, self.first.to),
            second=self.second.person,
            second_span=Span(self.second.from_, self.second.to),
            note=self.note,
        )


class Declined(BaseModel):
    """Why not."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    note: Note = ""


class Made(BaseModel):
    """The number of the new change, or of the swap that was asked for."""

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
def ask_for_swap(body: Swap, desk: Desk, session: Swapper) -> Made:
    """Ask that two people take each other's shift; both are told, and the other one must agree."""
    return Made(id=str(desk.given.duty.swapping.ask(body.wanted, session.user.person)))


@router.post("/roster-swaps/{swap}/agree", responses=documented(401, 403, 404, 409))
def agree_to_swap(swap: RowPath, desk: Desk, session: Swapper) -> Made:
    """Agree to a swap that waits for the caller; the answer is the number of its first change."""
    return Made(id=str(desk.given.duty.swapping.agree(int(swap), session.user.person)))


@router.post("/roster-swaps/{swap}/decline", status_code=204, responses=documented(401, 403, 404, 409))
def decline_swap(swap: RowPath, body: Declined, desk: Desk, session: Swapper) -> Response:
    """Say no to a swap that waits for the caller."""
    desk.given.duty.swapping.decline(int(swap), session.user.person, body.note)
    return Response(status_code=204)


@router.delete("/roster-swaps/{swap}", status_code=204, responses=documented(401, 403, 404, 409))
def withdraw_swap(swap: RowPath, desk: Desk, session: Swapper) -> Response:
    """Ask for a swap no more."""
    desk.given.duty.swapping.withdraw(int(swap), session.user.person)
    return Response(status_code=204)


@router.delete("/roster-changes/{change}", status_code=204, responses=documented(401, 403, 404, 409))
def take_back(change: RowPath, desk: Desk, session: Changer) -> Response:
    """Take a change back, a swap whole: from now on it holds no more."""
    desk.given.duty.changing.revoke(int(change), session.user.person)
    return Response(status_code=204)
