from dataclasses import replace
from datetime import datetime

import pytest

from city.calendar import Limit, Unit
from city.clock import SECOND_NS, from_ns, to_ns
from linkage.clocks import Light, Running, Stage, running, task_yellow
from linkage.record import Case, IncidentRecord, TaskRecord
from linkage.states import IncidentState, TaskState
from tests.support.linkage import book

MINUTE = 60 * SECOND_NS
HOUR = 60 * MINUTE
BOOK = book()
STANDARD = BOOK.standards.of("road_water")
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


def clock(stage: Stage, from_ns: int, due_ns: int, task: int | None = None) -> Running:
    return Running(stage, from_ns, due_ns, due_ns - (due_ns - from_ns) // 5, task)


def leg(number: int, state: TaskState, **times: object) -> TaskRecord:
    task = TaskRecord(id=number, incident=1, department=f"d{number}", dispatched_ns=0, due_ns=2 * HOUR, state=state)
    return replace(task, **times)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        pytest.param(Case(INCIDENT), [clock(Stage.VERIFY, 0, 30 * MINUTE)], id="verify within 30 min of receipt"),
        pytest.param(
            Case(replace(INCIDENT, verified_ns=5 * MINUTE)),
            [clock(Stage.FILE, 5 * MINUTE, 20 * MINUTE)],
            id="file within 15 min of verifying",
        ),
        pytest.param(
            Case(FILED), [clock(Stage.DISPATCH, 10 * MINUTE, 25 * MINUTE)], id="dispatch within 15 min of filing"
        ),
        pytest.param(
            Case(FILED, (leg(1, TaskState.RETURNED, ended_ns=20 * MINUTE),)),
            [clock(Stage.DISPATCH, 20 * MINUTE, 35 * MINUTE)],
            id="dispatch again after a return",
        ),
        pytest.param(
            Case(
                replace(FILED, state=IncidentState.HANDLING), (leg(1, TaskState.HANDLING), leg(2, TaskState.DISPATCHED))
            ),
            [clock(Stage.HANDLE, 0, 2 * HOUR, 1), clock(Stage.HANDLE, 0, 2 * HOUR, 2)],
            id="each department its own handling clock",
        ),
        pytest.param(
            Case(
                replace(FILED, state=IncidentState.HANDLING),
                (leg(1, TaskState.FED_BACK, fed_back_ns=HOUR), leg(2, TaskState.ACCEPTED)),
            ),
            [clock(Stage.CHECK, HOUR, HOUR + 30 * MINUTE, 1), clock(Stage.HANDLE, 0, 2 * HOUR, 2)],
            id="check what was fed back while another handles",
        ),
        pytest.param(
            Case(
                replace(FILED, state=IncidentState.CHECKING),
                (leg(1, TaskState.CHECKED, checked_ns=HOUR), leg(2, TaskState.CHECKED, checked_ns=2 * HOUR)),
            ),
            [clock(Stage.CLOSE, 2 * HOUR, 2 * HOUR + 15 * MINUTE)],
            id="close after the last check",
        ),
        pytest.param(
            Case(
                replace(FILED, state=IncidentState.DISPATCHED, unconfirmed_ns=0, confirm_by_ns=15 * MINUTE),
                (leg(1, TaskState.DISPATCHED),),
            ),
            [clock(Stage.CONFIRM, 0, 15 * MINUTE), clock(Stage.HANDLE, 0, 2 * HOUR, 1)],
            id="confirm what the system dispatched",
        ),
        pytest.param(Case(replace(INCIDENT, state=IncidentState.CLOSED)), [], id="nothing runs after the end"),
    ],
)
def test_clocks_that_run(case: Case, expected: list[Running]):
    assert list(running(case, STANDARD, BOOK.calendar)) == expected


def test_unknown_class_runs_on_the_default_clock():
    (found,) = running(Case(INCIDENT), BOOK.standards.of("nonesuch"), BOOK.calendar)

    assert found == clock(Stage.VERIFY, 0, 30 * MINUTE)


def test_a_leg_that_need_not_be_checked_holds_up_no_closing():
    legs = (leg(1, TaskState.CHECKED, checked_ns=HOUR), leg(2, TaskState.HANDLING, mandatory=False))

    found = running(Case(replace(FILED, state=IncidentState.CHECKING), legs), STANDARD, BOOK.calendar)

    assert [one.stage for one in found] == [Stage.CLOSE, Stage.HANDLE]


def test_a_leg_that_waits_with_leave_has_no_clock():
    case = Case(replace(FILED, state=IncidentState.SUSPENDED), (leg(1, TaskState.SUSPENDED),))

    assert running(case, STANDARD, BOOK.calendar) == ()


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
    assert clock(Stage.FILE, 0, 100).light(now) is colour


@pytest.mark.parametrize(
    ("limit", "delays", "turns"),
    [
        pytest.param(Limit(5, Unit.WORKING_DAY), 0, "2026-11-26 10:00", id="four of five working days, not hours"),
        pytest.param(Limit(5, Unit.WORKING_DAY), 1, "2026-11-25 10:00", id="a delay made it ten: two are left"),
        pytest.param(Limit(10, Unit.URGENT_HOUR), 0, "2026-11-27 08:00", id="two of ten hours through the night"),
        pytest.param(Limit(10, Unit.WORKING_HOUR), 0, "2026-11-26 18:00", id="two of ten hours in the office"),
    ],
)
def test_a_handling_clock_turns_yellow_in_its_own_unit(limit: Limit, delays: int, turns: str):
    due = to_ns(datetime(2026, 11, 27, 10, 0, tzinfo=BOOK.zone))

    at_ns = task_yellow(
        leg(1, TaskState.HANDLING, due_ns=due, delays=delays, limit=limit.data()), STANDARD, BOOK.calendar
    )

    assert f"{from_ns(at_ns).astimezone(BOOK.zone):%Y-%m-%d %H:%M}" == turns
