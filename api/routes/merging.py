"""Incidents that are one, or two: merged, split, detached; proposals to join; the alarms of an incident."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from api.errors import documented
from api.fields import Id, Note, Number, RowPath, SaidNote
from api.guard import Changes, Reads
from api.keyed import IdempotencyKey
from api.permissions import Right
from api.routes.incidents import whole
from api.services import Desk, Services
from api.sessions import Session
from linkage.admission.views import MemberPage, ProposalView
from linkage.merging.merging import Asked
from linkage.merging.parting import Chosen
from linkage.states import Step
from linkage.views import Incident

router = APIRouter(tags=["incidents"])

Reader = Annotated[Session, Depends(Reads(Right.SEE_QUEUE))]
Actor = Annotated[Session, Depends(Changes(Right.ACT))]

_RowId = Annotated[str, Field(pattern=r"^[0-9]{1,18}$")]

#: Alarms and tasks that one step may name.
_MOST = 500


class _Spanning(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Number = Field(description="The incident's version as the caller saw it.")
    note: SaidNote

    def asked(self, session: Session, key: str) -> Asked:
        """Return who asks, and why."""
        return Asked(person=session.user.person, version=self.version, note=self.note, key=key)


class MergeBody(_Spanning):
    """Where the incident goes on, and why."""

    into: _RowId


class SplitBody(_Spanning):
    """What goes on in a new incident, and why; alarms go with all others of their rule and sensor."""

    alarms: tuple[Id, ...] = Field((), max_length=_MOST)
    tasks: tuple[_RowId, ...] = Field((), max_length=_MOST)


class DetachBody(_Spanning):
    """The alarm that does not belong to the incident, and why."""

    alarm: Id


class AcceptBody(BaseModel):
    """Why two incidents are one; the plan's name when left out."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    note: Note = ""


class DeclineBody(BaseModel):
    """Why two incidents are not one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    note: SaidNote


@router.post("/incidents/{incident}/merge", responses=documented(401, 403, 404, 409))
def merge(desk: Desk, actor: Actor, incident: RowPath, body: MergeBody, key: IdempotencyKey = "") -> Incident:
    """Let an incident go on in another; the answer is the one that goes on."""
    return _shown(desk, actor, desk.given.holding.merging.merge(incident, body.into, body.asked(actor, key)))


@router.post("/incidents/{incident}/split", responses=documented(401, 403, 404, 409))
def split(desk: Desk, actor: Actor, incident: RowPath, body: SplitBody, key: IdempotencyKey = "") -> Incident:
    """Let alarms and tasks go on in a new incident; the answer is the new one."""
    chosen = Chosen(body.alarms, body.tasks)
    return _shown(desk, actor, desk.given.holding.merging.split(incident, chosen, body.asked(actor, key)))


@router.post("/incidents/{incident}/detach", responses=documented(401, 403, 404, 409))
def detach(desk: Desk, actor: Actor, incident: RowPath, body: DetachBody, key: IdempotencyKey = "") -> Incident:
    """Let an alarm that does not belong here go on in a new incident; the answer is the new one."""
    merging = desk.given.holding.merging
    return _shown(desk, actor, merging.split(incident, Chosen((body.alarm,)), body.asked(actor, key), Step.DETACH))


@router.get("/incidents/{incident}/alarms", responses=documented(401, 403, 404, 409))
def alarms(
    desk: Desk,
    reader: Reader,
    incident: RowPath,
    after: Annotated[str | None, Query(max_length=500, pattern=r"^[A-Za-z0-9_-]*$")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> MemberPage:
    """List the alarms of an incident as they stand now, the worst that burn first."""
    given = desk.given.holding.held
    return given.members(incident, reader.user.person, limit=limit, after=after if after else None)


@router.get("/incidents/{incident}/proposals", responses=documented(401, 403, 404))
def proposals(desk: Desk, reader: Reader, incident: RowPath) -> tuple[ProposalView, ...]:
    """List proposals that this incident and another are one, the newest first."""
    return desk.given.holding.merging.proposals(incident, reader.user.person)


@router.post("/proposals/{proposal}/accept", responses=documented(401, 403, 404, 409))
def accept(desk: Desk, actor: Actor, proposal: RowPath, body: AcceptBody, key: IdempotencyKey = "") -> Incident:
    """Let the newer of the two incidents go on in the older; the answer is the one that goes on."""
    return _shown(desk, actor, desk.given.holding.merging.accept(proposal, actor.user.person, body.note, key))


@router.post("/proposals/{proposal}/decline", status_code=204, responses=documented(401, 403, 404, 409))
def decline(desk: Desk, actor: Actor, proposal: RowPath, body: DeclineBody, key: IdempotencyKey = "") -> None:
    """Say that the two incidents are not one, and why."""
    desk.given.holding.merging.decline(proposal, actor.user.person, body.note, key)


def _shown(desk: Services, session: Session, incident: str) -> Incident:
    return whole(desk, session, desk.given.incidents.one(incident, session.user.person))
