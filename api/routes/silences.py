"""Silences: what they would hide now, made, listed and ended."""

from datetime import time
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from api.errors import documented
from api.fields import Id, Note, RowPath, SaidNote, SensorId
from api.guard import Changes, Reads
from api.keyed import IdempotencyKey
from api.moments import MomentNs
from api.permissions import Right
from api.scope import sees_district
from api.services import Desk
from api.sessions import Session
from city.errors import NotFound
from city.level import Domain
from city.level import Level as LevelNumber
from linkage.silences.matching import Matchers
from linkage.silences.silence import SilenceKind
from linkage.silences.silences import NewSilence
from linkage.silences.views import PreviewView, SilencePage, SilenceView
from linkage.silences.window import Window
from linkage.views import Level, View

router = APIRouter(prefix="/silences", tags=["silences"])

Reader = Annotated[Session, Depends(Reads(Right.SEE_QUEUE))]
Silencer = Annotated[Session, Depends(Changes(Right.SILENCE))]

#: Words of one list of matchers, and windows of one silence.
_MOST_WORDS, _MOST_WINDOWS = 200, 50

_Words = Annotated[tuple[Id, ...], Field(max_length=_MOST_WORDS)]
_Clock = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", examples=["22:00"])]


class MatchersBody(BaseModel):
    """Which alarms; an empty list asks for nothing in particular, and at least one list must not be empty."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rules: _Words = ()
    sensors: _Words = ()
    sites: _Words = ()
    districts: _Words = ()
    domains: Annotated[tuple[Domain, ...], Field(max_length=len(Domain))] = ()
    classes: _Words = ()
    level_at_most: Level = Field("major", description="Alarms above this level are never held back.")

    def matchers(self) -> Matchers:
        """Return what linkage is asked for."""
        words = self.model_dump(exclude={"level_at_most"})
        return Matchers(**words, level_at_most=LevelNumber.of(self.level_at_most))


class WindowBody(BaseModel):
    """A weekly time in the city's own time; one that does not end after it begins ends on the next day."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    days: tuple[Annotated[int, Field(ge=0, le=6)], ...] = Field(min_length=1, max_length=7, description="0 is Monday.")
    begins: _Clock
    ends: _Clock

    def window(self) -> Window:
        """Return what linkage is asked for."""
        return Window(tuple(sorted(set(self.days))), time.fromisoformat(self.begins), time.fromisoformat(self.ends))


class NewSilenceBody(BaseModel):
    """What is to be kept quiet, how long, and why."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: SilenceKind = SilenceKind.SILENCE
    matchers: MatchersBody
    starts_at: MomentNs | None = Field(None, description="Now, when left out.")
    until: MomentNs
    with_alarm: bool = Field(default=False, description="End as soon as what burns now has cleared.")
    windows: tuple[WindowBody, ...] = Field((), max_length=_MOST_WINDOWS, description="Only then; always when empty.")
    reason: SaidNote


class SilencesAbout(View):
    """Silences about one sensor, the newest first."""

    items: tuple[SilenceView, ...]


class EndBody(BaseModel):
    """Why a silence is ended early."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    note: Note = ""


@router.get("", responses=documented(401, 403, 409))
def silences(
    desk: Desk,
    reader: Reader,
    *,
    ended: Annotated[bool, Query(description="Those that have ended, instead of those that have not.")] = False,
    after: Annotated[str | None, Query(max_length=500, pattern=r"^[A-Za-z0-9_-]*$")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> SilencePage:
    """List silences, the newest first."""
    del reader
    return desk.given.holding.silences.page(ended=ended, limit=limit, after=after if after else None)


@router.get("/about/{sensor:path}", responses=documented(401, 403, 404))
def silences_about(desk: Desk, reader: Reader, sensor: SensorId) -> SilencesAbout:
    """List the silences and the maintenance that hold, or will, for alarms of one sensor."""
    if not sees_district(reader.user, desk.directory.find(sensor).district):
        raise NotFound("sensor", sensor)
    return SilencesAbout(items=desk.given.holding.silences.about(sensor))


@router.post("/preview", responses=documented(401, 403, 409))
def preview(desk: Desk, silencer: Silencer, body: MatchersBody) -> PreviewView:
    """Say what a silence with these matchers would hide now."""
    del silencer
    return desk.given.holding.silences.preview(body.matchers())


@router.post("", status_code=201, responses=documented(401, 403, 409))
def make_silence(desk: Desk, silencer: Silencer, body: NewSilenceBody, key: IdempotencyKey = "") -> SilenceView:
    """Make a silence; it is an event of the log."""
    wanted = NewSilence(
        kind=body.kind,
        matchers=body.matchers.matchers(),
        starts_ns=body.starts_at,
        until_ns=body.until,
        with_alarm=body.with_alarm,
        windows=tuple(window.window() for window in body.windows),
        reason=body.reason,
    )
    return desk.given.holding.silences.make(wanted, silencer.user.person, key)


@router.post("/{silence}/end", responses=documented(401, 403, 404, 409))
def end_silence(
    desk: Desk, silencer: Silencer, silence: RowPath, body: EndBody, key: IdempotencyKey = ""
) -> SilenceView:
    """End a silence now; what it hid comes up if it still burns."""
    return desk.given.holding.silences.end(silence, silencer.user.person, body.note, key)
