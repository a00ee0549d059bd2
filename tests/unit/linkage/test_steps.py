from dataclasses import replace

import pytest

from city.errors import IllegalTransition
from linkage import steps
from linkage.record import Case, IncidentRecord, TaskRecord
from linkage.states import INCIDENT_MOVES, TASK_MOVES, Disposition, IncidentState, Step, TaskState
from linkage.step_words import STEPS

REPORTED = IncidentRecord(
    id=1,
    number="20261120-000001",
    title={"zh": "水", "en": "water"},
    incident_class="road_water",
    domain="environment",
    priority=2,
    source="sensor",
    opened_ns=0,
    happened_ns=0,
    rule="water",
)


def case(state: IncidentState, *tasks: TaskState, **facts: object) -> Case:
    legs = tuple(
        TaskRecord(id=number, incident=1, department=f"d{number}", dispatched_ns=0, due_ns=9, state=task)
        for number, task in enumerate(tasks, 1)
    )
    return Case(replace(REPORTED, state=state, **facts), legs)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("standing", "legal"),
    [
        pytest.param(
            case(IncidentState.REPORTED),
            {"acknowledge", "assign_verifier", "verify", "not_file", "grade", "comment"},
            id="reported cannot be filed before it is verified",
        ),
        pytest.param(
            case(IncidentState.REPORTED, acknowledged_ns=1, verified_ns=1),
            {"file", "not_file", "grade", "comment"},
            id="verified and seen",
        ),
        pytest.param(
            case(IncidentState.FILED, acknowledged_ns=1),
            {"send_back", "dispatch", "force_close", "cancel", "grade", "comment"},
            id="filed and seen",
        ),
        pytest.param(
            case(IncidentState.DISPATCHED, TaskState.DISPATCHED, acknowledged_ns=1, unconfirmed_ns=1),
            {"confirm", "void", "dispatch", "urge", "force_close", "cancel", "grade", "comment"},
            id="dispatched by the system",
        ),
        pytest.param(
            case(IncidentState.CHECKING, TaskState.CHECKED, acknowledged_ns=1),
            {"dispatch", "close", "force_close", "cancel", "grade", "comment"},
            id="all checked",
        ),
        pytest.param(
            case(IncidentState.CHECKING, TaskState.CHECKED, TaskState.FED_BACK, acknowledged_ns=1),
            {"dispatch", "force_close", "cancel", "grade", "comment"},
            id="one not checked cannot be closed",
        ),
        pytest.param(
            case(IncidentState.CHECKING, TaskState.CHECKED, acknowledged_ns=1, unconfirmed_ns=1),
            {"confirm", "void", "dispatch", "force_close", "cancel", "grade", "comment"},
            id="unconfirmed cannot be closed",
        ),
        pytest.param(
            case(IncidentState.REPORTED, acknowledged_ns=1, verified_ns=1, district="east"),
            {"file", "not_file", "grade", "pass_down", "comment"},
            id="the city's can be passed down to its district",
        ),
        pytest.param(
            case(IncidentState.REPORTED, acknowledged_ns=1, verified_ns=1, district="east", jurisdiction="east"),
            {"file", "not_file", "grade", "pass_up", "comment"},
            id="a district's can be passed up",
        ),
        pytest.param(case(IncidentState.CLOSED, acknowledged_ns=1), {"reopen", "comment"}, id="closed"),
        pytest.param(case(IncidentState.MERGED, acknowledged_ns=1), {"comment"}, id="merged goes on elsewhere"),
    ],
)
def test_incident_allows(standing: Case, legal: set[str]):
    assert set(steps.incident_steps(standing)) == legal


@pytest.mark.parametrize("state", IncidentState)
def test_illegal_incident_step_is_refused_with_the_legal_ones_named(state: IncidentState):
    standing = case(state)
    legal = steps.incident_steps(standing)

    for step in INCIDENT_MOVES:
        if step in legal:
            assert steps.next_state(step, standing) in IncidentState, step
            continue
        with pytest.raises(IllegalTransition) as caught:
            steps.next_state(step, standing)

        assert (caught.value.legal, caught.value.state) == (legal, state), step


@pytest.mark.parametrize("state", TaskState)
def test_illegal_task_step_is_refused_with_the_legal_ones_named(state: TaskState):
    standing = case(IncidentState.HANDLING, state)
    (task,) = standing.tasks
    legal = steps.task_steps(standing, task, 0)

    for step in TASK_MOVES:
        if step in legal:
            assert steps.next_task_state(step, standing, task, 0) is TASK_MOVES[step][state], step
            continue
        with pytest.raises(IllegalTransition) as caught:
            steps.next_task_state(step, standing, task, 0)

        assert caught.value.legal == legal, step


def test_tasks_of_an_ended_incident_allow_nothing():
    standing = case(IncidentState.CLOSED, TaskState.CHECKED)

    assert steps.task_steps(standing, standing.tasks[0], 0) == ()


@pytest.mark.parametrize(
    ("step", "facts", "expected"),
    [
        pytest.param(
            Step.NOT_FILE, {}, {"not_filed", "duplicate", "false_rule", "false_sensor"}, id="alarm, not recovered"
        ),
        pytest.param(
            Step.NOT_FILE,
            {"recovered_ns": 1},
            {"not_filed", "recovered", "duplicate", "false_rule", "false_sensor"},
            id="alarm, recovered",
        ),
        pytest.param(Step.NOT_FILE, {"rule": ""}, {"not_filed", "duplicate", "false_person"}, id="report"),
        pytest.param(Step.CLOSE, {}, {"resolved", "false_rule", "false_sensor"}, id="close an alarm's"),
        pytest.param(Step.CLOSE, {"rule": ""}, {"resolved", "false_person"}, id="close a report's"),
        pytest.param(Step.CANCEL, {"rule": ""}, {"cancelled", "duplicate", "false_person"}, id="cancel"),
        pytest.param(Step.VOID, {}, {"cancelled", "duplicate", "false_rule", "false_sensor"}, id="void"),
        pytest.param(Step.FILE, {}, set(), id="a step that ends nothing"),
    ],
)
def test_dispositions_fit_the_end_and_the_source(step: Step, facts: dict[str, object], expected: set[Disposition]):
    assert set(steps.dispositions(step, case(IncidentState.REPORTED, **facts))) == expected


def test_every_disposition_can_be_reached():
    ends = {
        end
        for step in INCIDENT_MOVES
        for rule in ("water", "")
        for end in steps.dispositions(step, case(IncidentState.REPORTED, recovered_ns=1, rule=rule))
    }

    assert ends == set(Disposition)


def test_every_step_has_its_words():
    assert set(STEPS) == set(Step)
