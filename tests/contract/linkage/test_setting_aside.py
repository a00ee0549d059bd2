"""An alarm that cannot be admitted holds nobody up: it is set aside, told of, and tried again."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from prometheus_client import REGISTRY

from city.alarm import Change
from city.clock import ManualClock
from city.errors import StoreUnavailable
from city.feed import OutboxItem, Trouble
from city.sensor import Sensor
from linkage.admission.setting_aside import SettingAside, troubles
from linkage.desk import Desk
from linkage.telling.couriers import Letterbox
from storage.sql import Database
from tests.support.feed import MemoryFeed
from tests.support.linkage import MONITOR, START, Town, alarm


class Registry:
    """A registry that cannot tell of one sensor, until it is mended."""

    def __init__(self, find: Callable[[str], Sensor | None]) -> None:
        self._find, self.broken, self.asked = find, "underpass/1", 0

    def __call__(self, sensor: str) -> Sensor | None:
        if sensor == self.broken:
            self.asked += 1
            raise ZeroDivisionError(sensor)
        return self._find(sensor)


@pytest.fixture
def registry(town: Town) -> Registry:
    """Give the registry of the town, which is broken."""
    found = Registry(town.ledger.book.sensor)
    town.ledger = replace(town.ledger, book=replace(town.ledger.book, sensor=found))
    return found


def queued(town: Town) -> list[str]:
    return sorted(one.sensor for one in town.queue.page(MONITOR).items if one.sensor is not None)


def counted(reason: str) -> float:
    return REGISTRY.get_sample_value("linkage_alarms_set_aside_total", {"reason": reason}) or 0.0


async def test_alarm_that_cannot_be_admitted_holds_up_nobody(town: Town):
    refused = replace(alarm(), arrival_ns=2**63)  # no database has room for that time
    feed = MemoryFeed(waiting=[OutboxItem(1, refused), OutboxItem(2, alarm(target="underpass/2"))])
    taken = await Desk(town.ledger, Letterbox()).admit_some(feed, 0)

    assert (taken, feed.waiting, queued(town)) == (2, [], ["underpass/2"])


def test_alarm_that_was_set_aside_is_told_with_rule_place_and_fault(town: Town, registry: Registry):
    before = counted("ZeroDivisionError")
    SettingAside(town.ledger).admit([alarm(), alarm(rule="other"), alarm(run=1)])

    since_ns = ManualClock(START).now_ns()
    assert troubles(town.database) == [
        Trouble("alarm_set_aside", since_ns, "underpass/1: ZeroDivisionError: underpass/1 (+1)", "water"),
        Trouble("alarm_set_aside", since_ns, "underpass/1: ZeroDivisionError: underpass/1", "other"),
    ]
    assert counted("ZeroDivisionError") - before == 3


def test_alarm_is_admitted_when_its_fault_is_mended(town: Town, registry: Registry):
    admission = SettingAside(town.ledger)
    admission.admit([alarm()])
    tried = admission.take()
    registry.broken = ""
    too_soon = admission.take()
    town.wait(minutes=2)
    admitted = admission.take()

    assert (tried, too_soon, admitted) == (0, 0, 1)
    assert (queued(town), troubles(town.database)) == (["underpass/1"], [])


def test_new_start_tries_at_once(town: Town, registry: Registry):
    first = SettingAside(town.ledger)
    first.admit([alarm()])
    for _ in range(4):
        town.wait(hours=1)
        first.take()
    registry.broken = ""

    assert SettingAside(town.ledger).take() == 1


def test_tries_become_rarer(town: Town, registry: Registry):
    admission = SettingAside(town.ledger)
    admission.take()
    admission.admit([alarm()])
    asked, tried_s = registry.asked, []
    for passed_s in range(10, 3601, 10):
        town.wait(seconds=10)
        admission.take()
        if registry.asked > asked:
            asked = registry.asked
            tried_s.append(passed_s)

    assert tried_s == [60, 180, 420, 900, 1860]


def test_change_behind_one_that_was_set_aside_waits_for_it(town: Town, registry: Registry):
    admission = SettingAside(town.ledger)
    admission.admit([alarm(), alarm(Change.CLEARED, step=1)])
    admission.admit([alarm(Change.RAISED, run=1, target="underpass/2"), alarm(Change.CLEARED, step=2)])
    registry.broken = ""
    town.wait(minutes=2)
    admitted = admission.take()
    recovered = {one.sensor: one.recovered_at is not None for one in town.queue.page(MONITOR).items}

    assert admitted == 3
    assert recovered == {"underpass/1": True, "underpass/2": False}


def test_alarm_that_comes_again_is_set_aside_once(town: Town, registry: Registry):
    admission = SettingAside(town.ledger)
    before = counted("ZeroDivisionError")
    admission.admit([alarm()])
    admission.admit([alarm()])

    assert counted("ZeroDivisionError") - before == 1
    assert [one.detail for one in troubles(town.database)] == ["underpass/1: ZeroDivisionError: underpass/1"]


def test_id_that_no_database_takes_is_set_aside_too(town: Town):
    strange = replace(alarm(), id="a\0b", alarm="a\0", target="x\0", rule="r\0", arrival_ns=2**63)
    SettingAside(town.ledger).admit([strange, alarm()])

    assert (queued(town), len(troubles(town.database))) == (["underpass/1"], 1)


def test_nothing_is_set_aside_while_the_database_is_away(town: Town):
    away = Database("postgresql+psycopg://nobody@127.0.0.1:1/none", busy_timeout_s=2)

    with pytest.raises(StoreUnavailable):
        SettingAside(replace(town.ledger, database=away)).admit([alarm()])


def test_others_of_a_batch_with_a_fault_are_decided_once(town: Town, registry: Registry):
    SettingAside(town.ledger).admit([alarm(target="underpass/2"), alarm(), alarm(target="replay")])

    assert queued(town) == ["replay", "underpass/2"]
