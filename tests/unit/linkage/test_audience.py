from dataclasses import replace

import pytest

from linkage.acting import Order, Scene, act, act_on_task
from linkage.clocks import Stage
from linkage.deed import Deed
from linkage.opening import opened_by_alarm
from linkage.record import Case
from linkage.states import Disposition, Step
from linkage.telling.audience import told_by
from tests.support.linkage import RAISED, book, life_safety

BOOK = book()
SCENE = Scene(
    now_ns=100,
    directory=BOOK.directory,
    standard=BOOK.standards.of("road_water"),
    calendar=BOOK.calendar,
    next_task=1,
)
REPORTED = opened_by_alarm(RAISED, 1, SCENE, BOOK, 900)
VERIFIED = act(REPORTED.case, Order(step=Step.VERIFY, version=1), SCENE)
FILED = act(VERIFIED.case, Order(step=Step.FILE, version=1), SCENE)
SENT = act(FILED.case, Order(step=Step.DISPATCH, version=1), SCENE)


def told_of_task(case: Case, *steps: Step) -> tuple[str, ...]:
    told: tuple[str, ...] = ()
    for step in steps:
        outcome = act_on_task(case, case.tasks[0], Order(step=step, version=1, note="x"), SCENE)
        case, told = outcome.case, outcome.deeds[-1].told
    return told


def test_opening_tells_the_supervision_desk():
    assert REPORTED.deeds[0].told == ("desk",)


def test_filing_tells_the_command_desk():
    assert FILED.deeds[0].told == ("command",)


def test_dispatch_tells_the_departments():
    assert SENT.deeds[0].told == ("water", "police")


def test_second_dispatch_tells_only_the_new_department():
    later = replace(SCENE, next_task=3)
    more = act(SENT.case, Order(step=Step.DISPATCH, version=1, departments=("power",)), later)

    assert more.deeds[0].told == ("power",)


def test_life_safety_tells_all_at_once():
    opened = opened_by_alarm(life_safety(RAISED), 1, SCENE, BOOK, 900)

    assert [(deed.step, deed.told) for deed in opened.deeds] == [
        ("open", ("desk",)),
        ("file", ("command",)),
        ("dispatch", ("water", "police")),
    ]


@pytest.mark.parametrize(
    ("case", "told"),
    [
        pytest.param(REPORTED.case, ("desk",), id="before filing only supervision"),
        pytest.param(SENT.case, ("desk", "command", "water", "police"), id="everyone involved"),
    ],
)
def test_rise_tells_everyone_involved(case: Case, told: tuple[str, ...]):
    assert told_by(Deed(step="rise"), case, case, BOOK.directory) == told


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        pytest.param((Step.ACCEPT,), (), id="acceptance is seen on the screen"),
        pytest.param((Step.ACCEPT, Step.HANDLE, Step.FEED_BACK), ("desk",), id="feedback asks for a check"),
        pytest.param((Step.RETURN,), ("command",), id="a return asks for another department"),
        pytest.param((Step.ACCEPT, Step.HANDLE, Step.FEED_BACK, Step.REWORK), ("water",), id="rework calls it back"),
    ],
)
def test_task_step_tells(steps: tuple[Step, ...], told: tuple[str, ...]):
    assert told_of_task(SENT.case, *steps) == told


def test_cancelling_tells_those_at_work():
    order = Order(step=Step.CANCEL, version=1, note="x", disposition=Disposition.CANCELLED)

    assert act(SENT.case, order, SCENE).deeds[0].told == ("water", "police")


@pytest.mark.parametrize(
    ("stage", "department", "told"),
    [
        pytest.param(Stage.VERIFY, None, ("desk",), id="verify"),
        pytest.param(Stage.DISPATCH, None, ("command",), id="dispatch"),
        pytest.param(Stage.CONFIRM, None, ("desk", "command"), id="confirm"),
        pytest.param(Stage.HANDLE, "water", ("water", "command"), id="handle"),
        pytest.param(Stage.CHECK, "water", ("desk",), id="check is not the department's"),
    ],
)
def test_overdue_tells_those_waited_for(stage: Stage, department: str | None, told: tuple[str, ...]):
    deed = Deed(step="overdue", department=department, data={"stage": stage})

    assert told_by(deed, SENT.case, SENT.case, BOOK.directory) == told


@pytest.mark.parametrize(
    ("step", "told"),
    [
        (Step.ASK_DELAY, ("water",)),
        (Step.ENDORSE, ("command",)),
        (Step.GRANT, ("water",)),
        (Step.APPEAL, ("command",)),
        (Step.ENDORSE_APPEAL, ("desk",)),
        (Step.REJECT, ("water",)),
    ],
)
def test_request_is_told_to_who_decides_and_the_decision_to_who_asked(step: Step, told: tuple[str, ...]):
    deed = Deed(step=step, task=SENT.case.tasks[0].id, department="water")

    assert told_by(deed, SENT.case, SENT.case, BOOK.directory) == told
