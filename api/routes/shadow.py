"""Rules that run in shadow, and what they found beside those in force."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.concurrency import run_in_threadpool

from api.errors import documented
from api.guard import Reads
from api.moments import MomentNs
from api.permissions import Right
from api.services import Desk
from api.sessions import Session
from city.clock import SECOND_NS
from city.errors import BadRequest
from linkage.shadow.views import ShadowRecord, ShadowRules

router = APIRouter(prefix="/shadow-rules", tags=["rules"])

Reader = Annotated[Session, Depends(Reads(Right.SEE_SHADOW))]

#: The time that a record is about when nobody says, ns: a week, so that every weekday is in it.
_WEEK_NS = 7 * 86_400 * SECOND_NS

#: The longest time that a record is about, ns: as long as it is kept.
_LONGEST_NS = 40 * 86_400 * SECOND_NS


@router.get("", responses=documented(401, 403, 503))
async def shadow_rules(desk: Desk, reader: Reader) -> ShadowRules:
    """List the rules of the book that run in shadow, with what is kept of each."""
    return await run_in_threadpool(desk.given.holding.shadows.rules, await desk.given.feed.rules())


@router.get("/{rule}/record", responses=documented(401, 403, 404, 409, 503))
async def shadow_record(
    desk: Desk,
    reader: Reader,
    rule: str,
    begins: Annotated[MomentNs | None, Query(alias="from", description="Left out: a week before its end.")] = None,
    ends: Annotated[MomentNs | None, Query(alias="to", description="Left out: now.")] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> ShadowRecord:
    """Compare what a rule in shadow found with what the rules in force found; at most 40 days."""
    to_ns = desk.given.clock.now_ns() if ends is None else ends
    from_ns = max(0, to_ns - _WEEK_NS) if begins is None else begins
    if not 0 < to_ns - from_ns <= _LONGEST_NS:
        raise BadRequest(expected="a time after `from`, at most 40 days later", got=to_ns, at="to")
    book = await desk.given.feed.rules()
    shadows, person = desk.given.holding.shadows, reader.user.person
    return await run_in_threadpool(
        lambda: shadows.record(rule, book, person, from_ns=from_ns, to_ns=to_ns, limit=limit)
    )
