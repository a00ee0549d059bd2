"""Damage is an incident from when it is found until what was set aside is gone, and a fault of judging is another."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from city.alarm import AlarmTransition, Change
from city.clock import ManualClock
from city.errors import StoreUnavailable
from city.feed import Trouble
from liandong.trouble_watch import DAMAGE, RULES_FAULT, TroubleWatch
from tests.support.feed import QUIET, MemoryFeed

WATCHED = (DAMAGE, RULES_FAULT)
CLOCK = ManualClock(datetime(2026, 11, 20, 8, tzinfo=UTC))
DAMAGED = replace(QUIET, troubles=(Trouble("journal_damaged", 5, "damaged/1.row"),))
AWAY = replace(QUIET, troubles=(Trouble("broker_away", 5, "refused", "east"),))


async def test_damage_is_raised_once_and_cleared_by_another_desk(tmp_path: Path) -> None:
    said: list[AlarmTransition] = []
    feed, mark = MemoryFeed(now=DAMAGED), tmp_path / "mark"
    first = TroubleWatch(DAMAGE, feed, CLOCK, mark, said.extend)
    looks = [await first.look(), await first.look()]
    again = TroubleWatch(DAMAGE, feed, CLOCK, mark, said.extend)
    await again.look()
    feed.now = QUIET
    cleared = [await again.look(), await again.look()]

    assert (looks, cleared) == ([1, 0], [1, 0])
    assert [one.change for one in said] == [Change.RAISED, Change.RAISED, Change.CLEARED]
    assert len({one.id for one in said}) == 2
    assert len({one.alarm for one in said}) == 1
    assert not mark.exists()


async def test_what_only_does_not_work_now_is_no_damage(tmp_path: Path) -> None:
    watch = TroubleWatch(DAMAGE, MemoryFeed(now=AWAY), CLOCK, tmp_path / "mark", lambda _: pytest.fail("an alarm"))

    assert await watch.look() == 0


async def test_alarm_that_was_not_admitted_is_raised_with_the_next_look(tmp_path: Path) -> None:
    said: list[AlarmTransition] = []

    def admit(some: object) -> None:
        if not said:
            said.append(some)  # type: ignore[arg-type]
            raise StoreUnavailable("database", "away")

    watch = TroubleWatch(DAMAGE, MemoryFeed(now=DAMAGED), CLOCK, tmp_path / "mark", admit)
    with pytest.raises(StoreUnavailable):
        await watch.look()

    assert await watch.look() == 1


async def test_fault_of_judging_is_an_alarm_of_its_own(tmp_path: Path) -> None:
    said: list[AlarmTransition] = []
    feed = MemoryFeed(now=replace(QUIET, troubles=(Trouble("rules_fault", 5, "ZeroDivisionError", "threshold"),)))
    looks = [await TroubleWatch(one, feed, CLOCK, tmp_path / one.matter.target, said.extend).look() for one in WATCHED]

    assert (looks, [one.rule for one in said]) == ([0, 1], [":rules-fault"])
