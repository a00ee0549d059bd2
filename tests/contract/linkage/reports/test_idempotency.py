from datetime import timedelta

from city.clock import ManualClock
from linkage.acting import Order
from linkage.forgetting import Forgetting
from linkage.idempotency import asking, remember, remembered
from linkage.states import Step
from tests.support.linkage import ACCEPTOR, COLLECTOR
from tests.support.reporting import ReportingTown


def test_step_sent_again_with_its_key_is_taken_once(reporting: ReportingTown) -> None:
    filed = reporting.says()
    order = Order(step=Step.COMMENT, version=1, note="seen")

    reporting.incidents.act(filed.incident, order, COLLECTOR, "k-1")
    again = reporting.incidents.act(filed.incident, order, COLLECTOR, "k-1")

    assert [event.step for event in again.events] == ["open", "comment"]


def test_several_steps_that_saw_the_same_version_are_no_conflict(reporting: ReportingTown) -> None:
    filed = reporting.says()

    for step in (Step.ACKNOWLEDGE, Step.VERIFY):
        reporting.incidents.act(filed.incident, Order(step=step, version=1), ACCEPTOR, str(step))

    assert reporting.incidents.one(filed.incident, ACCEPTOR).version == 3


def test_keys_are_forgotten_after_a_month(reporting: ReportingTown) -> None:
    ask = asking("me", "k-1", "something")
    clock = reporting.ledger.clock
    assert isinstance(clock, ManualClock)
    with reporting.database.write() as connection:
        remember(connection, ask, {"done": 1}, clock.now_ns())
    forgetting = Forgetting(reporting.ledger)

    clock.advance(timedelta(days=29))
    assert forgetting.take() == 0
    clock.advance(timedelta(days=2))
    assert forgetting.take() == 1

    with reporting.database.read() as connection:
        assert remembered(connection, ask) is None
