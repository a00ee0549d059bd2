"""Shifts as calendar feeds: made by whoever is signed in, read by whoever has the address."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Response
from pydantic import BaseModel, ConfigDict

from api.errors import documented
from api.fields import RowPath, Word
from api.guard import Changes, Open, Reads
from api.permissions import Right
from api.services import Desk
from api.sessions import Session
from linkage.roster.views import FeedView

router = APIRouter(tags=["duty"])

Token = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{43}$", description="The secret that making the feed returned.")]


class WantedFeed(BaseModel):
    """Of which department; empty for one's own shifts."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    department: Word = ""


class NewFeed(FeedView):
    """A new feed: `path` is its address, told this once."""

    path: str


class FeedList(BaseModel):
    """The caller's feeds."""

    model_config = ConfigDict(frozen=True)

    items: list[FeedView]


@router.get("/calendar-feeds", responses=documented(401, 403))
def feeds(desk: Desk, session: Annotated[Session, Depends(Reads(Right.SEE_DUTY))]) -> FeedList:
    """List the caller's feeds, without their addresses."""
    return FeedList(items=desk.given.duty.feeds.of(session.user.person))


@router.post("/calendar-feeds", status_code=201, responses=documented(401, 403, 404))
def make_feed(body: WantedFeed, desk: Desk, session: Annotated[Session, Depends(Changes(Right.SEE_DUTY))]) -> NewFeed:
    """Make a feed; its address is its secret."""
    token, feed = desk.given.duty.feeds.make(body.department, session.user.person)
    return NewFeed(**feed.model_dump(), path=f"/api/v1/calendar/{token}.ics")


@router.delete("/calendar-feeds/{feed}", status_code=204, responses=documented(401, 403, 404))
def revoke_feed(feed: RowPath, desk: Desk, session: Annotated[Session, Depends(Changes(Right.SEE_DUTY))]) -> Response:
    """Take a feed back: its address leads nowhere from now on."""
    desk.given.duty.feeds.revoke(int(feed), session.user.person)
    return Response(status_code=204)


@router.get(
    "/calendar/{token}.ics",
    response_class=Response,
    responses={200: {"content": {"text/calendar": {}}, "description": "RFC 5545."}, **documented(404)},
    dependencies=[Depends(Open())],
)
def calendar(token: Token, desk: Desk) -> Response:
    """Return the shifts behind an address: a month back, a quarter ahead; not of somebody who may no longer sign in."""
    served = desk.given.duty.feeds.serve(token)
    desk.users.named(served.made_by)
    return Response(
        served.calendar, media_type="text/calendar; charset=utf-8", headers={"Cache-Control": "private, max-age=300"}
    )
