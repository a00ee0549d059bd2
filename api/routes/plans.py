"""The city's plans, what the system proposes by them, and deciding against a proposal."""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict

from api.errors import documented
from api.fields import RowPath, SaidNote
from api.guard import Changes, Reads
from api.permissions import Right
from api.services import Desk
from api.sessions import Session
from city.clock import from_ns
from linkage.plans.catalogue import catalogue
from linkage.plans.views import PlanView, ProposalView

router = APIRouter(tags=["plans"])

Reader = Annotated[Session, Depends(Reads(Right.SEE_RESPONSES))]
Leader = Annotated[Session, Depends(Changes(Right.DECIDE_RESPONSE))]


class Plans(BaseModel):
    """Every version of every plan, those in force first."""

    items: list[PlanView]


class Proposals(BaseModel):
    """Proposals that wait for a person, newest first."""

    items: list[ProposalView]


class Dismissal(BaseModel):
    """Why a proposal is not followed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    note: SaidNote


@router.get("/plans", responses=documented(401, 403))
def plans(desk: Desk, _: Reader) -> Plans:
    """List the plans of the city folder."""
    ledger = desk.given.plans.ledger
    today = from_ns(ledger.clock.now_ns()).astimezone(ledger.book.zone).date()
    return Plans(items=catalogue(ledger.book.plans, today))


@router.get("/response-proposals", responses=documented(401, 403))
def proposals(desk: Desk, _: Reader) -> Proposals:
    """List what the system proposes; it starts nothing by itself."""
    return Proposals(items=desk.given.plans.board.proposals())


@router.post("/response-proposals/{proposal}/dismiss", responses=documented(401, 403, 404, 409))
def dismiss(desk: Desk, leader: Leader, proposal: RowPath, body: Dismissal) -> Proposals:
    """Decide against a proposal; it comes up again when more is called for."""
    desk.given.plans.responses.dismiss(int(proposal), body.note, leader.user.person)
    return Proposals(items=desk.given.plans.board.proposals())
