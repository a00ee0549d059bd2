"""The names of those to whom work was given, where linkage knows their ids."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

from api.users import Users
from linkage.views import EventView, Incident, TaskView

_Task = TypeVar("_Task", bound=TaskView)

#: What the events of naming somebody keep their id under; of a verifier also whom it was taken from.
_GIVEN = ("handler", "checker", "verifier")


def with_names(users: Users, tasks: Sequence[_Task]) -> tuple[_Task, ...]:
    """Return tasks with the names of their handlers and checkers."""
    names = users.names({person for task in tasks for person in (task.handler, task.checker)})
    return tuple(_named(task, names) for task in tasks)


def all_named(users: Users, incident: Incident) -> Incident:
    """Return an incident with the name of everybody to whom it, or a part of it, is or was given."""
    given = {person for task in incident.tasks for person in (task.handler, task.checker)}
    names = users.names({incident.verifier, *given, *(_given_by(event) for event in incident.events)})
    return incident.model_copy(
        update={
            "verifier_name": names.get(incident.verifier, ""),
            "tasks": tuple(_named(task, names) for task in incident.tasks),
            "events": tuple(
                event.model_copy(update={"named": names.get(_given_by(event), "")}) for event in incident.events
            ),
        }
    )


def _named(task: _Task, names: Mapping[str, str]) -> _Task:
    found = {"handler_name": names.get(task.handler, ""), "checker_name": names.get(task.checker, "")}
    return task.model_copy(update=found)


def _given_by(event: EventView) -> str:
    """Return the id of whom an event named; empty for an event that named nobody."""
    said = (event.data.get(name) for name in _GIVEN)
    ids = (str(one.get("to", "")) if isinstance(one, dict) else one for one in said)
    return next((str(one) for one in ids if one), "")
