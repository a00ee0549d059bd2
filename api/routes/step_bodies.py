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

    step: Literal[Step.ACKNOWLEDGE, Step.VERIFY, Step.CONFIRM]


class FilingStep(_Body):
    """File, under a condition of the class's case standard; only where it has one, or the report chose, may it lack."""

    step: Literal[Step.FILE]
    condition: Id | Literal[""] = ""


class NamingStep(_Body):
    """Name the collector who is to verify."""

    step: Literal[Step.ASSIGN_VERIFIER]
    person: Id


class GradingStep(_Body):
    """Say how much harm the event did, with the numbers that it is graded for (Order 493 Art. 3)."""

    step: Literal[Step.GRADE]
    grade: Literal["I", "II", "III", "IV"]
    deaths: int = Field(ge=0, le=10_000_000)
    injuries: int = Field(ge=0, le=10_000_000, description="Serious injuries.")
    loss_cny: Number = Field(description="Direct economic loss, yuan.")


class DispatchStep(_Body):
    """Send tasks to departments; to those that are proposed when none is named."""

    step: Literal[Step.DISPATCH]
    departments: tuple[Id, ...] = Field((), max_length=100)


class NotedStep(_Body):
    """A step that needs words."""

    step: Literal[Step.URGE, Step.COMMENT, Step.SEND_BACK, Step.REOPEN, Step.PASS_UP, Step.PASS_DOWN]
    note: SaidNote


class ClosingStep(_Body):
    """Close: how it ended and which closing condition holds; with the foreman's words where the sensors deny it."""

    step: Literal[Step.CLOSE]
    disposition: Disposition
    condition: Id | Literal[""] = Field(
        "", description="Whose closing condition holds; needed where there are several."
    )
    override: Note = ""


class EndingStep(_Body):
    """End without closing: how, and why."""

    step: Literal[Step.NOT_FILE, Step.VOID, Step.CANCEL, Step.FORCE_CLOSE]
    disposition: Disposition
    note: SaidNote


class TaskStep(_Body):
    """A step on a task that needs nothing more."""

    step: Literal[
        Step.ACCEPT,
        Step.ARRIVE,
        Step.HANDLE,
        Step.CHECK,
        Step.REVOKE,
        Step.ENDORSE,
        Step.GRANT,
        Step.ENDORSE_APPEAL,
        Step.UPHOLD,
    ]


class NamingTaskStep(_Body):
    """Name the handler who is sent, or the collector who is to check."""

    step: Literal[Step.ASSIGN, Step.ASSIGN_CHECKER]
    person: Id


class TransferStep(_Body):
    """Give a task to another department."""

    step: Literal[Step.TRANSFER]
    departments: tuple[Id, ...] = Field(min_length=1, max_length=1)
    note: SaidNote


class NotedTaskStep(_Body):
    """A step on a task that needs words."""

    step: Literal[
        Step.FEED_BACK,
        Step.RETURN,
        Step.REWORK,
        Step.ASK_DELAY,
        Step.ASK_SUSPEND,
        Step.REFUSE,
        Step.RESUME,
        Step.APPEAL,
        Step.REJECT,
    ]
    note: SaidNote


IncidentStepBody = Annotated[
    PlainStep | FilingStep | NamingStep | GradingStep | DispatchStep | NotedStep | ClosingStep | EndingStep,
    Field(discriminator="step"),
]
TaskStepBody = Annotated[TaskStep | NamingTaskStep | TransferStep | NotedTaskStep, Field(discriminator="step")]


def order_of(body: _Body) -> Order:
    """Return what linkage is asked for."""
    return Order(**body.model_dump())
