"""Damage is an incident from when it is found until what was set aside is gone, over restarts of the desk."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from city.alarm import AlarmTransition, Change
from city.clock import ManualClock
from city.errors import StoreUnavailable
from city.feed import Trouble
from liandong.damage_watch import DamageWatch
from tests.support.feed import QUIET, MemoryFeed

CLOCK = ManualClock(datetime(2026, 11, 20, 8, tzinfo=UTC))
DAMAGED = replace(QUIET, troubles=(Trouble("journal_damaged", 5, "damaged/1.row"),))
AWAY = replace(QUIET, troubles=(Trouble("broker_away", 5, "refused", "east"),))


async def test_damage_is_raised_once_and_cleared_by_another_desk(tmp_path: Path) -> None:
    said: list[AlarmTransition] = []
    feed, mark = MemoryFeed(now=DAMAGED), tmp_path / "mark"
    first = DamageWatch(feed, CLOCK, mark, said.extend)
    looks = [await first.look(), await first.look()]
    again = DamageWatch(feed, CLOCK, mark, said.extend)
    await again.look()
    feed.now = QUIET
    cleared = [await again.look(), await again.look()]

    assert (looks, cleared) == ([1, 0], [1, 0])
    assert [one.change for one in said] == [Change.RAISED, Change.RAISED, Change.CLEARED]
    assert len({one.id for one in said}) == 2
    assert len({one.alarm for one in said}) == 1
    assert not mark.exists()


async def test_what_only_does_not_work_now_is_no_damage(tmp_path: Path) -> None:
    watch = DamageWatch(MemoryFeed(now=AWAY), CLOCK, tmp_path / "mark", lambda _: pytest.fail("an alarm"))

    assert await watch.look() == 0


async def test_alarm_that_was_not_admitted_is_raised_with_the_next_look(tmp_path: Path) -> None:
    said: list[AlarmTransition] = []

    def admit(some: object) -> None:
        if not said:
            said.append(some)  # type: ignore[arg-type]
            raise StoreUnavailable("database", "away")

    watch = DamageWatch(MemoryFeed(now=DAMAGED), CLOCK, tmp_path / "mark", admit)
    with pytest.raises(StoreUnavailable):
        await watch.look()

    assert await watch.look() == 1
