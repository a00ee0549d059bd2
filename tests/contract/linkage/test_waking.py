"""What has come due and meets a fault holds up nothing else that is due; it is put off, counted and tried again."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import RowMapping, select

from city.clock import SECOND_NS
from city.sensor import Sensor
from linkage.admission.releasing import Releaser
from linkage.faults import Fault
from linkage.ledger import Page
from linkage.silences.matching import Matchers
from linkage.silences.silence import SilenceKind
from linkage.silences.silences import NewSilence, Silences
from linkage.tables import INCIDENTS, NEVER_NS
from linkage.waking import Due
from tests.support.linkage import FOREMAN, Town, alarm

_DUE = Due(select(INCIDENTS.c.id), INCIDENTS.c.wake_ns, 3)


class Work:
    """Work on rows, which cannot be done with some of them."""

    def __init__(self) -> None:
        self.poison: set[int] = set()
        self.done: list[int] = []

    def __call__(self, page: Page, rows: Sequence[RowMapping]) -> None:
        ids = [row["id"] for row in rows]
        if self.poison.intersection(ids):
            raise ZeroDivisionError(ids)
        page.connection.execute(INCIDENTS.update().where(INCIDENTS.c.id.in_(ids)).values(wake_ns=NEVER_NS))
        page.afterwards.append(lambda: self.done.extend(ids))


@pytest.fixture
def work(town: Town) -> Work:
    """Give work on fifteen rows of which the time has come."""
    for _ in range(15):
        town.reported()
    town.wait(hours=1)
    return Work()


def put_off() -> float:
    return REGISTRY.get_sample_value("linkage_rows_put_off_total", {"table": "incidents"}) or 0.0


def test_row_that_meets_a_fault_holds_up_no_other(town: Town, work: Work):
    work.poison, before = {2, 3, 14}, put_off()
    taken = _DUE.take(town.ledger, work)

    assert (taken, sorted(work.done)) == (12, sorted({*range(1, 16)} - work.poison))
    assert put_off() - before == 3


def test_row_that_was_put_off_is_tried_again_after_a_minute(town: Town, work: Work):
    work.poison = {2}
    _DUE.take(town.ledger, work)
    work.poison = set()
    at_once = _DUE.take(town.ledger, work)
    town.wait(minutes=1)
    later = _DUE.take(town.ledger, work)

    assert (at_once, later, work.done[-1]) == (0, 1, 2)


def test_fault_of_every_row_is_a_fault_of_the_turn(town: Town, work: Work):
    work.poison, before = {*range(1, 16)}, put_off()
    with pytest.raises(Fault) as raised:
        _DUE.take(town.ledger, work)

    assert (raised.value.store, put_off() - before) == ("incidents", 11)


def test_held_alarm_that_meets_a_fault_holds_back_no_other(town: Town):
    until_ns = town.ledger.clock.now_ns() + 3600 * SECOND_NS
    works = NewSilence(
        kind=SilenceKind.SILENCE, matchers=Matchers(rules=("water",)), until_ns=until_ns, reason="works on the road"
    )
    Silences(town.ledger).make(works, FOREMAN)
    town.admitter.admit([alarm(), alarm(target="underpass/2")])
    find, broken = town.ledger.book.sensor, {"underpass/1"}

    def found(sensor: str) -> Sensor | None:
        if sensor in broken:
            raise ZeroDivisionError(sensor)
        return find(sensor)

    town.ledger = replace(town.ledger, book=replace(town.ledger.book, sensor=found))
    releaser = Releaser(town.ledger)
    town.wait(hours=1)
    up = [releaser.take()]
    broken.clear()
    up.append(releaser.take())
    town.wait(minutes=1)
    up.append(releaser.take())

    assert up == [1, 0, 1]
