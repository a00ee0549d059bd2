"""What somebody asks for, and what a decision about it may know beside the case."""

from collections.abc import Callable
from dataclasses import dataclass

from city.calendar import Calendar
from linkage.departments import Directory
from linkage.person import Person
from linkage.standards import Standard
from linkage.states import Disposition, Step


def _nobody(_: str) -> Person | None:
    return None


def _no_table(_: str, __: str) -> str:
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A step that somebody asks for, with what comes with it.

    Attributes:
        version: of the incident as they saw it.
        departments: whom to dispatch or to transfer to; for a dispatch nothing means those that are proposed.
        person: id of the handler, verifier or checker to be named.
        grade: the event grade, `I` to `IV`.
        deaths, injuries, loss_cny: what the grade was given for; None where nobody said.
        condition: of the case standard: what makes it a case, at filing; whose end was reached, at closing.
        override: why to close though the condition holds or its sensor says nothing; the foreman's words.
    """

    step: Step
    version: int
    note: str = ""
    departments: tuple[str, ...] = ()
    disposition: Disposition | None = None
    priority: int | None = None
    person: str = ""
    grade: str = ""
    deaths: int | None = None
    injuries: int | None = None
    loss_cny: int | None = None
    condition: str = ""
    override: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What a decision may know beside the case.

    Attributes:
        next_task: the first free task id.
        person: looks somebody up who could be named.
        actor: who takes the step; None for the system.
        table: the department that the city's table names for a class and a district; empty for none.
    """

    now_ns: int
    directory: Directory
    standard: Standard
    calendar: Calendar
    next_task: int
    person: Callable[[str], Person | None] = _nobody
    actor: Person | None = None
    table: Callable[[str, str], str] = _no_table
