"""The door of every route: who calls, whether they may, and whether our own page sent the request."""

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Request, Security
from fastapi.security import APIKeyCookie, APIKeyHeader

from api.errors import ForgedRequest, Unauthenticated
from api.permissions import HOLDERS, Right, holders
from api.services import Desk, Services
from api.sessions import Session
from api.tokens import is_csrf_of
from city.errors import NotPermitted

SESSION_COOKIE = "liandong_session"
CSRF_COOKIE = "liandong_csrf"
CSRF_HEADER = "X-CSRF-Token"

_SESSION = APIKeyCookie(
    name=SESSION_COOKIE, scheme_name="session", auto_error=False, description="Set by signing in; HttpOnly."
)
_CSRF = APIKeyHeader(
    name=CSRF_HEADER,
    scheme_name="csrf",
    auto_error=False,
    description=f"The value of the cookie `{CSRF_COOKIE}`; every request that changes something carries it.",
)


class Door:
    """A dependency that lets a request through, or not; every route has exactly one."""

    right: Right


class Open(Door):
    """Lets everybody through; the route must not tell or change anything that needs a name."""

    right = Right.PUBLIC

    def __call__(self, request: Request, desk: Desk) -> None:
        """Refuse what another site's page sends."""
        check_origin(request, desk)


class Reads(Door):
    """Lets those through whose session holds the right."""

    def __init__(self, right: Right) -> None:
        self.right = right

    def __call__(self, desk: Desk, token: Annotated[str | None, Security(_SESSION)]) -> Session:
        """Return the caller's session.

        Raises:
            Unauthenticated: there is none.
            NotPermitted: their roles do not hold the right.
        """
        return admitted(desk, token, self.right)


class Changes(Door):
    """Lets those through whose session holds the right and whose request our own page sent."""

    def __init__(self, right: Right) -> None:
        self.right = right

    def __call__(
        self,
        request: Request,
        desk: Desk,
        token: Annotated[str | None, Security(_SESSION)],
        csrf: Annotated[str | None, Security(_CSRF)],
    ) -> Session:
        """Return the caller's session.

        Raises:
            Unauthenticated: there is none.
            ForgedRequest: the CSRF token is missing or another session's, or another site's page sent this.
            NotPermitted: their roles do not hold the right.
        """
        check_origin(request, desk)
        session = admitted(desk, token, None)
        if not is_csrf_of(token or "", csrf):
            raise ForgedRequest(expected=f"the value of cookie `{CSRF_COOKIE}`", at=CSRF_HEADER)
        check_right(session, self.right)
        return session


def admitted(desk: Services, token: str | None, right: Right | None) -> Session:
    """Return the live session of `token` if it holds `right` (None: whoever is signed in)."""
    session = desk.sessions.find(token) if token else None
    if session is None:
        raise Unauthenticated
    if right is not None:
        check_right(session, right)
    return session


def check_right(session: Session, right: Right) -> None:
    """Raise NotPermitted unless one of the session's roles holds `right`."""
    if HOLDERS[right].isdisjoint(session.user.roles):
        raise NotPermitted(right, allowed=holders(right), at="roles")


def check_origin(request: Request, desk: Services) -> None:
    """Raise ForgedRequest when a browser says that another site's page sent a request that changes something."""
    origin = request.headers.get("origin")
    if request.method in {"GET", "HEAD"} or origin is None:
        return
    # A proxy may have put its own name in Host; then the public address tells.
    ours = {request.headers.get("host", "").lower(), urlsplit(desk.given.settings.public_url).netloc.lower()} - {""}
    if urlsplit(origin).netloc.lower() not in ours:
        raise ForgedRequest(expected="a request from this site", at="Origin")
