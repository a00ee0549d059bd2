"""The judge killed on either side of a checkpoint's commit: every alarm is in the outbox once, under the same name."""

from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import pytest

from city.clock import ManualClock
from rules.checkpoint import Judge
from tests.support.forks import forked
from tests.support.judging import CATALOGUE, Bench
from tests.support.judging_run import journal, judge_until_killed

#: Entries that are judged: a minute and a half of the made-up journal.
ENTRIES = 200

#: Exit code of a process that a failpoint ended.
KILLED = 137


def judged(path: Path, place: str, commit: int) -> int | None:
    """Judge in a process of its own that dies at its `commit`-th commit; return its exit code."""
    process = forked(_judge, path, place, commit)
    process.join(30)
    return process.exitcode


def _judge(path: Path, place: str, commit: int) -> None:
    judge_until_killed(path, place, commit, list(islice(journal(), ENTRIES)))


@pytest.mark.timeout(90)
@pytest.mark.parametrize("place", ["before_checkpoint", "after_checkpoint"])
def test_judge_killed_beside_a_checkpoint_sends_every_alarm_once(tmp_path: Path, place: str) -> None:
    path = tmp_path / "rules.sqlite"
    expected = Bench().feed(*islice(journal(), ENTRIES))

    codes = [judged(path, place, commit) for commit in (1, 2, 3, 20)]
    last = judged(path, "", 0)

    judge = Judge.open(path, CATALOGUE, ManualClock(datetime(2026, 11, 20, tzinfo=UTC)))
    assert (codes, last) == ([KILLED] * 4, 0)
    assert [item.transition for item in judge.outbox(1_000_000)] == expected
    assert len(expected) > 50
    judge.close()
