"""More time for a department: delay and suspension, asked for, endorsed, granted, and what is left afterwards."""

from dataclasses import replace

from city.calendar import DAY_NS, Calendar, Limit, limit_from
from linkage.order import Order, Scene
from linkage.record import TaskRecord
from linkage.states import TaskState
from linkage.steps import DELAY, ENDORSED, SUSPEND

#: Longest suspension: a year (a city's platform: 挂账 at most 1 year, once).
LONGEST_SUSPENSION_NS = 365 * DAY_NS


def ask_delay(task: TaskRecord, order: Order, scene: Scene) -> TaskRecord:
    """Ask for one original limit more."""
    return _asked(task, DELAY, order, scene)


def ask_suspend(task: TaskRecord, order: Order, scene: Scene) -> TaskRecord:
    """Ask for the clock to stand."""
    return _asked(task, SUSPEND, order, scene)


def endorse(task: TaskRecord, _: Order, scene: Scene) -> TaskRecord:
    """Approve for the department, as somebody else than who asked."""
    by = "" if scene.actor is None else scene.actor.id
    name = "" if scene.actor is None else scene.actor.name
    return replace(task, request={**_request(task), ENDORSED: by, "endorsed_name": name, "endorsed_ns": scene.now_ns})


def grant(task: TaskRecord, _: Order, scene: Scene) -> TaskRecord:
    """Approve for command: the deadline moves by one original limit, or the clock stands."""
    asked = _request(task)["kind"]
    granted = replace(task, request=None)
    if asked == DELAY:
        return replace(granted, due_ns=scene.calendar.due(task.due_ns, limit_of(task)), delays=task.delays + 1)
    left = scene.calendar.elapsed(scene.now_ns, task.due_ns, limit_of(task).unit)
    return replace(
        granted,
        state=TaskState.SUSPENDED,
        suspended_ns=scene.now_ns,
        suspensions=task.suspensions + 1,
        paused={"state": task.state, "left": left},
    )


def resumed(task: TaskRecord, now_ns: int, calendar: Calendar) -> TaskRecord:
    """Let the clock run on with what was left of the limit, in the limit's own unit."""
    paused = {} if task.paused is None else task.paused
    left = Limit(float(str(paused.get("left", 0))), limit_of(task).unit)
    return replace(
        task,
        state=TaskState(str(paused.get("state", TaskState.HANDLING))),
        due_ns=calendar.due(now_ns, left),
        suspended_ns=None,
        paused=None,
    )


def resume_by(task: TaskRecord) -> int | None:
    """Return when a suspension ends by itself; None for a task that is not suspended."""
    return None if task.suspended_ns is None else task.suspended_ns + LONGEST_SUSPENSION_NS


def limit_of(task: TaskRecord) -> Limit:
    """Return the original limit; of a task from before limits were kept, the continuous time that it was given."""
    if task.limit:
        return limit_from(task.limit)
    return Limit((task.due_ns - task.dispatched_ns) / DAY_NS, limit_from({"amount": 1, "unit": "natural_day"}).unit)


def _asked(task: TaskRecord, kind: str, order: Order, scene: Scene) -> TaskRecord:
    by = "" if scene.actor is None else scene.actor.id
    name = "" if scene.actor is None else scene.actor.name
    return replace(task, request={"kind": kind, "by": by, "by_name": name, "at_ns": scene.now_ns, "note": order.note})


def _request(task: TaskRecord) -> dict[str, object]:
    return {} if task.request is None else task.request
