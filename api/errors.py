"""The one error body, and the one table from what went wrong to an HTTP status."""

import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, ClassVar

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import iter_route_contexts
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute

from city.errors import (
    BadCityFile,
    BadDocument,
    BadRequest,
    Conflict,
    IllegalTransition,
    LiandongError,
    NotFound,
    NotOver,
    NotPermitted,
    StoreUnavailable,
)

log = structlog.get_logger()

#: Seconds after which a client may ask again when a store was away.
RETRY_STORE_S = 2

_LONGEST_SHOWN = 200

#: Fields whose value is never repeated.
_SECRETS = frozenset({"password", "current_password", "token"})


class ErrorBody(BaseModel):
    """What every refused request is answered with."""

    model_config = ConfigDict(extra="forbid")

    code: str = Field(description="A word for programs, one for each thing a caller would do differently.")
    detail: str = Field(description="A sentence for people: what was expected, what came.")
    at: str = Field(description="Where: the field, parameter, object or path.")


class Unauthenticated(LiandongError):
    """Raised when a request comes without a live session, or a sign-in without the right secret."""

    code = "unauthenticated"

    def __init__(self, *, detail: str = "Sign in first", at: str = "session") -> None:
        self.at = at
        super().__init__(detail)


class ForgedRequest(LiandongError):
    """Raised when a request that changes something does not prove that our own page made it."""

    code = "forged_request"

    def __init__(self, *, expected: str, at: str) -> None:
        self.at = at
        super().__init__(f"Expected {expected} - at `{at}`")


class TooMany(LiandongError):
    """Raised when somebody asks too often or holds too much; `retry_after_s` says when to come back."""

    code = "too_many"

    def __init__(self, *, what: str, retry_after_s: int, at: str) -> None:
        self.retry_after_s, self.at = retry_after_s, at
        super().__init__(f"Too many {what}, try again in {retry_after_s} s")


#: Status of each class of error; the nearest class in the method resolution order counts.
STATUSES: dict[type[LiandongError], HTTPStatus] = {
    # What no state would allow is refused by the schema (422); what is left depends on how things stand now.
    BadRequest: HTTPStatus.CONFLICT,
    BadDocument: HTTPStatus.UNPROCESSABLE_ENTITY,
    BadCityFile: HTTPStatus.CONFLICT,
    Unauthenticated: HTTPStatus.UNAUTHORIZED,
    ForgedRequest: HTTPStatus.FORBIDDEN,
    NotPermitted: HTTPStatus.FORBIDDEN,
    NotFound: HTTPStatus.NOT_FOUND,
    IllegalTransition: HTTPStatus.CONFLICT,
    NotOver: HTTPStatus.CONFLICT,
    Conflict: HTTPStatus.CONFLICT,
    TooMany: HTTPStatus.TOO_MANY_REQUESTS,
    StoreUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    LiandongError: HTTPStatus.INTERNAL_SERVER_ERROR,
}

#: Code of the statuses that the framework itself answers with.
_FRAMEWORK_CODES = {
    400: "bad_request",
    404: "not_found",
    405: "method_not_allowed",
    413: "body_too_large",
}

