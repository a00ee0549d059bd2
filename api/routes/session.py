"""Signing in and out."""

from functools import partial
from typing import Annotated

import anyio.to_thread
import structlog
from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from api.errors import TooMany, documented
from api.fields import NAME_PATTERN
from api.guard import CSRF_COOKIE, SESSION_COOKIE, Changes, Open, Reads
from api.metrics import SIGN_INS
from api.passwords import LONGEST_PASSWORD, SHORTEST_PASSWORD
from api.permissions import Right
from api.services import Desk, Services
from api.sessions import Opened, Session
from api.tokens import token_hash
from api.users import User
from city.errors import LiandongError, NotPermitted

log = structlog.get_logger()

router = APIRouter(prefix="/session", tags=["session"])

#: Sign-ins that may wait for their password to be checked; about half a second's worth.
MOST_WAITING = 32

_RETRY_S = 2


class UserView(BaseModel):
    """A user, as everybody may know them."""

    model_config = ConfigDict(frozen=True)

    id: str
    username: str
    name: str
    roles: list[str]
    department: str
    district: str
    language: str
    disabled: bool = False

    @classmethod
    def of(cls, user: User) -> "UserView":
        """Return the view of `user`."""
        return cls(
            id=str(user.id),
            username=user.username,
            name=user.name,
            roles=sorted(user.roles),
            department=user.department,
            district=user.district,
            language=user.language,
            disabled=user.disabled,
        )


class Credentials(BaseModel):
    """What somebody signs in with."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    username: str = Field(min_length=1, max_length=64, pattern=NAME_PATTERN)
    password: SecretStr = Field(min_length=1, max_length=LONGEST_PASSWORD)


class LinkToken(BaseModel):
    """The secret of a one-time sign-in link."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    token: SecretStr = Field(min_length=1, max_length=200)


class OwnPassword(BaseModel):
    """One's own password, the current one and the next."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    current_password: SecretStr = Field(min_length=1, max_length=LONGEST_PASSWORD)
    password: SecretStr = Field(min_length=SHORTEST_PASSWORD, max_length=LONGEST_PASSWORD)


class SignedIn(BaseModel):
    """Who signed in; the session itself is in cookies."""

    user: UserView


class SessionView(BaseModel):
    """Who is signed in, and the CSRF token of the session."""

    user: UserView
    csrf: str = Field(description="Send this as `X-CSRF-Token` with everything that changes something.")


@router.post("", responses=documented(401, 403, 429), dependencies=[Depends(Open())])
async def sign_in(body: Credentials, request: Request, response: Response, desk: Desk) -> SignedIn:
    """Sign in by password."""
    if desk.password_checks.statistics().tasks_waiting >= MOST_WAITING:
        raise TooMany(what="sign-ins at once", retry_after_s=_RETRY_S, at="session")
    check = partial(
        desk.sign_in.by_password, body.username.lower(), body.password.get_secret_value(), address=_address(request)
    )
    try:
        opened = await anyio.to_thread.run_sync(check, limiter=desk.password_checks)
    except LiandongError as error:
        SIGN_INS.labels(error.code).inc()
        raise
    return await _welcome(opened, request, response, desk)


@router.post("/link", responses=documented(401, 403), dependencies=[Depends(Open())])
async def sign_in_by_link(body: LinkToken, request: Request, response: Response, desk: Desk) -> SignedIn:
    """Sign in by a one-time link."""
    redeem = partial(desk.sign_in.by_link, body.token.get_secret_value(), address=_address(request))
    return await _welcome(await anyio.to_thread.run_sync(redeem), request, response, desk)


@router.get("", responses=documented(401))
async def who(session: Annotated[Session, Depends(Reads(Right.SIGNED_IN))]) -> SessionView:
    """Tell who is signed in."""
    return SessionView(user=UserView.of(session.user), csrf=session.csrf)


@router.post("/password", status_code=204, responses=documented(401, 403, 429))
async def change_own_password(
    desk: Desk, session: Annotated[Session, Depends(Changes(Right.SIGNED_IN))], body: OwnPassword
) -> None:
    """Change one's own password; every other session of the same user ends at once."""
    user = session.user
    desk.password_guesses.check(user.username, at="current_password")
    change = partial(
        desk.users.change_own_password, user, body.current_password.get_secret_value(), body.password.get_secret_value()
    )
    if not await anyio.to_thread.run_sync(change, limiter=desk.password_checks):
        desk.password_guesses.failed(user.username)
        raise NotPermitted("password", allowed="who knows the current password", at="current_password")
    desk.password_guesses.succeeded(user.username)
    ended = await anyio.to_thread.run_sync(desk.sessions.close_others, user, session.key)
    desk.hub.end_sessions(set(ended), "signed_out")
    log.info("password_changed", user=user.username)


@router.delete("", status_code=204, responses=documented(401, 403))
async def sign_out(
    session: Annotated[Session, Depends(Changes(Right.SIGNED_IN))], response: Response, desk: Desk
) -> None:
    """Sign out; live streams of the session end at once."""
    await _end(session.key, desk)
    for name in (SESSION_COOKIE, CSRF_COOKIE):
        response.delete_cookie(name, path="/", samesite="strict", secure=desk.given.settings.secure_cookies)


async def _welcome(opened: Opened, request: Request, response: Response, desk: Services) -> SignedIn:
    SIGN_INS.labels("signed_in").inc()
    if before := request.cookies.get(SESSION_COOKIE):
        await _end(token_hash(before), desk)
    for name, value in ((SESSION_COOKIE, opened.token), (CSRF_COOKIE, opened.csrf)):
        response.set_cookie(
            name,
            value,
            max_age=desk.given.settings.session_absolute_s,
            path="/",
            secure=desk.given.settings.secure_cookies,
            httponly=name == SESSION_COOKIE,
            samesite="strict",
        )
    return SignedIn(user=UserView.of(opened.user))


async def _end(key: str, desk: Services) -> None:
    await anyio.to_thread.run_sync(desk.sessions.close, key)
    desk.hub.end_sessions({key}, "signed_out")


def _address(request: Request) -> str:
    return request.client.host if request.client is not None else ""
