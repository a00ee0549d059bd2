"""The people who may sign in, for those who run the system."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from api.errors import documented
from api.guard import Changes, Reads
from api.page import FromNumber, Page, next_key
from api.permissions import Right
from api.routes.session import UserView
from api.services import Desk
from api.sessions import Session
from api.users import NewUser
from city.errors import NotFound

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
    if body.district and body.district not in desk.given.city.city.districts:
        raise NotFound("district", body.district)
    return UserView.of(desk.users.add(body))
