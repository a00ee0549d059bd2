from dataclasses import replace

import pytest

from city.clock import SECOND_NS
from linkage.clocks import Light, Running, Stage, light, running
from linkage.record import Case, IncidentRecord, TaskRecord
from linkage.states import IncidentState, TaskState
from tests.support.linkage import book

MINUTE = 60 * SECOND_NS
HOUR = 60 * MINUTE
STANDARD = book().standards.of("road_water")
INCIDENT = IncidentRecord(
    id=1,
    number="20261120-000001",
    title={"zh": "水", "en": "water"},
    incident_class="road_water",
    domain="environment",
    priority=2,
    source="sensor",
    opened_ns=0,
    happened_ns=0,
)
FILED = replace(INCIDENT, state=IncidentState.FILED, filed_ns=10 * MINUTE)


def leg(number: int, state: TaskState, **times: int) -> TaskRecord:
    task = TaskRecord(id=number, incident=1, department=f"d{number}", dispatched_ns=0, due_ns=2 * HOUR, state=state)
    return replace(task, **times)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        pytest.param(Case(INCIDENT), [Running(Stage.VERIFY, 0, 30 * MINUTE)], id="verify within 30 min of receipt"),
        pytest.param(
            Case(replace(INCIDENT, verified_ns=5 * MINUTE)),
            [Running(Stage.FILE, 5 * MINUTE, 20 * MINUTE)],
            id="file within 15 min of verifying",
        ),
        pytest.param(
            Case(FILED), [Running(Stage.DISPATCH, 10 * MINUTE, 25 * MINUTE)], id="dispatch within 15 min of filing"
        ),
        pytest.param(
            Case(FILED, (leg(1, TaskState.RETURNED, ended_ns=20 * MINUTE),)),
            [Running(Stage.DISPATCH, 20 * MINUTE, 35 * MINUTE)],
            id="dispatch again after a return",
        ),
        pytest.param(
            Case(
                replace(FILED, state=IncidentState.HANDLING), (leg(1, TaskState.HANDLING), leg(2, TaskState.DISPATCHED))
            ),
            [Running(Stage.HANDLE, 0, 2 * HOUR, 1), Running(Stage.HANDLE, 0, 2 * HOUR, 2)],
            id="each department its own handling clock",
        ),
        pytest.param(
            Case(
                replace(FILED, state=IncidentState.HANDLING),
                (leg(1, TaskState.FED_BACK, fed_back_ns=HOUR), leg(2, TaskState.ACCEPTED)),
            ),
            [Running(Stage.CHECK, HOUR, HOUR + 30 * MINUTE, 1), Running(Stage.HANDLE, 0, 2 * HOUR, 2)],
            id="check what was fed back while another handles",
        ),
        pytest.param(
            Case(
                replace(FILED, state=IncidentState.CHECKING),
                (leg(1, TaskState.CHECKED, checked_ns=HOUR), leg(2, TaskState.CHECKED, checked_ns=2 * HOUR)),
            ),
            [Running(Stage.CLOSE, 2 * HOUR, 2 * HOUR + 15 * MINUTE)],
            id="close after the last check",
        ),
        pytest.param(
            Case(
                replace(FILED, state=IncidentState.DISPATCHED, unconfirmed_ns=0, confirm_by_ns=15 * MINUTE),
                (leg(1, TaskState.DISPATCHED),),
            ),
            [Running(Stage.CONFIRM, 0, 15 * MINUTE), Running(Stage.HANDLE, 0, 2 * HOUR, 1)],
            id="confirm what the system dispatched",
        ),
        pytest.param(Case(replace(INCIDENT, state=IncidentState.CLOSED)), [], id="nothing runs after the end"),
    ],
)
def test_clocks_that_run(case: Case, expected: list[Running]):
    assert list(running(case, STANDARD)) == expected


def test_unknown_class_runs_on_the_default_clock():
    (clock,) = running(Case(INCIDENT), book().standards.of("nonesuch"))

    assert clock == Running(Stage.VERIFY, 0, 30 * MINUTE)


@pytest.mark.parametrize(
    ("now", "colour"),
    [
        pytest.param(0, Light.GREEN, id="at the start"),
        pytest.param(80, Light.GREEN, id="at 80 %"),
        pytest.param(81, Light.YELLOW, id="past 80 %"),
        pytest.param(100, Light.YELLOW, id="at the limit"),
        pytest.param(101, Light.RED, id="past the limit"),
    ],
)
def test_light_of_a_clock(now: int, colour: Light):
    assert light(0, 100, now) is colour
