"""How the whole is: ingest, and the desk that answers."""

import anyio.to_thread
from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from api.errors import documented
from api.guard import Reads
from api.permissions import Right
from api.services import Desk
from city.clock import iso
from city.errors import StoreUnavailable
from city.feed import IngestStatus, Trouble
from linkage.troubles import troubles
from linkage.views import Moment

router = APIRouter(prefix="/status", tags=["status"], dependencies=[Depends(Reads(Right.SEE_STATUS))])


class BrokerView(BaseModel):
    """How one broker is; connected means that it granted every subscription."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    name: str
    url: str
    connected: bool
    required: bool
    version: str
    error: str
    refused: dict[str, str]


class TroubleView(BaseModel):
    """Damage or loss that nobody has looked at yet, or what does not work now."""

    model_config = ConfigDict(frozen=True)

    kind: str
    since: Moment
    name: str = Field(description="The broker, with its topic filter where it is about one, the store, rule or work.")
    detail: str = Field(description="A file, a span of time, or what the broker, the store or the fault said itself.")

    @classmethod
    def of(cls, trouble: Trouble) -> "TroubleView":
        """Return the view of a trouble."""
        return cls(kind=trouble.kind, since=iso(trouble.since_ns), name=trouble.name, detail=trouble.detail)


class IngestView(BaseModel):
    """How ingest is."""

    model_config = ConfigDict(frozen=True)

    listening: bool
    broker: str
    since: Moment
    journal_position: int
    history_position: int
    judged_position: int
    history_error: str
    book_version: str
    book_error: str
    counters: dict[str, float | None]
    troubles: list[TroubleView]
    brokers: tuple[BrokerView, ...] = ()

    @classmethod
    def of(cls, status: IngestStatus) -> "IngestView":
        """Return the view of ingest's status."""
        copied = {name: getattr(status, name) for name in cls.model_fields if name not in {"since", "troubles"}}
        named = {"since": iso(status.since_ns), "troubles": [TroubleView.of(one) for one in status.troubles]}
        return cls.model_validate({**copied, **named}, from_attributes=True)


class DeskView(BaseModel):
    """How this process is."""

    model_config = ConfigDict(frozen=True)

    version: str
    started: Moment
    database: str
    event_number: int
    streams: int
    sensors: int
    troubles: list[TroubleView] = Field(description="Alarms set aside, by rule; faults of ten minutes, by work.")


class CopiesView(BaseModel):
    """When everything was last copied, and such a copy last restored for a test; `late` says what is too old."""

    model_config = ConfigDict(frozen=True)

    scheduled: bool
    taken_at: Moment | None
    tested_at: Moment | None
    error: str = Field(description="What went wrong at the last try; empty when nothing did.")
    late: list[str]


class Status(BaseModel):
    """How the whole is; `ingest` is null while it does not answer, and `ingest_error` says why."""

    ingest: IngestView | None
    ingest_error: str
    desk: DeskView
    copies: CopiesView | None


@router.get("", responses=documented(401, 403))
async def status(desk: Desk) -> Status:
    """Tell how ingest and desk are."""
    ingest, error = None, ""
    try:
        ingest = IngestView.of(await desk.given.feed.status())
    except StoreUnavailable as away:
        error = str(away)
    own = DeskView(
        version=desk.given.city.city.version,
        started=iso(desk.started_ns),
        database=desk.given.database.url,
        event_number=desk.hub.number,
        streams=len(desk.hub),
        sensors=len(desk.directory.now.sensors),
        troubles=[TroubleView.of(one) for one in await anyio.to_thread.run_sync(troubles, desk.given.database)],
    )
    copies = desk.given.copies
    view = None if copies is None else CopiesView.model_validate(await anyio.to_thread.run_sync(copies))
    return Status(ingest=ingest, ingest_error=error, desk=own, copies=view)
