"""The people who may sign in, for those who run the system."""

from dataclasses import replace
from typing import Annotated

import structlog
from fastapi import APIRouter, Depends, Query

from api.errors import documented
from api.fields import RowPath
from api.guard import Changes, Reads
from api.page import FromNumber, Page, next_key
from api.permissions import Right
from api.routes.session import UserView
from api.services import Desk
from api.sessions import Session
from api.users import NewUser
from city.errors import Conflict, NotFound

log = structlog.get_logger()

router = APIRouter(prefix="/users", tags=["users"])


@router.get("", responses=documented(401, 403), dependencies=[Depends(Reads(Right.SEE_USERS))])
def users(desk: Desk, wanted: Annotated[FromNumber, Query()]) -> Page[UserView]:
    """List users."""
    found = desk.users.page(after=wanted.after, limit=wanted.limit)
    return Page(items=[UserView.of(user) for user in found], next=next_key([user.id for user in found], wanted.limit))


@router.post("", status_code=201, responses=documented(401, 403, 404, 409))
def add_user(body: NewUser, desk: Desk, session: Annotated[Session, Depends(Changes(Right.ADD_USERS))]) -> UserView:
    """Add a user."""
    del session
    if body.department and not desk.given.city.is_department(body.department):
        raise NotFound("department", body.department)
    if body.district and not desk.given.city.is_district(body.district):
        raise NotFound("district", body.district)
    return UserView.of(desk.users.add(body))


@router.post("/{user}/disable", responses=documented(401, 403, 404, 409))
def disable_user(
    desk: Desk, operator: Annotated[Session, Depends(Changes(Right.DISABLE_USERS))], user: RowPath
) -> UserView:
    """Let a user sign in no more; their sessions and live streams end at once."""
    if int(user) == operator.user.id:
        raise Conflict(found="an operator disables others, not themselves", at="user")
    found, ended = desk.users.disable_by_id(int(user))
    desk.hub.end_sessions(set(ended), "signed_out")
    log.info("user_disabled", user=found.username, by=operator.user.username)
    return UserView.of(replace(found, disabled=True))


@router.post("/{user}/enable", responses=documented(401, 403, 404))
def enable_user(
    desk: Desk, operator: Annotated[Session, Depends(Changes(Right.DISABLE_USERS))], user: RowPath
) -> UserView:
    """Let a disabled user sign in again."""
    found = desk.users.enable_by_id(int(user))
    log.info("user_enabled", user=found.username, by=operator.user.username)
    return UserView.of(found)
