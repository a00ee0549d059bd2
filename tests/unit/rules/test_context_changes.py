"""A registry that changes bit by bit is judged as one that is told whole each time, across restarts too."""

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from city.census import Census
from city.clock import ManualClock
from city.entry import Context, ContextChange, Entry, Journaled
from rules.checkpoint import Judge
from rules.salvage import salvage
from tests.support.judging import CATALOGUE, book, context, readings, rule, sensor

FLOOD = rule("{notice: {above: 3, clear: 2}}")
CLOCK = ManualClock(datetime(2026, 11, 20, tzinfo=UTC))


def whole(version: str, *numbers: int, seconds: float) -> Context:
    return replace(context(book(FLOOD), [sensor(one) for one in numbers], seconds=seconds), version=version)


FIRST = whole("one", 1, 2, seconds=0)
SECOND, THIRD = whole("two", 1, 3, seconds=2), whole("three", 1, 3, 4, seconds=4)
CHANGES: list[Entry] = [
    FIRST,
    readings((1, 1.0, 0.1), (2, 1.0, 0.1)),
    ContextChange("one", replace(SECOND, sensors=[sensor(3)]), (sensor(2).sensor.id,)),
    readings((3, 3.0, 0.1)),
    ContextChange("two", replace(THIRD, sensors=[sensor(4)])),
    readings((4, 5.0, 0.1), (1, 5.0, 0.0)),
]
WHOLE: list[Entry] = [THIRD if number == 4 else SECOND if number == 2 else one for number, one in enumerate(CHANGES)]


def judged(file: Path, entries: list[Entry], *, restart: bool) -> list[tuple[str, str, int]]:
    """Return what was raised and cleared."""
    found = []
    judge = Judge.open(file, CATALOGUE, CLOCK)
    for position, entry in enumerate(entries, 1):
        found += [(one.target, one.change.value, one.time_ns) for one in judge.apply(Journaled(position, entry))]
        if restart:
            judge.close()
            judge = Judge.open(file, CATALOGUE, CLOCK)
    judge.close()
    return found


@pytest.mark.parametrize("restart", [True, False], ids=["restarted behind each entry", "from the first on"])
def test_changes_are_judged_as_whole_contexts(tmp_path: Path, *, restart: bool) -> None:
    told = judged(tmp_path / "changes", CHANGES, restart=restart)

    assert told == judged(tmp_path / "whole", WHOLE, restart=restart)
    assert len(told) == 6


def test_context_in_force_after_a_restart_is_the_changed_one(tmp_path: Path) -> None:
    for position, entry in enumerate(CHANGES, 1):
        with closing(Judge.open(tmp_path / "rules.sqlite", CATALOGUE, CLOCK)) as judge:
            judge.apply(Journaled(position, entry))

    with closing(Judge.open(tmp_path / "rules.sqlite", CATALOGUE, CLOCK)) as judge:
        in_force = judge.engine.context
    assert in_force is not None
    assert (in_force.version, list(in_force.sensors)) == ("three", list(Census.of(THIRD.sensors)))
    salvaged = salvage(tmp_path / "rules.sqlite").context
    assert salvaged is not None
    assert salvaged.version == "one"


def test_change_of_another_base_is_passed_over(tmp_path: Path) -> None:
    with closing(Judge.open(tmp_path / "rules.sqlite", CATALOGUE, CLOCK)) as judge:
        for position, entry in enumerate([FIRST, CHANGES[4]], 1):
            judge.apply(Journaled(position, entry))

        in_force = judge.engine.context
        assert in_force is not None
        assert in_force.version == "one"


def test_readings_of_a_sensor_that_is_gone_raise_nothing(tmp_path: Path) -> None:
    with closing(Judge.open(tmp_path / "rules.sqlite", CATALOGUE, CLOCK)) as judge:
        for position, entry in enumerate([FIRST, CHANGES[2]], 1):
            judge.apply(Journaled(position, entry))

        assert judge.apply(Journaled(3, readings((2, 6.0, 0.9)))) == []
