"""Live changes as server-sent events."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query

from api.errors import documented
from api.fields import LARGEST
from api.guard import Reads
from api.live_response import LiveResponse
from api.permissions import Right
from api.resume import Resumption
from api.services import Desk
from api.sessions import Session

router = APIRouter(prefix="/live", tags=["live"])

_EVENT = {
    "type": "object",
    "properties": {
        "event": {"type": "string", "enum": ["incident", "sensors", "list", "beat", "gone"]},
        "id": {"type": "string", "pattern": "^[0-9]+$", "description": "Where to resume."},
        "data": {"type": "string", "contentMediaType": "application/json"},
        "retry": {"type": "integer", "minimum": 0},
    },
    "required": ["event", "data"],
}

_STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "description": (
            "Events `incident` (id: event number; data: an incident summary with the `event`), `sensors` (data: a list "
            "of `{id, state, latest}`), `list` (`{list}`: `drills`, `responses` or `duty`, to be read again), `beat` "
            "every 2 s (`{time, number, ingest}`) and `gone` (read everything again)."
        ),
        # Until OpenAPI 3.2, the schema of an event stream is read as that of each event.
        "content": {"text/event-stream": {"schema": _EVENT}},
    }
}
_Number = Annotated[int | None, Query(ge=0, le=LARGEST, description="Number of the last event that was seen.")]


@router.get("", status_code=200, response_class=LiveResponse, responses={**documented(401, 403, 429), **_STREAM})
async def live(
    desk: Desk,
    session: Annotated[Session, Depends(Reads(Right.SEE_CITY))],
    after: _Number = None,
    last_event_id: Annotated[str, Header(description="What a browser resumes from; goes before `after`.")] = "",
) -> LiveResponse:
    """Stream what changes, from the event after `Last-Event-ID` or `after`, or from now on."""
    stream = desk.hub.open(session)
    resumption = Resumption(desk.hub, desk.recorder, desk.sensor_news, stream)
    return LiveResponse(desk.hub, stream, resumption.chunks(_number_in(last_event_id, after)))


def _number_in(last_event_id: str, after: int | None) -> int | None:
    """Return where to resume; a browser's header is newer than the address it was opened with."""
    if last_event_id.isascii() and last_event_id.isdecimal() and int(last_event_id[:20]) <= LARGEST:
        return int(last_event_id)
    return after
