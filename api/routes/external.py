"""The API for departments' own systems: their tasks, their steps, and the tokens with which they come."""

from typing import Annotated, Literal

import structlog
from fastapi import APIRouter, Depends, Header, Query, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict

from api.errors import documented
from api.fields import Id, Note, RowPath
from api.guard import Changes, Reads
from api.page import FromNumber, Page, next_key
from api.permissions import Right
from api.services import Desk
from api.sessions import Session
from api.system_door import System
from city.clock import iso
from city.errors import NotFound
from linkage.outside.tokens import SystemToken
from linkage.states import Step
from linkage.viewing import moment
from linkage.views import Moment

log = structlog.get_logger()

router = APIRouter(prefix="/external", tags=["external"])

Caller = Annotated[SystemToken, Depends(System())]


class SystemTask(BaseModel):
    """A task of the department."""

    model_config = ConfigDict(frozen=True)

    id: str
    department: str
    state: str
    dispatched_at: Moment
    due_at: Moment
    note: str
    incident: str = ""


class SystemIncident(BaseModel):
    """The incident of a task after a step."""

    model_config = ConfigDict(frozen=True)

    number: str
    state: str
    version: int


class SystemStep(BaseModel):
    """A handling step; feeding back and returning need a note."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    step: Literal[Step.ACCEPT, Step.ARRIVE, Step.HANDLE, Step.FEED_BACK, Step.RETURN]
    note: Note = ""


class Stepped(BaseModel):
    """The task and its incident after the step."""

    task: SystemTask
    incident: SystemIncident


class TokenView(BaseModel):
    """A token without its secret."""

    id: str
    department: str
    name: str
    created_at: Moment
    created_by: str
    used_at: Moment | None
    revoked_at: Moment | None

    @classmethod
    def of(cls, token: SystemToken) -> "TokenView":
        """Return the view of a token."""
        return cls(
            id=str(token.id),
            department=token.department,
            name=token.name,
            created_at=iso(token.created_ns),
            created_by=token.created_by,
            used_at=moment(token.used_ns),
            revoked_at=moment(token.revoked_ns),
        )


class NewToken(BaseModel):
    """Whose system it is for, and how people call it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    department: Id
    name: Id


class IssuedToken(BaseModel):
    """A new token with its secret, which is shown this once."""

    token: TokenView
    secret: str


class TokenList(BaseModel):
    """Every token, also revoked ones."""

    items: list[TokenView]


@router.get("/tasks", responses=documented(401))
def tasks(desk: Desk, caller: Caller, wanted: Annotated[FromNumber, Query()]) -> Page[SystemTask]:
    """List the department's tasks that count, in order of id."""
    found = desk.given.telling.systems.open(caller, after=wanted.after, limit=wanted.limit)
    items = [SystemTask.model_validate(one) for one in found]
    return Page(items=items, next=next_key([one.id for one in items], wanted.limit))


@router.post("/tasks/{task}/steps", response_model=Stepped, responses=documented(401, 403, 404, 409))
def take_step(
    desk: Desk,
    caller: Caller,
    task: RowPath,
    body: SystemStep,
    idempotency_key: Annotated[
        str, Header(min_length=8, max_length=200, pattern=r"^[!-~]+$", description="The same for every repetition.")
    ],
) -> Response:
    """Take a handling step, once: a repetition under the same key gets the answer that it got first."""
    answer = desk.given.telling.systems.act(caller, task, body.step, body.note, idempotency_key)
    headers = {"Idempotent-Replayed": "true"} if answer.repeated else None
    return JSONResponse(answer.body, answer.status, headers)


@router.get("/tokens", responses=documented(401, 403))
def tokens(desk: Desk, reader: Annotated[Session, Depends(Reads(Right.SEE_TOKENS))]) -> TokenList:
    """List the tokens of departments' systems."""
    del reader
    return TokenList(items=[TokenView.of(one) for one in desk.given.telling.tokens.all()])


@router.post("/tokens", status_code=201, responses=documented(401, 403, 404))
def issue_token(
    desk: Desk, operator: Annotated[Session, Depends(Changes(Right.ISSUE_TOKENS))], body: NewToken
) -> IssuedToken:
    """Make a token; its secret is shown this once."""
    if not desk.given.city.is_department(body.department):
        raise NotFound("department", body.department)
    token, secret = desk.given.telling.tokens.issue(body.department, body.name, by=operator.user.username)
    log.info("token_issued", token=token.id, department=token.department, user=operator.user.username)
    return IssuedToken(token=TokenView.of(token), secret=secret)


@router.post("/tokens/{token}/revoke", responses=documented(401, 403, 404))
def revoke_token(
    desk: Desk, operator: Annotated[Session, Depends(Changes(Right.ISSUE_TOKENS))], token: RowPath
) -> TokenView:
    """End a token at once."""
    revoked = desk.given.telling.tokens.revoke(int(token))
    log.info("token_revoked", token=revoked.id, department=revoked.department, user=operator.user.username)
    return TokenView.of(revoked)
