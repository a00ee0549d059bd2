import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from city.clock import SystemClock
from city.entry import Connection, Context, Entry, Journaled
from liandong.bench import Bench
from rules.checkpoint import Judge
from tests.support.judging import CATALOGUE, QUANTITIES, at, book, readings, rule, sensor


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    judge = Judge.open(tmp_path / "rules.sqlite", CATALOGUE, SystemClock())
    bench = Bench(judge)
    rules = book(rule("{major: {above: 15, clear: 12, hold: 0s}}"))
    enter(bench, Context(at(0), "v", rules, (sensor(1),), QUANTITIES))
    yield bench
    judge.close()


def enter(bench: Bench, entry: Entry) -> None:
    bench.apply(Journaled(bench.position + 1, entry))


async def test_alarm_wakes_who_waits_for_it(bench: Bench) -> None:
    waiting = asyncio.ensure_future(bench.outbox(10, 30.0))
    await asyncio.sleep(0)

    enter(bench, readings((1, 10, 0.5)))

    [item] = await waiting
    assert item.transition.target == "level-1"


async def test_who_asks_later_gets_it_at_once_until_it_is_settled(bench: Bench) -> None:
    enter(bench, readings((1, 10, 0.5)))

    [first] = await bench.outbox(10, 0.0)
    [again] = await bench.outbox(10, 0.0)
    bench.judge.settle(first.number)

    assert again == first
    assert await bench.outbox(10, 0.0) == []


async def test_wait_ends_without_an_alarm(bench: Bench) -> None:
    assert await bench.outbox(10, 0.01) == []


def test_bench_knows_since_when_ingest_listens(bench: Bench) -> None:
    enter(bench, Connection(at(7), listening=True))

    assert bench.since_ns == at(7)
