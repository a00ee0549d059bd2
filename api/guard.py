"""The door of every route: who calls, whether they may, and whether our own page sent the request."""

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request, Security
from fastapi.security import APIKeyCookie, APIKeyHeader

from api.collaborators import Collaborators, collaborators_of
from api.errors import ForgedRequest, Unauthenticated
from api.permissions import HOLDERS, Right, holders
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

    def __call__(self, request: Request) -> None:
        """Refuse what another site's page sends."""
        check_origin(request)


class Reads(Door):
    """Lets those through whose session holds the right."""

    def __init__(self, right: Right) -> None:
        self.right = right

    def __call__(self, request: Request, token: Annotated[str | None, Security(_SESSION)]) -> Session:
        """Return the caller's session.

        Raises:
            Unauthenticated: there is none.
            NotPermitted: their roles do not hold the right.
        """
        return admitted(collaborators_of(request), token, self.right)


class Changes(Door):
    """Lets those through whose session holds the right and whose request our own page sent."""

    def __init__(self, right: Right) -> None:
        self.right = right

    def __call__(
        self,
        request: Request,
        token: Annotated[str | None, Security(_SESSION)],
        csrf: Annotated[str | None, Security(_CSRF)],
    ) -> Session:
        """Return the caller's session.

        Raises:
            Unauthenticated: there is none.
            ForgedRequest: the CSRF token is missing or another session's, or another site's page sent this.
            NotPermitted: their roles do not hold the right.
        """
        check_origin(request)
        session = admitted(collaborators_of(request), token, None)
        if not is_csrf_of(token or "", csrf):
            raise ForgedRequest(expected=f"the value of cookie `{CSRF_COOKIE}`", at=CSRF_HEADER)
        check_right(session, self.right)
        return session


def admitted(collaborators: Collaborators, token: str | None, right: Right | None) -> Session:
    """Return the live session of `token` if it holds `right` (None: whoever is signed in)."""
    session = collaborators.sessions.find(token) if token else None
    if session is None:
        raise Unauthenticated
    if right is not None:
        check_right(session, right)
    return session


def check_right(session: Session, right: Right) -> None:
    """Raise NotPermitted unless one of the session's roles holds `right`."""
    if HOLDERS[right].isdisjoint(session.user.roles):
        raise NotPermitted(right, allowed=holders(right), at="roles")


def check_origin(request: Request) -> None:
    """Raise ForgedRequest when a browser says that another site's page sent a request that changes something."""
    origin = request.headers.get("origin")
    if request.method in {"GET", "HEAD"} or origin is None:
        return
    if urlsplit(origin).netloc.lower() != request.headers.get("host", "").lower():
        raise ForgedRequest(expected="a request from this site", at="Origin")


def reads(right: Right) -> Session:
    """Return the dependency of a route that reads; its value is the caller's session."""
    session: Session = Depends(Reads(right))
    return session
