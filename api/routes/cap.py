"""CAP 1.2: the public feed, an incident's messages, messages from outside, and the warnings from outside in force."""

from typing import Annotated, Any

import anyio.to_thread
from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api.errors import Unauthenticated, documented
from api.fields import LARGEST, RowPath
from api.guard import Open, Reads
from api.page import Page, next_key
from api.permissions import Right
from api.services import Desk, Services
from api.sessions import Session
from linkage.cap.feed import ATOM_TYPE, CAP_TYPE
from linkage.cap.heard import HeardWarning
from linkage.cap.in_force import ReceivedWarning
from linkage.cap.office import CapLine

router = APIRouter(tags=["cap"])

Reader = Annotated[Session, Depends(Reads(Right.SEE_QUEUE))]
Anybody = Depends(Open())
Identifier = Annotated[str, Path(min_length=1, max_length=200, pattern=r"^[A-Za-z0-9._-]+$")]


def _xml(media_type: str, description: str) -> dict[int | str, dict[str, Any]]:
    return {200: {"description": description, "content": {media_type: {"schema": {"type": "string"}}}}}


class CapLines(BaseModel):
    """Messages, oldest first."""

    items: list[CapLine]


class ReceivedWarnings(BaseModel):
    """Warnings from outside, newest first."""

    items: list[ReceivedWarning]


class WantedReceived(BaseModel):
    """Which messages."""

    model_config = ConfigDict(frozen=True)

    before: Annotated[int, Field(ge=0, le=LARGEST, description="Go on before this (`next`); 0: from the newest.")] = 0
    limit: Annotated[int, Field(ge=1, le=500)] = 100


class CapTaken(BaseModel):
    """What became of a message; `repeated` when it had come before."""

    sender: str
    identifier: str
    state: str
    reason: str
    repeated: bool


@router.get(
    "/cap/feed",
    response_class=Response,
    dependencies=[Anybody],
    responses={**documented(404), **_xml(ATOM_TYPE, "An Atom feed of what is public and in force.")},
)
def feed(request: Request, desk: Desk) -> Response:
    """Return the public feed, where the city has one."""
    return Response(desk.given.cap.feed(_address(request, desk)), media_type=ATOM_TYPE)


@router.get(
    "/cap/messages/{identifier}",
    response_class=Response,
    dependencies=[Anybody],
    responses={**documented(404), **_xml(CAP_TYPE, "A CAP 1.2 message.")},
)
def public_message(desk: Desk, identifier: Identifier) -> Response:
    """Return one public message."""
    return Response(desk.given.cap.public(identifier), media_type=CAP_TYPE)


@router.post(
    "/cap/messages",
    dependencies=[Anybody],
    responses=documented(401, 403, 404),
    openapi_extra={"requestBody": {"required": True, "content": {CAP_TYPE: {"schema": {"type": "string"}}}}},
)
async def post_message(request: Request, desk: Desk) -> CapTaken:
    """Take a CAP 1.2 message from a system that bears the token; a repetition gets the same answer."""
    office = desk.given.cap
    if not office.knows(request.headers.get("authorization", "").removeprefix("Bearer ")):
        raise Unauthenticated(detail="Expected the token of `linkage.cap.token`", at="Authorization")
    taken = await anyio.to_thread.run_sync(office.take, await request.body())
    return CapTaken(
        sender=taken.sender,
        identifier=taken.identifier,
        state=taken.state,
        reason=taken.reason,
        repeated=taken.repeated,
    )


@router.get("/cap/in-force", responses=documented(401, 403))
def in_force(desk: Desk, reader: Reader) -> ReceivedWarnings:
    """List the warnings from outside that are in force."""
    del reader
    return ReceivedWarnings(items=desk.given.cap.in_force())


@router.get("/cap/received", responses=documented(401, 403))
def received(desk: Desk, reader: Reader, wanted: Annotated[WantedReceived, Query()]) -> Page[HeardWarning]:
    """List every message from outside: what it does, which plans it arms, what was proposed by it."""
    del reader
    found = desk.given.cap.heard(wanted.before, wanted.limit)
    return Page(items=found, next=next_key([one.id for one in found], wanted.limit))


@router.get("/incidents/{incident}/cap", responses=documented(401, 403, 404))
def of_incident(desk: Desk, reader: Reader, incident: RowPath) -> CapLines:
    """List what was said of an incident."""
    shown = desk.given.incidents.one(incident, reader.user.person)
    return CapLines(items=desk.given.cap.of_incident(int(shown.id)))


@router.get(
    "/incidents/{incident}/cap/{identifier}",
    response_class=Response,
    responses={**documented(401, 403, 404), **_xml(CAP_TYPE, "A CAP 1.2 message.")},
)
def incident_message(desk: Desk, reader: Reader, incident: RowPath, identifier: Identifier) -> Response:
    """Return one message about an incident."""
    shown = desk.given.incidents.one(incident, reader.user.person)
    return Response(desk.given.cap.message(int(shown.id), identifier), media_type=CAP_TYPE)


def _address(request: Request, desk: Services) -> str:
    """Return where CAP is served, by the public address where there is one."""
    public = desk.given.settings.public_url.rstrip("/")
    base = public if public else str(request.base_url).rstrip("/")
    return f"{base}{request.url.path.removesuffix('/feed')}"