#: Why each status is answered, for the OpenAPI document.
_MEANINGS = {
    400: "What was asked cannot be asked.",
    401: "No live session.",
    403: "Not for this person, or the CSRF token is missing.",
    404: "No such thing, or not this person's to see.",
    409: "The state does not allow it, or somebody else changed it first.",
    413: "The body is too large.",
    421: "The Host header names another machine.",
    422: "A field or parameter is not as described.",
    429: "Too many requests of this kind.",
    500: "A fault of ours, which was logged.",
    503: "A store or ingest is away; try again.",
}


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the OpenAPI responses of a route that may refuse with `statuses`."""
    everywhere = (400, 413, 421, 422, 500, 503)
    # Written out, because a route that answers in another media type would have its errors documented in that.
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{ErrorBody.__name__}"}}}
    return {
        status: {"description": _MEANINGS[status], "content": content} for status in sorted({*statuses, *everywhere})
    }


def refusal(status: int, code: str, detail: str, at: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """Return the response of one refused request."""
    body = ErrorBody(code=code, detail=detail, at=at)
    # A lone surrogate in what a client sent cannot be written as UTF-8.
    content = {name: text.encode("utf-8", "replace").decode() for name, text in body.model_dump().items()}
    return JSONResponse(content, status, headers=dict(headers) if headers else None)


class ErrorAnswers:
    """Turns exceptions into refusals; `secure` are the headers that a 500 must carry as well."""

    _CHALLENGE: ClassVar[dict[str, str]] = {"WWW-Authenticate": "Cookie"}

    def __init__(self, secure: Mapping[str, str]) -> None:
        self._secure = secure

    def install(self, app: FastAPI) -> None:
        """Make `app` answer every error with the one body."""
        app.add_exception_handler(LiandongError, self.own)
        app.add_exception_handler(RequestValidationError, self.invalid)
        app.add_exception_handler(HTTPException, self.framework)
        app.add_exception_handler(Exception, self.unexpected)

    async def own(self, request: Request, error: Exception) -> JSONResponse:
        """Answer an error of `city.errors` or of this module."""
        kind = next(base for base in type(error).__mro__ if base in STATUSES)
        status = STATUSES[kind]
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            log.warning("request_refused", path=request.url.path, status=int(status), error=str(error))
        code = getattr(error, "code", LiandongError.code)
        return refusal(status, code, str(error), str(getattr(error, "at", request.url.path)), self._headers(error))

    async def invalid(self, request: Request, error: Exception) -> JSONResponse:
        """Answer a request whose parameters or body do not fit their description."""
        del request
        problems = error.errors() if isinstance(error, RequestValidationError) else []
        details = [_told(problem) for problem in problems[:5]]
        place = ".".join(str(part) for part in problems[0]["loc"]) if problems else "request"
        return refusal(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid_request", "; ".join(details), place[:_LONGEST_SHOWN])

    async def framework(self, request: Request, error: Exception) -> JSONResponse:
        """Answer what the framework refuses: an unknown path, a wrong method, an unreadable body."""
        status = error.status_code if isinstance(error, HTTPException) else HTTPStatus.BAD_REQUEST
        detail = str(error.detail) if isinstance(error, HTTPException) else str(error)
        headers = dict(error.headers or {}) if isinstance(error, HTTPException) else {}
        if status == HTTPStatus.METHOD_NOT_ALLOWED:
            headers["Allow"] = ", ".join(allowed_methods(request.app.routes, request.url.path))
        code = _FRAMEWORK_CODES.get(status, "bad_request")
        return refusal(status, code, detail, request.url.path[:_LONGEST_SHOWN], headers)

    async def unexpected(self, request: Request, error: Exception) -> JSONResponse:
        """Answer a fault of ours; the server logs it with its traceback."""
        log.error("request_failed", path=request.url.path, error=type(error).__name__)
        status = HTTPStatus.INTERNAL_SERVER_ERROR
        return refusal(status, "internal", "A fault of ours, which was logged", request.url.path, self._secure)

    def _headers(self, error: Exception) -> dict[str, str] | None:
        if isinstance(error, Unauthenticated):
            return self._CHALLENGE
        if isinstance(error, TooMany):
            return {"Retry-After": str(error.retry_after_s)}
        if isinstance(error, StoreUnavailable):
            return {"Retry-After": str(RETRY_STORE_S)}
        return None


def allowed_methods(routes: Sequence[BaseRoute], path: str) -> list[str]:
    """Return the methods that any route answers to at this path (RFC 9110 §15.5.6)."""
    methods: set[str] = set()
    for route in iter_route_contexts(routes):
        pattern: re.Pattern[str] | None = getattr(route, "path_regex", None)
        if pattern is not None and pattern.match(path):
            methods |= route.methods or set()
    return sorted(methods)


def _told(problem: Mapping[str, Any]) -> str:
    """Return what is wrong, with the value where it is one that may be repeated."""
    value = problem.get("input")
    # A whole body may hold a password too, so only single values are shown.
    if isinstance(value, dict | list | bytes) or _SECRETS.intersection(problem["loc"]):
        return str(problem["msg"])
    text = repr(value)
    return f"{problem['msg']}, got `{text[:57]}...`" if len(text) > 60 else f"{problem['msg']}, got `{text}`"
