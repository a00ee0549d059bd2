"""The equipment lane: hints that a sensor may be wrong, and what people answer."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict

from api.errors import documented
from api.fields import LONGEST_WORD, RowPath, SaidNote
from api.guard import Changes, Reads
from api.keyed import IdempotencyKey
from api.permissions import Right
from api.services import Desk
from api.sessions import Session
from linkage.hints.views import HintPage, HintView

router = APIRouter(prefix="/hints", tags=["hints"])

Reader = Annotated[Session, Depends(Reads(Right.SEE_HINTS))]
Answerer = Annotated[Session, Depends(Changes(Right.ANSWER_HINT))]
Opener = Annotated[Session, Depends(Changes(Right.OPEN_FROM_HINT))]


class AnswerBody(BaseModel):
    """Why: what was seen, ordered or decided."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    note: SaidNote


@router.get("", responses=documented(401, 403, 409))
def hints(
    desk: Desk,
    reader: Reader,
    *,
    ended: Annotated[bool, Query(description="Those that have ended, instead of those that have not.")] = False,
    sensor: Annotated[str | None, Query(max_length=LONGEST_WORD, description="About this sensor only.")] = None,
    after: Annotated[str | None, Query(max_length=500, pattern=r"^[A-Za-z0-9_-]*$")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> HintPage:
    """List hints about sensors, the worst first, or ended ones, the last first; `total` counts them."""
    lane, cursor = desk.given.holding.hints, after if after else None
    return lane.page(reader.user.person, ended=ended, sensor=sensor if sensor else None, limit=limit, after=cursor)


@router.get("/{hint}", responses=documented(401, 403, 404))
def hint(desk: Desk, reader: Reader, hint: RowPath) -> HintView:
    """Show one hint with the evidence of its alarms."""
    return desk.given.holding.hints.one(hint, reader.user.person)


@router.post("/{hint}/order", responses=documented(401, 403, 404, 409))
def order(desk: Desk, answerer: Answerer, hint: RowPath, body: AnswerBody, key: IdempotencyKey = "") -> HintView:
    """Say that maintenance was ordered; the hint stays until the sensor is right again."""
    return desk.given.holding.hints.order(hint, answerer.user.person, body.note, key)


@router.post("/{hint}/dismiss", responses=documented(401, 403, 404, 409))
def dismiss(desk: Desk, answerer: Answerer, hint: RowPath, body: AnswerBody, key: IdempotencyKey = "") -> HintView:
    """Say that the sensor is right; the hint ends."""
    return desk.given.holding.hints.dismiss(hint, answerer.user.person, body.note, key)


@router.post("/{hint}/incident", responses=documented(401, 403, 404, 409))
def open_incident(desk: Desk, opener: Opener, hint: RowPath, body: AnswerBody, key: IdempotencyKey = "") -> HintView:
    """Report an incident about the sensor; the hint ends, and names it."""
    return desk.given.holding.hints.open_incident(hint, opener.user.person, body.note, key)
