from datetime import time, timedelta

import pytest

from city.clock import SECOND_NS, ManualClock
from city.errors import Conflict
from linkage.acting import Order
from linkage.forgetting import key_forgetting
from linkage.idempotency import asking, remember, remembered
from linkage.merging.merging import Asked, Merging
from linkage.merging.parting import Chosen
from linkage.silences.matching import Matchers
from linkage.silences.silence import SilenceKind
from linkage.silences.silences import NewSilence, Silences
from linkage.silences.window import Window
from linkage.states import Step
from storage.sql import Database
from tests.support.linkage import ACCEPTOR, COLLECTOR, FOREMAN, Town, alarm
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
    forgetting = key_forgetting(reporting.ledger)

    clock.advance(timedelta(days=29))
    assert forgetting.take() == 0
    clock.advance(timedelta(days=2))
    assert forgetting.take() == 1

    with reporting.database.read() as connection:
        assert remembered(connection, ask) is None


def test_what_spans_incidents_is_done_once_under_its_key(database: Database) -> None:
    town = Town(database)
    town.admitter.admit([alarm(), alarm(target="underpass/2"), alarm(rule="siren")])
    merging = Merging(town.ledger)

    def asked(number: str, key: str) -> Asked:
        version = town.incidents.one(number, ACCEPTOR).version
        return Asked(person=ACCEPTOR, version=version, note="same water", key=key)

    merge, split = asked("2", "k-1"), Chosen(("siren/underpass/1/0",))
    assert [merging.merge("2", "1", merge) for _ in range(2)] == ["1", "1"]
    merging.merge("3", "1", asked("3", "k-2"))
    again = asked("1", "k-3")
    assert [merging.split("1", split, again, Step.DETACH) for _ in range(2)] == ["4", "4"]
    with pytest.raises(Conflict, match="another request"):
        merging.merge("4", "1", asked("4", "k-3"))


def test_silence_is_made_and_ended_once_under_its_key(database: Database) -> None:
    town = Town(database)
    silences = Silences(town.ledger)
    wanted = NewSilence(
        kind=SilenceKind.SILENCE,
        matchers=Matchers(sites=("east",)),
        until_ns=town.ledger.clock.now_ns() + 3600 * SECOND_NS,
        reason="pump test",
        windows=(Window((0, 6), time(22), time(6)),),
    )

    made = [silences.make(wanted, FOREMAN, "k-1").id for _ in range(2)]
    ended = [silences.end("1", FOREMAN, "done", "k-2").ended_at for _ in range(2)]

    assert made == ["1", "1"]
    assert ended[0] is not None
    assert ended[0] == ended[1]
