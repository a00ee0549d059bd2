"""Back-tests: a proposed rule book over the history, one at a time."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from api.errors import documented
from api.fields import NOTE_PATTERN
from api.guard import Changes, Reads
from api.moments import MomentNs
from api.permissions import Right
from api.services import Desk
from api.sessions import Session
from city.backtest import AskedBacktest, Backtests, BacktestState, Mistake, Report, Standing
from city.clock import from_ns
from city.errors import StoreUnavailable

router = APIRouter(prefix="/backtests", tags=["rules"])

Reader = Annotated[Session, Depends(Reads(Right.BACKTEST))]
Changer = Annotated[Session, Depends(Changes(Right.BACKTEST))]

#: Longest book, characters: the demo city's is a twentieth of it.
_LONGEST = 500_000


class BacktestBody(BaseModel):
    """What is asked."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    start: MomentNs = Field(description="First moment that counts.")
    end: MomentNs = Field(description="The end, itself not in the span.")
    book: str = Field(max_length=_LONGEST, pattern=NOTE_PATTERN, description="Rules as YAML, as a file of the city.")
    amend: bool = Field(default=True, description="Put its rules into the book in force; else they are the book.")
    against_live: bool = Field(default=True, description="Hold it against the book in force.")


class BacktestView(BaseModel):
    """How the last back-test stands; the report is there when it is done."""

    model_config = ConfigDict(frozen=True)

    state: BacktestState
    done: float
    readings: int
    asked_by: str
    started_at: datetime | None
    error: str
    mistakes: Sequence[Mistake]
    report: Report | None


@router.get("", responses=documented(401, 403, 503))
async def backtest(desk: Desk, reader: Reader) -> BacktestView:
    """Say how the last back-test stands."""
    del reader
    return _view(_office(desk.given.backtests).now())


@router.post("", status_code=202, responses=documented(401, 403, 409, 503))
async def start_backtest(desk: Desk, changer: Changer, body: BacktestBody) -> BacktestView:
    """Begin a back-test; a book with mistakes is refused with all of them, and another that runs is not disturbed."""
    asked = AskedBacktest(
        start_ns=body.start,
        end_ns=body.end,
        book=body.book,
        amend=body.amend,
        against_live=body.against_live,
    )
    return _view(await _office(desk.given.backtests).start(asked, changer.user.username))


@router.delete("", responses=documented(401, 403, 503))
async def cancel_backtest(desk: Desk, changer: Changer) -> BacktestView:
    """End the back-test that runs; nothing happens when none does."""
    del changer
    return _view(await _office(desk.given.backtests).cancel())


def _office(backtests: Backtests | None) -> Backtests:
    if backtests is None:
        raise StoreUnavailable("backtests", "this desk runs none")
    return backtests


def _view(standing: Standing) -> BacktestView:
    return BacktestView(
        state=standing.state,
        done=standing.done,
        readings=standing.readings,
        asked_by=standing.asked_by,
        started_at=None if standing.started_ns is None else from_ns(standing.started_ns),
        error=standing.error,
        mistakes=standing.mistakes,
        report=standing.report,
    )
