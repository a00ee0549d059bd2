import random
from datetime import UTC, datetime
from pathlib import Path

import pytest

from city.clock import ManualClock
from rules.checkpoint import Judge
from tests.support.forks import FORKS, forked
from tests.support.judging import CATALOGUE, Bench
from tests.support.judging_run import journal, judge_all

KILLS = 6


def killed_after(path: Path, delay_s: float) -> bool:
    """Judge in a process of its own and kill it when it has judged for `delay_s`; return whether it was still at it."""
    says, said = FORKS.Pipe(duplex=False)
    process = forked(judge_all, path, said)
    assert says.recv_bytes() == b"judging"
    process.join(delay_s)
    running = process.exitcode is None
    process.kill()
    process.join()
    return running


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_judge_killed_at_any_instruction_sends_every_alarm_once(tmp_path: Path) -> None:
    path, delays = tmp_path / "rules.sqlite", random.Random(11)
    expected = Bench().feed(*journal())

    kills = sum(killed_after(path, delays.uniform(0.05, 0.4)) for _ in range(KILLS))
    assert not killed_after(path, 60)

    judge = Judge.open(path, CATALOGUE, ManualClock(datetime(2026, 11, 20, tzinfo=UTC)))
    assert [item.transition for item in judge.outbox(1_000_000)] == expected
    assert not judge.damage
    assert kills > KILLS // 2
    assert len(expected) > 500
    assert all(any(getattr(one, told) for one in expected) for told in ("unconfirmed", "asset"))
