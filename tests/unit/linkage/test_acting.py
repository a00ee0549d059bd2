from dataclasses import replace

import pytest

from city.errors import BadRequest, IllegalTransition
from linkage.acting import Order, Scene, act, act_on_task
from linkage.opening import opened_by_alarm
from linkage.record import Case
from linkage.states import Disposition, IncidentState, Step, TaskState
from tests.support.linkage import RAISED, book

BOOK = book()
SCENE = Scene(
    now_ns=100,
    directory=BOOK.directory,
    standard=BOOK.standards.of("road_water"),
    calendar=BOOK.calendar,
    next_task=1,
)
REPORTED = opened_by_alarm(RAISED, 1, SCENE, BOOK, 900).case


def taken(case: Case, *orders: Order) -> Case:
    for order in orders:
        case = act(case, order, SCENE).case
    return case


def order(step: Step, **with_it: object) -> Order:
    return Order(step=step, version=1, **with_it)  # type: ignore[arg-type]


def step_task(case: Case, number: int, *steps: Step) -> Case:
    for step in steps:
        task = case.task(number)
        assert task is not None
        case = act_on_task(case, task, order(step, note="done"), SCENE).case
    return case


FILED = taken(REPORTED, order(Step.VERIFY), order(Step.FILE))
SENT = taken(FILED, order(Step.DISPATCH))
FED_BACK = step_task(SENT, 1, Step.ACCEPT, Step.ARRIVE, Step.FEED_BACK)


def test_dispatch_without_a_choice_follows_the_rule():
    assert [(task.department, task.reason) for task in SENT.tasks] == [("water", "rule"), ("police", "rule")]
    assert SENT.incident.state is IncidentState.DISPATCHED


def test_dispatch_again_adds_only_those_not_yet_in_it():
    more = act(SENT, order(Step.DISPATCH, departments=("power",)), replace(SCENE, next_task=3)).case

    assert [task.department for task in more.legs] == ["water", "police", "power"]


def test_department_that_gave_back_may_be_dispatched_to_again():
    returned = step_task(SENT, 1, Step.RETURN)
    again = act(returned, order(Step.DISPATCH, departments=("water",)), replace(SCENE, next_task=3)).case

    assert [(task.id, task.department, task.state) for task in again.tasks if task.department == "water"] == [
        (1, "water", TaskState.RETURNED),
        (3, "water", TaskState.DISPATCHED),
    ]


def test_seeing_step_acknowledges():
    assert REPORTED.incident.acknowledged_ns is None
    assert FILED.incident.acknowledged_ns == 100


def test_step_on_a_task_does_not_acknowledge():
    unseen = Case(replace(SENT.incident, acknowledged_ns=None), SENT.tasks)

    assert step_task(unseen, 1, Step.ACCEPT).incident.acknowledged_ns is None


def test_incident_follows_its_tasks():
    states = []
    case = SENT
    for number, steps in ((1, (Step.ACCEPT, Step.HANDLE, Step.FEED_BACK)), (2, (Step.ACCEPT, Step.ARRIVE))):
        case = step_task(case, number, *steps)
        states.append(case.incident.state)
    case = step_task(case, 2, Step.FEED_BACK)
    states.append(case.incident.state)
    case = step_task(case, 1, Step.CHECK)
    states.append(case.incident.state)

    assert [str(state) for state in states] == ["handling", "handling", "fed_back", "checking"]


def test_rework_keeps_the_department_and_its_times():
    task = step_task(FED_BACK, 1, Step.REWORK).task(1)

    assert task is not None
    assert (task.department, task.state, task.accepted_ns, task.fed_back_ns) == (
        "water",
        TaskState.HANDLING,
        100,
        None,
    )


def test_late_feed_back_says_so():
    late = replace(SCENE, now_ns=SENT.tasks[0].due_ns + 1)
    working = step_task(SENT, 1, Step.ACCEPT, Step.HANDLE)
    task = working.task(1)
    assert task is not None

    (deed,) = act_on_task(working, task, order(Step.FEED_BACK, note="late"), late).deeds

    assert deed.data["overdue"] is True


def test_cancelling_cancels_the_open_legs():
    cancelled = taken(SENT, order(Step.CANCEL, note="twice", disposition=Disposition.DUPLICATE))

    assert {task.state for task in cancelled.tasks} == {TaskState.CANCELLED}
    assert cancelled.incident.disposition is Disposition.DUPLICATE
    assert cancelled.incident.ended_ns == 100


def test_closing_keeps_checked_legs():
    police = step_task(FED_BACK, 2, Step.ACCEPT, Step.HANDLE, Step.FEED_BACK, Step.CHECK)
    closed = taken(step_task(police, 1, Step.CHECK), order(Step.CLOSE, disposition=Disposition.RESOLVED))

    assert closed.incident.state is IncidentState.CLOSED
    assert {task.state for task in closed.tasks} == {TaskState.CHECKED}


def test_comment_after_the_end_ends_nothing_twice():
    ended = taken(REPORTED, order(Step.NOT_FILE, note="dry", disposition=Disposition.FALSE_SENSOR))

    commented = act(ended, order(Step.COMMENT, note="cable"), replace(SCENE, now_ns=200)).case

    assert commented == ended


def test_priority_changes_with_the_step_and_is_written_down():
    outcome = act(REPORTED, order(Step.VERIFY, priority=1), SCENE)

    assert outcome.case.incident.priority == 1
    assert outcome.deeds[0].data["priority"] == {"from": 2, "to": 1}


@pytest.mark.parametrize(
    ("case", "wanted", "message"),
    [
        pytest.param(SENT, order(Step.URGE, note=" "), "Expected a note, got `nothing` - at `note`", id="no note"),
        pytest.param(
            REPORTED,
            order(Step.NOT_FILE, note="dry"),
            "Expected one of `not_filed`, `duplicate`, `false_rule`, `false_sensor`, got `nothing`",
            id="no disposition",
        ),
        pytest.param(
            REPORTED,
            order(Step.NOT_FILE, note="dry", disposition=Disposition.RECOVERED),
            "got `recovered` - at `disposition`",
            id="recovered while it burns",
        ),
        pytest.param(
            FILED, order(Step.DISPATCH, departments=("desk",)), "a department that handles, got `desk`", id="a desk"
        ),
        pytest.param(
            FILED, order(Step.DISPATCH, departments=("fire",)), "a department that handles, got `fire`", id="a stranger"
        ),
        pytest.param(
            SENT, order(Step.DISPATCH, departments=("water",)), "without a task in it, got `water`", id="twice"
        ),
        pytest.param(SENT, order(Step.DISPATCH), "Expected a department, got `nothing`", id="nobody left to send to"),
        pytest.param(REPORTED, order(Step.VERIFY, priority=6), "got `6` - at `priority`", id="no such priority"),
        pytest.param(
            SENT, order(Step.COMMENT, note="now", priority=1), "got `1` - at `priority`", id="priority by a comment"
        ),
    ],
)
def test_what_a_step_needs_is_asked_for(case: Case, wanted: Order, message: str):
    with pytest.raises(BadRequest) as caught:
        act(case, wanted, SCENE)

    assert message in str(caught.value)


def test_refused_step_names_the_legal_ones():
    with pytest.raises(IllegalTransition, match="in state `filed`, got `close`"):
        act(FILED, order(Step.CLOSE, disposition=Disposition.RESOLVED), SCENE)
