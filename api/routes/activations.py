"""Responses: started, raised, lowered and ended by a leader; acknowledged and reported on by departments."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from api.errors import documented
from api.fields import LARGEST, Id, Note, Number, RowPath, SaidNote, Word
from api.guard import Changes, Reads
from api.permissions import Right
from api.services import Desk
from api.sessions import Session
from linkage.plans.board import MAX_LIMIT
from linkage.plans.orders import LONGEST_H, Change, Content, Start
from linkage.plans.views import ActivationBoard, ActivationLine

router = APIRouter(prefix="/activations", tags=["plans"])

Reader = Annotated[Session, Depends(Reads(Right.SEE_RESPONSES))]
Leader = Annotated[Session, Depends(Changes(Right.DECIDE_RESPONSE))]
Officer = Annotated[Session, Depends(Changes(Right.TAKE_PART))]

Level = Literal["IV", "III", "II", "I"]
Row = Annotated[int, Field(ge=1, le=LARGEST)]


class WantedActivations(BaseModel):
    """Which responses."""

    model_config = ConfigDict(frozen=True)

    running: bool | None = Field(None, description="true: that run; false: that ended; left out: both.")
    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT)] = 100


class Activations(BaseModel):
    """Responses, newest first."""

    items: list[ActivationLine]


class ContentBody(BaseModel):
    """What starting or raising a response must state (Emergency Response Law 2024 Art. 72)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    matter: SaidNote
    measures: SaidNote
    expected_h: float = Field(gt=0, le=LONGEST_H, description="Expected duration, hours.")

    def content(self) -> Content:
        """Return what linkage is told."""
        return Content(matter=self.matter, measures=self.measures, expected_h=self.expected_h)


class StartBody(ContentBody):
    """Start a response; on an incident, or on one that is opened for it."""

    plan: Id
    level: Level
    area: Word = Field("", description="A district, for a plan that runs in each by itself.")
    incident: Row | None = None
    proposal: Row | None = Field(None, description="The proposal that this follows.")
    priority: int = Field(2, ge=1, le=5, description="Of the incident that is opened when none is given.")
    note: Note = ""


class RaiseBody(ContentBody):
    """Raise a response."""

    version: Number = Field(description="The response's version as the caller saw it.")
    level: Level
    note: Note = ""


class LowerBody(BaseModel):
    """Lower a response."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Number = Field(description="The response's version as the caller saw it.")
    level: Level
    note: SaidNote


class EndBody(BaseModel):
    """End a response."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Number = Field(description="The response's version as the caller saw it.")
    note: SaidNote


class SituationBody(BaseModel):
    """A department's report on the situation."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    note: SaidNote


@router.get("", responses=documented(401, 403))
def activations(desk: Desk, _: Reader, wanted: Annotated[WantedActivations, Query()]) -> Activations:
    """List responses."""
    return Activations(items=desk.given.plans.board.page(running=wanted.running, limit=wanted.limit))


@router.post("", status_code=201, responses=documented(401, 403, 404, 409))
def start(desk: Desk, leader: Leader, body: StartBody) -> ActivationBoard:
    """Start a response: its departments are called up at once."""
    order = Start(
        plan=body.plan,
        level=body.level,
        content=body.content(),
        area=body.area,
        incident=body.incident,
        proposal=body.proposal,
        priority=body.priority,
        note=body.note,
    )
    number = desk.given.plans.responses.start(order, leader.user.person)
    return desk.given.plans.board.one(number)


@router.get("/{activation}", responses=documented(401, 403, 404))
def activation(desk: Desk, _: Reader, activation: RowPath) -> ActivationBoard:
    """Show a response with its board."""
    return desk.given.plans.board.one(int(activation))


@router.post("/{activation}/raise", responses=documented(401, 403, 404, 409))
def raise_(desk: Desk, leader: Leader, activation: RowPath, body: RaiseBody) -> ActivationBoard:
    """Raise a response; what the lower levels do goes on."""
    order = Change(version=body.version, level=body.level, content=body.content(), note=body.note)
    desk.given.plans.responses.raise_(int(activation), order, leader.user.person)
    return desk.given.plans.board.one(int(activation))


@router.post("/{activation}/lower", responses=documented(401, 403, 404, 409))
def lower(desk: Desk, leader: Leader, activation: RowPath, body: LowerBody) -> ActivationBoard:
    """Lower a response; tasks that were given stay to be finished."""
    order = Change(version=body.version, level=body.level, note=body.note)
    desk.given.plans.responses.lower(int(activation), order, leader.user.person)
    return desk.given.plans.board.one(int(activation))


@router.post("/{activation}/end", responses=documented(401, 403, 404, 409))
def end(desk: Desk, leader: Leader, activation: RowPath, body: EndBody) -> ActivationBoard:
    """End a response; its incident stays open until supervision closes it."""
    desk.given.plans.responses.end(int(activation), body.version, body.note, leader.user.person)
    return desk.given.plans.board.one(int(activation))


@router.post("/{activation}/acknowledge", responses=documented(401, 403, 404, 409))
def acknowledge(desk: Desk, officer: Officer, activation: RowPath) -> ActivationBoard:
    """Say for one's department that the call has been seen."""
    desk.given.plans.parts.acknowledge(int(activation), officer.user.person)
    return desk.given.plans.board.one(int(activation))


@router.post("/{activation}/situations", responses=documented(401, 403, 404, 409))
def report(desk: Desk, officer: Officer, activation: RowPath, body: SituationBody) -> ActivationBoard:
    """Report on the situation for one's department."""
    desk.given.plans.parts.report(int(activation), body.note, officer.user.person)
    return desk.given.plans.board.one(int(activation))
