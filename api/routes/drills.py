"""Drills: played by a person from a plan's scenarios; the same chain, marked."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from api.errors import documented
from api.fields import Id, RowPath, SaidNote
from api.guard import Changes, Reads
from api.permissions import Right
from api.services import Desk
from api.sessions import Session
from linkage.plans.drills import DrillView

router = APIRouter(prefix="/drills", tags=["drills"])

#: Everybody sees that a drill is being played: nobody may take it for real.
Reader = Annotated[Session, Depends(Reads(Right.SIGNED_IN))]
Player = Annotated[Session, Depends(Changes(Right.DRILL))]


class WantedDrills(BaseModel):
    """Which exercises."""

    model_config = ConfigDict(frozen=True)

    running: bool | None = Field(None, description="true: being played; false: over; left out: both.")
    limit: Annotated[int, Field(ge=1, le=200)] = 100


class DrillPage(BaseModel):
    """Exercises, newest first."""

    items: list[DrillView]


class NewDrill(BaseModel):
    """The plan and the scenario of it that is played."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    plan: Id
    scenario: Id


class DrillEnd(BaseModel):
    """What is to be said of the exercise."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    note: SaidNote


@router.get("", responses=documented(401, 403))
def drills(desk: Desk, _: Reader, wanted: Annotated[WantedDrills, Query()]) -> DrillPage:
    """List exercises."""
    return DrillPage(items=desk.given.plans.drills.page(running=wanted.running, limit=wanted.limit))


@router.post("", status_code=201, responses=documented(401, 403, 404, 409))
def start(desk: Desk, player: Player, body: NewDrill) -> DrillView:
    """Begin an exercise."""
    number = desk.given.plans.drills.start(body.plan, body.scenario, player.user.person)
    return desk.given.plans.drills.one(number)


@router.post("/{drill}/end", responses=documented(401, 403, 404, 409))
def end(desk: Desk, player: Player, drill: RowPath, body: DrillEnd) -> DrillView:
    """End an exercise, once its response has been ended."""
    desk.given.plans.drills.end(int(drill), body.note, player.user.person)
    return desk.given.plans.drills.one(int(drill))
