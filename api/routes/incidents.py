"""Incidents: the queue, one of them whole, opening one by hand, and taking steps."""

from typing import Annotated, Literal

from fastapi import APIRouter, Body, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from api.cameras import nearest_cameras
from api.errors import documented
from api.fields import ID_PATTERN, LONGEST_WORD, NAME_PATTERN, Name, Note, RowPath, Word
from api.guard import Changes, Reads
from api.keyed import IdempotencyKey
from api.naming import all_named
from api.permissions import Right
from api.routes.step_bodies import IncidentStepBody, order_of
from api.services import Desk, Services
from api.sessions import Session
from city.level import Domain
from linkage.finding import QueueFilter
from linkage.opening import Report
from linkage.queue import MAX_LIMIT
from linkage.states import IncidentState
from linkage.views import Incident, IncidentPage, QueueCounts, Source

router = APIRouter(prefix="/incidents", tags=["incidents"])

Reader = Annotated[Session, Depends(Reads(Right.SEE_QUEUE))]
Reporter = Annotated[Session, Depends(Changes(Right.REPORT))]
Actor = Annotated[Session, Depends(Changes(Right.ACT))]

#: Values of one filter that may be asked for together.
_MOST_VALUES = 50
_Words = Annotated[
    list[Annotated[str, Field(max_length=LONGEST_WORD, pattern=ID_PATTERN)]], Field(max_length=_MOST_VALUES)
]


class WantedIncidents(BaseModel):
    """Which incidents; what is not given asks for nothing in particular."""

    model_config = ConfigDict(frozen=True)

    open: bool | None = Field(None, description="true: not ended; false: ended; left out: both, newest first.")
    state: Annotated[list[IncidentState], Field(max_length=_MOST_VALUES)] = []
    priority: Annotated[list[Annotated[int, Field(ge=1, le=5)]], Field(max_length=_MOST_VALUES)] = []
    department: _Words = []
    domain: Annotated[list[Domain], Field(max_length=_MOST_VALUES)] = []
    district: _Words = []
    incident_class: _Words = Field([], alias="class")
    jurisdiction: Annotated[
        list[Literal["city", "county"]],
        Field(max_length=_MOST_VALUES, description="The level that works on them: the city's, or passed down."),
    ] = []
    mine: bool = Field(default=False, description="Only those in which the caller or their department has a part.")
    q: Annotated[
        str, Field(max_length=100, pattern=NAME_PATTERN, description="Words in number, title, place, note.")
    ] = ""
    after: Annotated[str | None, Field(max_length=500, pattern=r"^[A-Za-z0-9_-]*$")] = None
    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT)] = 50

    def filter(self) -> QueueFilter:
        """Return what linkage is asked for."""
        return QueueFilter(
            open=self.open,
            states=self.state,
            priorities=self.priority,
            departments=self.department,
            domains=self.domain,
            districts=self.district,
            classes=self.incident_class,
            jurisdictions=self.jurisdiction,
            mine=self.mine,
            q=self.q,
        )


class NewIncident(BaseModel):
    """What a person reports."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Annotated[
        str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*[^\x00-\x20\x7f\s][^\x00-\x1f\x7f]*$")
    ]
    incident_class: Annotated[Word, Field(alias="class", description="A class of the city's case standards.")]
    priority: int = Field(ge=1, le=5, description="1 is most urgent.")
    source: Source
    note: Note = ""
    sensor: Word | None = None
    longitude: float | None = Field(None, ge=-180, le=180)
    latitude: float | None = Field(None, ge=-90, le=90)
    district: Word = ""
    place: Name = ""


@router.get("", responses=documented(401, 403, 409))
def incidents(desk: Desk, reader: Reader, wanted: Annotated[WantedIncidents, Query()]) -> IncidentPage:
    """List incidents: unacknowledged first, then by priority, nearest deadline and age."""
    return desk.given.queue.page(
        reader.user.person, wanted.filter(), limit=wanted.limit, after=wanted.after if wanted.after else None
    )


@router.post("", status_code=201, responses=documented(401, 403, 404, 409))
def open_incident(desk: Desk, reporter: Reporter, body: NewIncident) -> Incident:
    """Open an incident by hand."""
    report = Report(**body.model_dump())
    return whole(desk, reporter, desk.given.incidents.open_by_person(report, reporter.user.person))


@router.get("/counts", responses=documented(401, 403))
def counts(desk: Desk, reader: Reader) -> QueueCounts:
    """Count the open incidents that the caller may see."""
    return desk.given.queue.counts(reader.user.person, desk.given.clock)


@router.get("/{incident}", responses=documented(401, 403, 404))
def incident(desk: Desk, reader: Reader, incident: RowPath) -> Incident:
    """Show one incident, with the steps that the caller may take now."""
    return whole(desk, reader, desk.given.incidents.one(incident, reader.user.person))


@router.post("/{incident}/steps", responses=documented(401, 403, 404, 409))
def take_step(
    desk: Desk,
    actor: Actor,
    incident: RowPath,
    body: Annotated[IncidentStepBody, Body()],
    key: IdempotencyKey = "",
) -> Incident:
    """Take a step on an incident."""
    return whole(desk, actor, desk.given.incidents.act(incident, order_of(body), actor.user.person, key))


def whole(desk: Services, session: Session, incident: Incident) -> Incident:
    """Return the incident with the cameras near it that the caller may see, and the names of those it was given to."""
    cameras = nearest_cameras(desk.directory.fresh(), session.user, incident.longitude, incident.latitude)
    return all_named(desk.users, incident.model_copy(update={"cameras": cameras}))
