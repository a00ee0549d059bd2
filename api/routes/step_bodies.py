"""The bodies with which steps are taken, one for each set of things that a step needs."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.fields import Id, Note, Number, SaidNote
from linkage.acting import Order
from linkage.states import Disposition, Step


class _Body(BaseModel):
    """What every step comes with."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Number = Field(description="The incident's version as the caller saw it.")
    note: Note = ""
    priority: int | None = Field(None, ge=1, le=5, description="A better judged priority; 1 is most urgent.")


class PlainStep(_Body):
    """A step that needs nothing more."""

    step: Literal[Step.ACKNOWLEDGE, Step.VERIFY, Step.FILE, Step.CONFIRM]


class DispatchStep(_Body):
    """Send tasks to departments; to those that the rule proposed when none is named."""

    step: Literal[Step.DISPATCH]
    departments: tuple[Id, ...] = Field((), max_length=100)


class NotedStep(_Body):
    """A step that needs words."""

    step: Literal[Step.URGE, Step.COMMENT]
    note: SaidNote


class ClosingStep(_Body):
    """Close: how it ended."""

    step: Literal[Step.CLOSE]
    disposition: Disposition


class EndingStep(_Body):
    """End without closing: how, and why."""

    step: Literal[Step.NOT_FILE, Step.VOID, Step.CANCEL]
    disposition: Disposition
    note: SaidNote


class TaskStep(_Body):
    """A department's, or the checker's, step on a task."""

    step: Literal[Step.ACCEPT, Step.ARRIVE, Step.HANDLE, Step.CHECK]


class NotedTaskStep(_Body):
    """A step on a task that needs words."""

    step: Literal[Step.FEED_BACK, Step.RETURN, Step.REWORK]
    note: SaidNote


IncidentStepBody = Annotated[
    PlainStep | DispatchStep | NotedStep | ClosingStep | EndingStep, Field(discriminator="step")
]
TaskStepBody = Annotated[TaskStep | NotedTaskStep, Field(discriminator="step")]


def order_of(body: _Body) -> Order:
    """Return what linkage is asked for."""
    return Order(**body.model_dump())
