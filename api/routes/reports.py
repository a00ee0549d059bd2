"""Reports by people: what the form needs, near duplicates, filing, who called, and calling back."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from api.errors import documented
from api.fields import Name, Note, RowPath, Word
from api.guard import Changes, Reads
from api.keyed import IdempotencyKey
from api.naming import with_names
from api.permissions import Right
from api.services import Desk
from api.sessions import Session
from city.place import Place
from linkage.reports.callbacks import Called
from linkage.reports.filing import Request
from linkage.reports.said import Caller, Said
from linkage.reports.views import Callback, CallerView, FieldWork, Filed, Near, ReportFacts, ReportView
from linkage.views import Source, View

router = APIRouter(tags=["reports"])

Reader = Annotated[Session, Depends(Reads(Right.SEE_QUEUE))]
Calls = Annotated[Session, Depends(Reads(Right.CALL_BACK))]

#: An id that a device gives a photo; long enough that no two devices give the same.
PHOTO_PATTERN = r"^[A-Za-z0-9_-]{8,64}$"

PhotoId = Annotated[str, Field(pattern=PHOTO_PATTERN)]

#: Photos of one report: more than anybody looks through.
_MOST_PHOTOS = 9


class CallerBody(BaseModel):
    """Who called: personal data."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Name = ""
    phone: Annotated[str, Field(max_length=40, pattern=r"^[0-9+()# *,-]*$")] = ""
    call_back: bool = Field(default=False, description="The caller wants to know how it ended.")


class NewReport(BaseModel):
    """What a person reports; `joins` names the open incident that it is about."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    incident_class: Annotated[Word, Field(alias="class", description="A class of the city's case standards.")]
    source: Source
    title: Name = ""
    priority: int | None = Field(None, ge=1, le=5, description="Left out: what class and condition propose.")
    hotline: Word = ""
    condition: Word = ""
    component: Word = ""
    sensor: Word | None = None
    note: Note = ""
    longitude: float | None = Field(None, ge=-180, le=180)
    latitude: float | None = Field(None, ge=-90, le=90)
    district: Word = ""
    place: Name = ""
    caller: CallerBody = CallerBody()
    photos: tuple[PhotoId, ...] = Field((), max_length=_MOST_PHOTOS)
    joins: Annotated[str, Field(pattern=r"^([0-9]{1,18})?$")] = ""

    def said(self) -> Said:
        """Return what linkage is told."""
        caller = Caller(**self.caller.model_dump())
        return Said(**self.model_dump(exclude={"caller", "joins"}), caller=caller)


class Spot(BaseModel):
    """What a report is about so far."""

    model_config = ConfigDict(frozen=True)

    incident_class: Annotated[Word, Field(alias="class")]
    longitude: Annotated[float, Field(ge=-180, le=180)]
    latitude: Annotated[float, Field(ge=-90, le=90)]


class NearPage(View):
    """Open incidents that a report may be about, the nearest first."""

    items: tuple[Near, ...]


class ReportPage(View):
    """What was reported of an incident, in order."""

    items: tuple[ReportView, ...]


class CallbackPage(View):
    """Callers who are still to be told how it ended."""

    items: tuple[Callback, ...]


class CallBody(BaseModel):
    """How an attempt to call back went."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reached: bool
    satisfaction: Literal[1, 2, 3, 4, 5] | None = None
    note: Note = ""


class CallRecorded(View):
    """Whether the caller is to be called again."""

    again: bool


@router.get("/reports/facts", responses=documented(401, 403))
async def report_facts(desk: Desk, reader: Annotated[Session, Depends(Reads(Right.SEE_CITY))]) -> ReportFacts:
    """Tell what the report form offers: hotlines, classes with their conditions, and when two reports are one."""
    del reader
    return desk.given.office.facts


@router.get("/reports/near", responses=documented(401, 403))
def near(
    desk: Desk, reporter: Annotated[Session, Depends(Reads(Right.REPORT))], spot: Annotated[Spot, Query()]
) -> NearPage:
    """List open incidents of the same class near this place, which a report may join."""
    place = Place(spot.longitude, spot.latitude)
    return NearPage(items=desk.given.office.reports.near(spot.incident_class, place, reporter.user.person))


@router.post("/reports", status_code=201, responses=documented(401, 403, 404, 409))
def report(
    desk: Desk, reporter: Annotated[Session, Depends(Changes(Right.REPORT))], body: NewReport, key: IdempotencyKey = ""
) -> Filed:
    """Report something: it opens an incident, or joins the one that it names."""
    return desk.given.office.reports.file(body.said(), Request(reporter.user.person, key), body.joins)


@router.get("/incidents/{incident}/reports", responses=documented(401, 403, 404))
def reports_of(desk: Desk, reader: Reader, incident: RowPath) -> ReportPage:
    """List what people reported of an incident, without their names and numbers."""
    return ReportPage(items=desk.given.office.reports.of_incident(incident, reader.user.person))


@router.get("/reports/{report}/caller", responses=documented(401, 403, 404))
def caller(desk: Desk, reader: Calls, report: RowPath) -> CallerView:
    """Show who called; the look is written down."""
    return desk.given.office.callbacks.caller(report, reader.user.person)


@router.get("/callbacks", responses=documented(401, 403))
def callbacks(desk: Desk, reader: Calls) -> CallbackPage:
    """List callers who are still to be told how it ended, longest waiting first."""
    return CallbackPage(items=desk.given.office.callbacks.waiting(reader.user.person))


@router.post("/reports/{report}/calls", responses=documented(401, 403, 404, 409))
def call(
    desk: Desk,
    acceptor: Annotated[Session, Depends(Changes(Right.CALL_BACK))],
    report: RowPath,
    body: CallBody,
    key: IdempotencyKey = "",
) -> CallRecorded:
    """Record an attempt to call back."""
    called = Called(**body.model_dump())
    again = desk.given.office.callbacks.called(report, called, Request(acceptor.user.person, key))
    return CallRecorded(again=again)


@router.get("/field-work", responses=documented(401, 403))
def field_work(desk: Desk, reader: Reader) -> FieldWork:
    """List what the caller is to verify and to check on the spot."""
    work = desk.given.office.rounds.work(reader.user.person)
    return work.model_copy(update={"check": with_names(desk.users, work.check)})
