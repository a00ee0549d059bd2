import itertools

import pytest

from linkage.states import ENDED, INCIDENT_MOVES, SPANNING, TASK_MOVES, IncidentState, Step, TaskState, followed

T = TaskState


@pytest.mark.parametrize(
    ("tasks", "state"),
    [
        pytest.param([], IncidentState.FILED, id="no task yet"),
        pytest.param([T.DISPATCHED, T.DISPATCHED], IncidentState.DISPATCHED, id="nobody has accepted"),
        pytest.param([T.ACCEPTED, T.DISPATCHED], IncidentState.HANDLING, id="one has accepted"),
        pytest.param([T.FED_BACK, T.ARRIVED], IncidentState.HANDLING, id="one is still at work"),
        pytest.param([T.CHECKED, T.HANDLING], IncidentState.HANDLING, id="one checked, one at work"),
        pytest.param([T.FED_BACK, T.FED_BACK], IncidentState.FED_BACK, id="all fed back"),
        pytest.param([T.CHECKED, T.FED_BACK], IncidentState.CHECKING, id="one checked, one waits for it"),
        pytest.param([T.CHECKED, T.CHECKED], IncidentState.CHECKING, id="all checked"),
        pytest.param([T.RETURNED], IncidentState.FILED, id="the only one given back"),
        pytest.param([T.RETURNED, T.CHECKED], IncidentState.CHECKING, id="one given back does not count"),
        pytest.param([T.SUSPENDED], IncidentState.SUSPENDED, id="the only one suspended"),
        pytest.param([T.SUSPENDED, T.CHECKED], IncidentState.SUSPENDED, id="every unfinished one suspended"),
        pytest.param([T.SUSPENDED, T.HANDLING], IncidentState.HANDLING, id="one suspended, one at work"),
        pytest.param([T.TRANSFERRED, T.DISPATCHED], IncidentState.DISPATCHED, id="one handed over does not count"),
        pytest.param([T.CANCELLED, T.DISPATCHED], IncidentState.DISPATCHED, id="one cancelled does not count"),
    ],
)
def test_incident_follows_its_tasks(tasks: list[TaskState], state: IncidentState):
    assert followed(tasks) is state


@pytest.mark.parametrize("size", [1, 2, 3])
def test_incident_state_does_not_depend_on_the_order_of_tasks(size: int):
    for tasks in itertools.combinations_with_replacement(TaskState, size):
        assert len({followed(order) for order in itertools.permutations(tasks)}) == 1


def test_every_step_moves_incidents_or_tasks():
    assert set(INCIDENT_MOVES) | set(TASK_MOVES) | SPANNING == set(Step)
    assert not set(INCIDENT_MOVES) & set(TASK_MOVES)


def test_an_end_is_final():
    moves = [(step, state) for step, table in INCIDENT_MOVES.items() for state in ENDED & table.keys()]

    assert {step for step, _ in moves} == {Step.COMMENT, Step.REOPEN}


def test_every_task_state_is_reached():
    reached = {after for table in TASK_MOVES.values() for after in table.values()}

    assert reached | {TaskState.DISPATCHED, TaskState.CANCELLED, TaskState.SUSPENDED} == set(TaskState)
