"""Messages that could not be understood: that they came, and for stewards what was in them."""

import base64
from dataclasses import asdict
from typing import Annotated

import structlog
from anyio import to_thread
from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from api.errors import documented
from api.fields import ID_PATTERN, LARGEST, Number, RowPath, Word
from api.guard import Changes, Reads
from api.page import Page, next_key
from api.permissions import Right
from api.services import Desk, Services
from api.sessions import Session
from api.withheld import without_found
from city.clock import iso
from city.feed import Quarantined, Refusals
from linkage.access import Look, Looked, log_look
from linkage.views import Moment

log = structlog.get_logger()

#: Messages that one request replays: a few seconds' work for ingest, between its batches.
_REPLAYED_AT_ONCE = 1000

router = APIRouter(tags=["quarantine"])


class QuarantinedView(BaseModel):
    """A message that was set aside, without its bytes."""

    model_config = ConfigDict(frozen=True)

    id: int
    time: Moment
    topic: str
    reason: str
    detail: str = Field(description="What was expected, and where; what came instead is told with the bytes alone.")
    size: int = Field(description="Bytes of the message as it came.")
    tries: int = Field(description="How often it was replayed and not understood again.")
    replayed: Moment | None = Field(description="When it was replayed and understood.")
    broker: str = Field(description="Name of the broker that it came from; empty where an earlier version kept it.")


class QuarantinedBytes(QuarantinedView):
    """A message that was set aside, whole."""

    detail: str = Field(description="What was expected, what came, and where.")
    payload: str = Field(description="Base64 of its bytes, cut to 64 KiB.", json_schema_extra={"format": "byte"})


class RefusalCount(BaseModel):
    """How many messages of one reason and source were set aside."""

    model_config = ConfigDict(frozen=True)

    reason: str
    source: str
    waiting: int = Field(description="Not understood yet.")
    replayed: int = Field(description="Replayed, and understood then.")


class WantedRefusals(BaseModel):
    """Which messages; what is empty asks for nothing in particular."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reason: Word = ""
    source: Annotated[Word, Field(description="As the counts tell it.")] = ""
    topic: Annotated[str, Field(max_length=1000, pattern=ID_PATTERN, description="An MQTT topic filter.")] = ""
    broker: Annotated[Word, Field(description="Name of the broker that they came from.")] = ""

    def refusals(self) -> Refusals:
        """Return what ingest is asked for."""
        return Refusals(self.reason, self.source, self.topic, self.broker)


class ReplayBody(WantedRefusals):
    """Which messages are to be replayed, and where to go on."""

    after: Number = Field(0, description="Go on behind this (`upto`); 0: from the oldest.")


class ReplayView(BaseModel):
    """What came of replaying messages."""

    model_config = ConfigDict(frozen=True)

    understood: int
    refused: int = Field(description="Not understood again; they stay, with the reason they now have.")
    cut: int = Field(description="Not to be replayed: not all their bytes were kept.")
    upto: int
    more: bool = Field(description="There may be more behind `upto`.")


class WantedQuarantined(WantedRefusals):
    """Which messages, and where to go on."""

    before: Annotated[int, Field(ge=0, le=LARGEST, description="Go on before this (`next`); 0: from the newest.")] = 0
    limit: Annotated[int, Field(ge=1, le=500)] = 100


@router.get("/quarantine", responses=documented(401, 403), dependencies=[Depends(Reads(Right.SEE_QUARANTINE))])
async def quarantine(desk: Desk, wanted: Annotated[WantedQuarantined, Query()]) -> Page[QuarantinedView]:
    """List messages that were set aside, newest first."""
    found = await desk.given.feed.quarantined(wanted.before, wanted.limit, wanted.refusals())
    items = [QuarantinedView.model_validate({**_shown(one), "detail": without_found(one.detail)}) for one in found]
    return Page(items=items, next=next_key([one.id for one in found], wanted.limit))


@router.get("/quarantine/counts", responses=documented(401, 403), dependencies=[Depends(Reads(Right.SEE_QUARANTINE))])
async def quarantine_counts(desk: Desk) -> list[RefusalCount]:
    """Count what was set aside, by reason and by the source that the beginning of the topic names."""
    return [RefusalCount(**asdict(one)) for one in await desk.given.feed.quarantine_counts()]


@router.post("/quarantine-replays", responses=documented(401, 403, 409))
async def replay_quarantined(
    desk: Desk, operator: Annotated[Session, Depends(Changes(Right.REPLAY))], body: ReplayBody
) -> ReplayView:
    """Understand messages anew, as after a decoder or a mapping was mended: as late, and each at most once."""
    came = await desk.given.feed.replay_quarantined(body.refusals(), body.after, _REPLAYED_AT_ONCE)
    log.info("quarantine_replayed", user=operator.user.username, understood=came.understood, refused=came.refused)
    return ReplayView(**asdict(came))


@router.get("/quarantine/{message}", responses=documented(401, 403, 404))
async def quarantined_message(
    desk: Desk, steward: Annotated[Session, Depends(Reads(Right.SEE_BYTES))], message: RowPath
) -> QuarantinedBytes:
    """Show one message with its bytes, which may hold personal data; that they were seen is logged."""
    found = await desk.given.feed.quarantined_bytes(int(message))
    await to_thread.run_sync(_note_look, desk, steward, found.id)
    return QuarantinedBytes.model_validate({**_shown(found), "payload": base64.b64encode(found.payload).decode()})


def _note_look(desk: Services, steward: Session, message: int) -> None:
    with desk.given.database.write() as connection:
        look = Look(Looked.QUARANTINED, str(message))
        log_look(connection, steward.user.person, look, desk.given.clock.now_ns())


def _shown(message: Quarantined) -> dict[str, object]:
    return {
        "id": message.id,
        "time": iso(message.time_ns),
        "topic": message.topic,
        "reason": message.reason,
        "detail": message.detail,
        "size": message.size,
        "tries": message.tries,
        "replayed": iso(message.replayed_ns) if message.replayed_ns is not None else None,
        "broker": message.broker,
    }
