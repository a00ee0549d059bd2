"""What the processes of a back-test take together is no more than one may."""

import os
import resource
import subprocess
import sys
from dataclasses import replace

import pytest

from city.census import Census
from city.clock import SECOND_NS
from city.entry import NumberedSensor
from liandong.backtest import bounds
from liandong.backtest.belt import BELT_BYTES
from liandong.backtest.bounds import MEMORY_BYTES, NICENESS, Bounds, Hands, hands_for, hold
from tests.support.judging import sensor

DAY_NS = 86_400 * SECOND_NS


def census(interval_s: float | None) -> Census:
    some = (replace(sensor(number).sensor, interval_s=interval_s) for number in range(10))
    return Census.of(NumberedSensor(number, one) for number, one in enumerate(some))


@pytest.mark.parametrize(
    ("interval_s", "days", "most"),
    [
        pytest.param(60.0, 30, 1, id="half a million readings are judged where they are read"),
        pytest.param(1.0, 30, 2, id="26 million by several"),
        pytest.param(None, 30, 1, id="who promises nothing says something a minute"),
        pytest.param(None, 300, 2, id="and in a year much"),
    ],
)
def test_as_many_judge_as_there_are_readings_for(
    interval_s: float | None, days: int, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1})

    assert hands_for(census(interval_s), days * DAY_NS, bounded=False) == Hands(most)


def test_all_together_keep_the_memory_of_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(64)))
    hands = hands_for(census(1.0), 30 * DAY_NS, bounded=True)
    own = "import os, resource; print(resource.getrlimit(resource.RLIMIT_DATA)[0], os.nice(0))"
    said = subprocess.run(
        [
            sys.executable,
            "-c",
            f"from liandong.backtest.bounds import *; keep_own(Hands({hands.most}, {hands.bounds})); {own}",
        ],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()

    assert hands.bounds.memory_bytes is not None
    assert hands.most * hands.bounds.memory_bytes + int(said[0]) + BELT_BYTES <= MEMORY_BYTES
    assert int(said[1]) == hands.bounds.niceness == NICENESS


def test_process_that_bound_itself_closer_stays_so_and_one_that_is_gone_is_no_error() -> None:
    program = (
        "import resource; resource.setrlimit(resource.RLIMIT_DATA, (1 << 30, 1 << 30)); print(flush=True); input()"
    )
    process = subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    process.stdout.readline()

    hold(process.pid)

    assert resource.prlimit(process.pid, resource.RLIMIT_DATA) == (1 << 30, 1 << 30)
    assert os.getpriority(os.PRIO_PROCESS, process.pid) == max(NICENESS, os.nice(0))
    process.communicate(b"\n")
    hold(process.pid)


def test_city_that_needs_more_than_a_share_of_the_memory_is_judged_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(4)))
    monkeypatch.setattr(bounds, "_SENSOR_BYTES", 20 * 1024**2)
    several = hands_for(census(1.0), 30 * DAY_NS, bounded=True)
    monkeypatch.setattr(bounds, "_SENSOR_BYTES", 100 * 1024**2)

    assert several.most == 2
    assert hands_for(census(1.0), 30 * DAY_NS, bounded=True) == Hands(1, Bounds(MEMORY_BYTES, NICENESS))
    assert hands_for(census(1.0), 30 * DAY_NS, bounded=False).most == 4


def test_bounds_are_none_unless_asked_for() -> None:
    assert hands_for(census(1.0), 30 * DAY_NS, bounded=False).bounds == Bounds()
