"""Warnings: issued, issued anew and cancelled by a person; they start no response."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from api.errors import documented
from api.fields import LARGEST, Id, Note, Number, RowPath, SaidNote
from api.guard import Changes, Reads
from api.moments import MomentNs
from api.permissions import Right
from api.services import Desk
from api.sessions import Session
from linkage.warnings.categories import CATEGORIES
from linkage.warnings.issuing import WarningContent
from linkage.warnings.listing import MAX_LIMIT, WarningView

router = APIRouter(prefix="/warnings", tags=["warnings"])

Reader = Annotated[Session, Depends(Reads(Right.SEE_RESPONSES))]
Issuer = Annotated[Session, Depends(Changes(Right.WARN))]
Answerer = Annotated[Session, Depends(Changes(Right.ANSWER_WARNING))]

#: Most districts that a warning names.
_MOST_DISTRICTS = 100


class WantedWarnings(BaseModel):
    """Which warnings."""

    model_config = ConfigDict(frozen=True)

    in_force: bool | None = Field(None, description="true: in force; false: cancelled; left out: both.")
    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT)] = 100


class WarningPage(BaseModel):
    """Warnings, newest first."""

    items: list[WarningView]


class _Content(BaseModel):
    """What a warning must state (Emergency Response Law 2024 Art. 64)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    level: Literal["blue", "yellow", "orange", "red"]
    starts_at: MomentNs
    ends_at: MomentNs | None = None
    area: SaidNote
    districts: tuple[Id, ...] = Field((), max_length=_MOST_DISTRICTS)
    cautions: SaidNote
    measures: SaidNote
    issuer: Annotated[SaidNote, Field(max_length=200)]
    note: Note = ""

    def content(self) -> WarningContent:
        """Return what linkage is told."""
        return WarningContent(
            level=self.level,
            starts_ns=self.starts_at,
            ends_ns=self.ends_at,
            area=self.area,
            districts=self.districts,
            cautions=self.cautions,
            measures=self.measures,
            issuer=self.issuer,
            note=self.note,
        )


class NewWarning(_Content):
    """A warning to be issued, about an incident or about nothing that has happened yet."""

    category: Literal[tuple(CATEGORIES)]  # type: ignore[valid-type]
    incident: Annotated[int, Field(ge=1, le=LARGEST)] | None = None


class NewIssue(_Content):
    """A warning to be issued anew; `seen` is the serial of the issue that the caller saw."""

    seen: Number


class Cancellation(BaseModel):
    """Why a warning is cancelled; `seen` is the serial of the issue that the caller saw."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seen: Number
    note: SaidNote


class Seen(BaseModel):
    """The serial of the issue that the caller saw."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seen: Number


@router.get("", responses=documented(401, 403))
def warnings(desk: Desk, _: Reader, wanted: Annotated[WantedWarnings, Query()]) -> WarningPage:
    """List warnings."""
    return WarningPage(items=desk.given.plans.warning_list.page(in_force=wanted.in_force, limit=wanted.limit))


@router.post("", status_code=201, responses=documented(401, 403, 404, 409))
def issue(desk: Desk, issuer: Issuer, body: NewWarning) -> WarningView:
    """Issue a warning."""
    number = desk.given.plans.warnings.issue(body.category, body.content(), issuer.user.person, body.incident)
    return desk.given.plans.warning_list.one(number)


@router.post("/{warning}/issues", responses=documented(401, 403, 404, 409))
def issue_anew(desk: Desk, issuer: Issuer, warning: RowPath, body: NewIssue) -> WarningView:
    """Issue a warning anew, at another level or with other words."""
    desk.given.plans.warnings.update(int(warning), body.seen, body.content(), issuer.user.person)
    return desk.given.plans.warning_list.one(int(warning))


@router.post("/{warning}/acknowledge", responses=documented(401, 403, 404, 409))
def acknowledge(desk: Desk, answerer: Answerer, warning: RowPath, body: Seen) -> WarningView:
    """Say for one's department that the newest issue was seen."""
    desk.given.plans.warnings.acknowledge(int(warning), body.seen, answerer.user.person)
    return desk.given.plans.warning_list.one(int(warning))


@router.post("/{warning}/cancel", responses=documented(401, 403, 404, 409))
def cancel(desk: Desk, issuer: Issuer, warning: RowPath, body: Cancellation) -> WarningView:
    """Cancel a warning."""
    desk.given.plans.warnings.cancel(int(warning), body.seen, body.note, issuer.user.person)
    return desk.given.plans.warning_list.one(int(warning))
