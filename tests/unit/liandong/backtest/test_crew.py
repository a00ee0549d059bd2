"""Processes that judge shares: what they find is what one finds, and they end with whoever asked them."""

import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator

import numpy as np
import pytest

from city.reading import READING, ReadingBatch
from liandong.backtest.belt import PLACES, Belt
from liandong.backtest.crew import Alone, Crew, HandLost, Stretch, crew
from liandong.part import own_environment
from storage.past import ROWS
from tests.support.judging import at
from tests.unit.liandong.backtest.test_shares import BOOK, SECONDS, placed, stretches, tasks


def endless() -> Iterator[Stretch]:
    """Yield the recorded stream, and then minutes in which nothing comes."""
    yield from stretches()
    for minute in range(1, 10 * PLACES):
        yield next(stretches())._replace(until_ns=at(SECONDS + 60 * minute))


def test_processes_find_what_one_finds_and_a_killed_one_is_named() -> None:
    alone = list(Alone(tasks([BOOK], 1)).judged(stretches()))
    with crew(tasks([BOOK], 2)) as judges:
        assert isinstance(judges, Crew)
        found = judges.judged(endless())
        together = [next(found) for _ in alone]
        os.kill(judges.pids[1], signal.SIGKILL)
        with pytest.raises(HandLost, match="exit code -9 - at `hand-2`") as lost:
            list(found)

    assert placed(together, 0, BOOK) == placed(alone, 0, BOOK)
    assert set(lost.value.rules) < {rule.id for rule in BOOK.rules}
    for pid in judges.pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


LEADER = """
from city.catalogue import default_catalogue
from city.census import Census
from city.entry import Context
from liandong.backtest.crew import crew
from liandong.backtest.hand import Task
from rules.book import RuleBook

task = Task(default_catalogue(), Context(0, "test", (), Census.of(()), {}), ((RuleBook(), (0,)),))
with crew([task, task]) as judges:
    print(*judges.pids, flush=True)
    input()
"""


def test_processes_end_with_the_one_that_asked_them() -> None:
    leader = subprocess.Popen(
        [sys.executable, "-P", "-c", LEADER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=own_environment()
    )
    assert leader.stdin is not None
    assert leader.stdout is not None
    ends = [os.pidfd_open(int(pid)) for pid in leader.stdout.readline().split()]

    leader.kill()
    leader.wait()

    for end in ends:
        assert select.select([end], [], [], 10) == ([end], [], [])
        os.close(end)
    assert len(ends) == 2
    leader.stdin.close()
    leader.stdout.close()


def rows(count: int) -> ReadingBatch:
    return ReadingBatch.of([(number, 1, number, number, 0.5 + number, 3) for number in range(count)])


def test_belt_shows_what_was_laid_down_at_each_place() -> None:
    belt = Belt.made()
    seen = Belt(belt.number, writes=False)

    laid = [belt.put(place, rows(place + 1)) for place in range(PLACES)]

    assert all(laid)
    for place in range(PLACES):
        assert seen.look(place, place + 1).to_bytes() == rows(place + 1).to_bytes()
    with pytest.raises(ValueError, match="read-only"):
        seen.look(0, 1).value[0] = 1.0
    belt.close()


def test_longer_stretch_than_a_place_has_room_for_travels_by_itself() -> None:
    belt, many = Belt.made(), np.zeros(ROWS + 1)

    assert not belt.put(0, ReadingBatch(*(many.astype(READING[name]) for name in READING.names or ())))
    belt.close()
