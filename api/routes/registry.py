"""Files of sensors and components: tried out, brought in whole or not at all, and taken away."""

from functools import partial
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import anyio.to_thread
import structlog
from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from api.errors import documented
from api.guard import Changes, Reads
from api.large_files import received, sent, spooled
from api.permissions import Right
from api.registering import tell_ingest
from api.services import Desk
from api.sessions import Session
from city.errors import NotPermitted
from linkage.views import View
from registry.coordinates import Crs
from registry.files import Noun, Trial
from registry.importing import BadImport, FileToImport, Format, format_of

log = structlog.get_logger()

router = APIRouter(prefix="/registry", tags=["registry"])

Operator = Annotated[Session, Depends(Changes(Right.IMPORT))]
Exporter = Annotated[Session, Depends(Reads(Right.EXPORT))]

#: Of each kind of change, and of mistakes, that many are told.
FIRST = 100

_MEDIA = {Format.CSV: "text/csv", Format.GEOJSON: "application/geo+json"}
_TEXT: dict[str, dict[str, Any]] = {
    _MEDIA[Format.CSV]: {"schema": {"type": "string"}},
    _MEDIA[Format.GEOJSON]: {"schema": {"type": "object"}},
}
# What comes are bytes: what is wrong in them is told by line.
_BYTES = {media: {"schema": {"type": "string", "format": "binary"}} for media in _MEDIA.values()}
_SENT: dict[str, Any] = {"requestBody": {"required": True, "content": _BYTES}}
_WRITTEN: dict[int | str, dict[str, Any]] = {200: {"description": "The file.", "content": _TEXT}}


class WantedImport(BaseModel):
    """What the file itself does not say."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[
        str,
        Field(
            max_length=200,
            pattern=r"^[^\x00-\x1f\x7f/]+\.([cC][sS][vV]|[gG][eE][oO][jJ][sS][oO][nN]|[jJ][sS][oO][nN])$",
            description="Its name, whose ending says how it is written; mistakes are told by name and line.",
        ),
    ]
    crs: Annotated[Crs | None, Field(description="Its coordinate system, before what it says itself.")] = None
    complete: Annotated[
        bool,
        Field(description="It is all there is: what it does not name is taken out, unless the city folder names it."),
    ] = False


class MistakeView(View):
    """Something in a file that is wrong; `at` is its name and line."""

    at: str
    expected: str
    got: str


class ChangedView(View):
    """Something that would change, and in which columns."""

    id: str
    columns: tuple[str, ...]


class StrangerView(View):
    """Who stands in a column for departments and is none of this city's; it hinders nothing."""

    column: str
    got: str
    rows: int
    at: str = Field(description="The first of the lines.")


class TrialView(View):
    """What a file would change; nothing of it can be brought in while it has mistakes."""

    rows: int = Field(description="What stands in the file; 0 where it has mistakes.")
    added: int
    changed: int
    removed: int
    first_added: tuple[str, ...] = Field(description="The first of them by id, as for the next two.")
    first_changed: tuple[ChangedView, ...]
    first_removed: tuple[str, ...]
    strangers: tuple[StrangerView, ...] = Field(
        default=(),
        description="Authorities, owners and maintainers who are no departments of this city: of each the first. They "
        "are taken as they are, and no task goes to them.",
    )
    mistakes: tuple[MistakeView, ...] = Field(description="The first of them, in the order of the file.")
    mistakes_total: int

    @classmethod
    def of(cls, trial: Trial) -> "TrialView":
        """Return the view of a file without mistakes."""
        found = trial.difference
        return cls(
            rows=trial.rows,
            added=found.added,
            changed=found.changed,
            removed=found.removed,
            first_added=found.first_added,
            first_changed=tuple(ChangedView(id=one.id, columns=one.columns) for one in found.first_changed),
            first_removed=found.first_removed,
            strangers=tuple(
                StrangerView(column=one.column, got=one.word, rows=one.rows, at=one.at) for one in found.strangers
            ),
            mistakes=(),
            mistakes_total=0,
        )

    @classmethod
    def wrong(cls, bad: BadImport) -> "TrialView":
        """Return the view of a file with mistakes."""
        told = (MistakeView(at=one.at, expected=one.expected, got=str(one.got)) for one in bad.mistakes[:FIRST])
        return cls(
            rows=0,
            added=0,
            changed=0,
            removed=0,
            first_added=(),
            first_changed=(),
            first_removed=(),
            mistakes=tuple(told),
            mistakes_total=bad.total,
        )


class BroughtView(View):
    """What came of a file that was brought in."""

    rows: int
    changed: int = Field(description="New, or different from what was there.")
    removed: int


class WantedFile(BaseModel):
    """How a file is to be written."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Format = Format.CSV
    crs: Annotated[Crs, Field(description="Coordinate system to write.")] = Crs.WGS84


@router.post("/{noun}/trial", responses=documented(401, 403, 409), openapi_extra=_SENT)
async def try_import(
    request: Request, desk: Desk, operator: Operator, noun: Noun, wanted: Annotated[WantedImport, Query()]
) -> TrialView:
    """Tell what a file would change, or every mistake in it; nothing is changed."""
    _require_whole_city(operator)
    with await received(request, desk.given.files.folder) as content:
        file, files = _file(content, wanted), desk.given.files
        act = partial(files.try_out, noun, file, FIRST, complete=wanted.complete)
        try:
            return TrialView.of(await anyio.to_thread.run_sync(act, limiter=desk.imports))
        except BadImport as bad:
            return TrialView.wrong(bad)


@router.post("/{noun}", responses=documented(401, 403, 409), openapi_extra=_SENT)
async def bring_in(
    request: Request, desk: Desk, operator: Operator, noun: Noun, wanted: Annotated[WantedImport, Query()]
) -> BroughtView:
    """Add and change what a file says, all of it or, when anything in it is wrong, nothing."""
    _require_whole_city(operator)
    with await received(request, desk.given.files.folder) as content:
        act = partial(desk.given.files.bring_in, noun, _file(content, wanted), complete=wanted.complete)
        rows, merged = await anyio.to_thread.run_sync(act, limiter=desk.imports)
    who = operator.user.username
    log.info("registry_imported", noun=str(noun), user=who, rows=rows, changed=merged.changed, removed=merged.removed)
    await tell_ingest(desk)
    return BroughtView(rows=rows, changed=merged.changed, removed=merged.removed)


@router.get("/{noun}", response_class=StreamingResponse, responses={**documented(401, 403, 409), **_WRITTEN})
async def take_away(
    desk: Desk, exporter: Exporter, noun: Noun, wanted: Annotated[WantedFile, Query()]
) -> StreamingResponse:
    """Return all sensors or components, as a file that can be brought back; with a district, what stands there."""
    files, district = desk.given.files, exporter.user.district

    def spool() -> BinaryIO:
        return spooled(files.written(noun, wanted.format, wanted.crs, district=district), files.folder)

    content = await anyio.to_thread.run_sync(spool, limiter=desk.imports)
    headers = {"Content-Disposition": f'attachment; filename="{noun}.{wanted.format}"'}
    return StreamingResponse(sent(content), media_type=_MEDIA[wanted.format], headers=headers)


def _require_whole_city(operator: Session) -> None:
    """Raise NotPermitted for somebody with a district: a file may change what stands elsewhere."""
    if operator.user.district:
        raise NotPermitted(Right.IMPORT, allowed="operators of the whole city", at="district")


def _file(content: BinaryIO, wanted: WantedImport) -> FileToImport:
    return FileToImport(content, wanted.name, format_of(Path(wanted.name)), wanted.crs)
