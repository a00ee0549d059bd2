"""Reports upward, and the grade that numbers speak for."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from api.errors import documented
from api.fields import LARGEST, RowPath, SaidNote
from api.guard import Changes, Reads
from api.permissions import Right
from api.services import Desk
from api.sessions import Session
from linkage.plans.upward import UpwardReport
from linkage.scales import Harm, proposed_grade

router = APIRouter(tags=["upward reports"])

Reader = Annotated[Session, Depends(Reads(Right.SEE_RESPONSES))]
Writer = Annotated[Session, Depends(Changes(Right.REPORT_UP))]

_Row = Annotated[int, Field(ge=1, le=LARGEST)]


class WantedReports(BaseModel):
    """Which reports."""

    model_config = ConfigDict(frozen=True)

    owed: bool = Field(default=True, description="true: still to be written, nearest first; false: sent.")
    incident: _Row | None = None


class Reports(BaseModel):
    """Reports upward."""

    items: list[UpwardReport]


class NewReport(BaseModel):
    """A follow-up that facts ask for now."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    incident: _Row


class SignedReport(BaseModel):
    """What is sent, signed by the caller."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    subject: Annotated[SaidNote, Field(max_length=200)]
    body: SaidNote


class WantedGrade(BaseModel):
    """What an event has done."""

    model_config = ConfigDict(frozen=True)

    deaths: Annotated[int, Field(ge=0, le=10_000_000)] = 0
    injuries: Annotated[int, Field(ge=0, le=10_000_000)] = 0
    loss_cny: Annotated[int, Field(ge=0, le=LARGEST, description="Direct economic loss, yuan.")] = 0


class GradeView(BaseModel):
    """The grade that Order 493 gives an accident with this harm; a person sets the grade of an incident."""

    grade: str
    because: tuple[str, ...]


@router.get("/upward-reports", responses=documented(401, 403))
def reports(desk: Desk, reader: Reader, wanted: Annotated[WantedReports, Query()]) -> Reports:
    """List reports upward of incidents that the caller may see."""
    found = desk.given.plans.upward.page(reader.user.person, owed=wanted.owed, incident=wanted.incident)
    return Reports(items=found)


@router.post("/upward-reports", status_code=201, responses=documented(401, 403, 404, 409))
def add(desk: Desk, writer: Writer, body: NewReport) -> UpwardReport:
    """Begin a follow-up report because facts have changed."""
    number = desk.given.plans.upward.add(body.incident, writer.user.person)
    return desk.given.plans.upward.draft(number, writer.user.person)


@router.get("/upward-reports/{report}", responses=documented(401, 403, 404))
def draft(desk: Desk, reader: Reader, report: RowPath) -> UpwardReport:
    """Show a report; one that is still owed has a text filled in from the case."""
    return desk.given.plans.upward.draft(int(report), reader.user.person)


@router.post("/upward-reports/{report}/send", responses=documented(401, 403, 404, 409))
def send(desk: Desk, writer: Writer, report: RowPath, body: SignedReport) -> UpwardReport:
    """Sign a report and send it."""
    desk.given.plans.upward.send(int(report), body.subject, body.body, writer.user.person)
    return desk.given.plans.upward.draft(int(report), writer.user.person)


@router.get("/grade-proposal", responses=documented(401, 403))
def grade(_: Reader, wanted: Annotated[WantedGrade, Query()]) -> GradeView:
    """Say which event grade the numbers speak for."""
    found = proposed_grade(Harm(deaths=wanted.deaths, injuries=wanted.injuries, loss_cny=wanted.loss_cny))
    return GradeView(grade=found.grade, because=found.because)
