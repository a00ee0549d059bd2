"""Tasks: one department's legs of incidents, and the steps on them."""

from typing import Annotated

from fastapi import APIRouter, Body, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from api.errors import documented
from api.fields import ID_PATTERN, LONGEST_WORD, RowPath
from api.guard import Changes, Reads
from api.keyed import IdempotencyKey
from api.naming import with_names
from api.permissions import Right
from api.routes.incidents import whole
from api.routes.step_bodies import TaskStepBody, order_of
from api.services import Desk
from api.sessions import Session
from linkage.legs import TaskFilter
from linkage.queue import MAX_LIMIT
from linkage.states import TaskState
from linkage.views import Incident, TaskPage

router = APIRouter(prefix="/tasks", tags=["tasks"])


class WantedTasks(BaseModel):
    """Which tasks; what is not given asks for nothing in particular."""

    model_config = ConfigDict(frozen=True)

    department: Annotated[
        list[Annotated[str, Field(max_length=LONGEST_WORD, pattern=ID_PATTERN)]], Field(max_length=50)
    ] = []
    state: Annotated[list[TaskState], Field(max_length=50)] = []
    mine: bool = Field(default=False, description="Only those of the caller's department.")
    given: bool = Field(default=False, description="Only those given to the caller, or to nobody in particular.")
    overdue: bool = Field(default=False, description="Only those past their limit, or fed back past it.")
    after: Annotated[str | None, Field(max_length=500, pattern=r"^[A-Za-z0-9_-]*$")] = None
    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT)] = 50


@router.get("", responses=documented(401, 403, 409))
def tasks(
    desk: Desk, reader: Annotated[Session, Depends(Reads(Right.SEE_QUEUE))], wanted: Annotated[WantedTasks, Query()]
) -> TaskPage:
    """List tasks, nearest deadline first."""
    asked = TaskFilter(
        departments=wanted.department,
        states=wanted.state,
        mine=wanted.mine,
        given=wanted.given,
        overdue=wanted.overdue,
    )
    after = wanted.after if wanted.after else None
    page = desk.given.tasks.page(reader.user.person, asked, limit=wanted.limit, after=after)
    return page.model_copy(update={"items": with_names(desk.users, page.items)})


@router.post("/{task}/steps", responses=documented(401, 403, 404, 409))
def take_task_step(
    desk: Desk,
    actor: Annotated[Session, Depends(Changes(Right.ACT))],
    task: RowPath,
    body: Annotated[TaskStepBody, Body()],
    key: IdempotencyKey = "",
) -> Incident:
    """Take a step on a task."""
    return whole(desk, actor, desk.given.incidents.act_on_task(task, order_of(body), actor.user.person, key))
