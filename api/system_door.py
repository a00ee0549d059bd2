"""The door for departments' own systems: a bearer token of one department, no session."""

from typing import Annotated

from fastapi import Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api.errors import Unauthenticated
from api.guard import Door
from api.permissions import Right
from api.services import Desk
from linkage.outside.tokens import SystemToken

_BEARER = HTTPBearer(scheme_name="system", auto_error=False, description="A token of one department's own system.")


class System(Door):
    """Lets a department's system through; whatever the route does is for that department only."""

    right = Right.PUBLIC

    def __call__(
        self, desk: Desk, bearer: Annotated[HTTPAuthorizationCredentials | None, Security(_BEARER)]
    ) -> SystemToken:
        """Return the token that the system came with; raises Unauthenticated when there is no live one."""
        found = None if bearer is None else desk.given.telling.tokens.find(bearer.credentials)
        if found is None:
            raise Unauthenticated(detail="Expected a live token of a department's system", at="Authorization")
        return found
