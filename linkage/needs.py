"""Whether all that a step needs came with it, and nothing that it cannot take."""

from city.errors import BadRequest
from city.level import PRIORITIES
from linkage import levels, steps
from linkage.conditions import chosen
from linkage.departments import Directory
from linkage.order import Order, Scene
from linkage.permissions import HANDLING_ROLES
from linkage.person import Person, Role
from linkage.record import Case, TaskRecord
from linkage.scales import LEVELS
from linkage.states import Step
from linkage.step_words import CONDITION, DISPOSITION, GRADE, NOTE, STEPS

#: Steps with which a person may set another priority.
_PRIORITISING = frozenset({Step.VERIFY, Step.FILE, Step.DISPATCH})


def check_needs(case: Case, order: Order, scene: Scene) -> None:
    """Let an order pass.

    Raises:
        BadRequest: something that the step needs is missing or wrong.
    """
    needs = STEPS[order.step].needs
    if NOTE in needs and not order.note.strip():
        raise BadRequest(expected="a note", got="nothing", at="note")
    if DISPOSITION in needs:
        _check_disposition(case, order)
    if GRADE in needs and order.grade not in LEVELS:
        raise _wrong(LEVELS, order.grade, "grade")
    _check_condition(case, order, scene)
    if order.priority is None:
        return
    if order.step not in _PRIORITISING or order.priority not in PRIORITIES:
        expected = f"1 to {PRIORITIES[-1]} with " + ", ".join(f"`{step}`" for step in sorted(_PRIORITISING))
        raise BadRequest(expected=expected, got=order.priority, at="priority")


def check_department(case: Case, name: str, directory: Directory) -> None:
    """Let a department pass to which somebody wants to dispatch.

    Raises:
        BadRequest: it does not handle, has a task in it, or is not of the level that works on the incident.
    """
    if not directory.handling([name]):
        raise BadRequest(expected="a department that handles", got=name, at="departments")
    if not levels.of_level([name], directory, case.incident.jurisdiction):
        expected = f"a department of district {case.incident.jurisdiction}"
        raise BadRequest(expected=expected, got=name, at="departments")
    if case.leg_of(name) is not None:
        raise BadRequest(expected="a department without a task in it", got=name, at="departments")


def collector(order: Order, scene: Scene) -> str:
    """Return the id of the field person who is named to verify or to check.

    Raises:
        BadRequest: it is nobody who verifies and checks.
    """
    named = _named(order, scene)
    if not named.holds(frozenset({Role.COLLECTOR, Role.ACCEPTOR, Role.FOREMAN})):
        raise BadRequest(expected="somebody who verifies and checks", got=order.person, at="person")
    return named.id


def handler(task: TaskRecord, order: Order, scene: Scene) -> str:
    """Return the id of the handler who is named for a task.

    Raises:
        BadRequest: it is nobody of the task's department who handles.
    """
    named = _named(order, scene)
    if named.department != task.department or not named.holds(HANDLING_ROLES):
        raise BadRequest(expected=f"a handler of department {task.department}", got=order.person, at="person")
    return named.id


def _named(order: Order, scene: Scene) -> Person:
    named = scene.person(order.person) if order.person else None
    if named is None:
        raise BadRequest(expected="the id of a person", got=order.person if order.person else "nothing", at="person")
    return named


def _check_disposition(case: Case, order: Order) -> None:
    legal = steps.dispositions(order.step, case)
    if order.disposition not in legal:
        raise _wrong(legal, "" if order.disposition is None else order.disposition, "disposition")


def _check_condition(case: Case, order: Order, scene: Scene) -> None:
    if CONDITION in STEPS[order.step].needs:
        chosen(case, order, scene.standard)
    elif order.condition:
        raise BadRequest(expected="a condition with `file` or `close` only", got=order.condition, at="condition")


def _wrong(legal: tuple[str, ...], got: str, at: str) -> BadRequest:
    expected = "one of " + ", ".join(f"`{one}`" for one in legal)
    return BadRequest(expected=expected, got=got if got else "nothing", at=at)
