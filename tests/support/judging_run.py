"""Judges a long made-up journal into a checkpoint, to be killed: `python -m tests.support.judging_run FILE`."""

import os
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from city.clock import ManualClock
from city.entry import Connection, Entry, Journaled, Tick
from rules.checkpoint import Judge
from rules.checkpoint_file import Changes, CheckpointFile
from rules.engine import Engine
from tests.support.judging import CATALOGUE, at, book, context, readings, rule, sensor

SECONDS = 700

#: When a sensor counts for its site, in metres.
_OF_A_SITE = "each: {above: 0.6, clear: 0.5}\n    same: site\n    within: 30s"


def journal() -> Iterator[Entry]:
    """Yield twelve minutes of wandering water levels and of sensors that pause now and then, judged by every kind."""
    random = np.random.default_rng(5)
    rules = (
        rule(
            "{notice: {above: 30, clear: 25, hold: 3s}, major: {above: 60, clear: 50, hold: 2s}, critical: {above: 90}}"
        ),
        rule("{notice: {intervals: 3}, major: {intervals: 6}}", name="quiet", kind="silence"),
        rule("{notice: {rises: 40, clear: 20}}", name="rising", extra="over: 20s"),
        rule("{notice: {above: 50}}", name="timely", extra="when: {hours: ['22:15-22:18', '22:20-22:30']}"),
        rule("{notice: {at_least: 3}, major: {at_least: 5}}", name="many", kind="quorum", unit="m", extra=_OF_A_SITE),
        rule(
            "{notice: {at_least: 4}, major: {at_least: 6}}",
            name="often",
            kind="count",
            select="{quantity: water_level}",
            extra=_OF_A_SITE,
        ),
        rule(
            "{notice: {above: 30, hold: 4s}}",
            name="uneven",
            kind="compare",
            extra="against: {quantity: water_level}\n    take: max\n    same: site\n    within: 10s",
        ),
        rule(
            "{notice: {at_least: 2}}",
            name="one-then-other",
            kind="sequence",
            select="{quantity: water_level}",
            extra="each: {above: 0.8}\n    then: [{select: {quantity: water_level}, each: {below: 0.1}}]\n"
            "    same: site\n    within: 30s",
        ),
    )
    sensors = [sensor(number, interval_s=2.0, site=f"site-{number % 4}") for number in range(1, 41)]
    yield context(book(*rules), sensors)
    yield Connection(at(0), listening=True)
    levels = random.random(40)
    for second in range(1, SECONDS):
        levels = np.clip(levels + random.normal(0, 0.1, 40), 0, 1)
        speaking = np.flatnonzero(random.random(40) < 0.4)
        yield readings(*((int(number) + 1, second - 0.5, float(levels[number])) for number in speaking))
        yield Tick(at(second))


class Fragile(CheckpointFile):
    """A checkpoint that kills the process before or behind its n-th commit."""

    place, left = "", 0

    def write(self, changes: Changes) -> None:
        """Commit, and die on one of its sides when it is time."""
        Fragile.left -= 1
        if (Fragile.place, Fragile.left) == ("before_checkpoint", 0):
            os._exit(137)
        super().write(changes)
        if (Fragile.place, Fragile.left) == ("after_checkpoint", 0):
            os._exit(137)


def judge_until_killed(path: Path, place: str, commit: int, entries: Sequence[Entry]) -> None:
    """Judge what the checkpoint at `path` has not seen, and die at its `commit`-th commit; never with 0."""
    Fragile.place, Fragile.left = place, commit
    file = Fragile.open(path, first_number=1)
    judge = Judge(Engine(CATALOGUE), file)
    for position, entry in enumerate(entries, 1):
        judge.apply(Journaled(position, entry))
    judge.close()


def main() -> None:
    judge = Judge.open(Path(sys.argv[1]), CATALOGUE, ManualClock(datetime(2026, 11, 20, tzinfo=UTC)))
    sys.stdout.write("judging\n")
    sys.stdout.flush()
    for position, entry in enumerate(journal(), 1):
        judge.apply(Journaled(position, entry))
    judge.close()


if __name__ == "__main__":
    main()
