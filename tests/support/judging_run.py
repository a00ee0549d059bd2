"""Judges a long made-up journal into a checkpoint, to be killed."""

import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from multiprocessing.connection import Connection as Pipe
from pathlib import Path

import numpy as np

from city.clock import ManualClock
from city.entry import Connection, Entry, Journaled, Tick
from city.quality import Quality
from rules.checkpoint import Judge
from rules.checkpoint_file import Changes, CheckpointFile
from rules.engine import Engine
from tests.support.judging import CATALOGUE, at, book, context, readings, rule, sensor

SECONDS = 300

#: When a gateway fails for half a minute, with the ten sensors behind it.
_GATEWAY_FAILS = 200

#: When a sensor counts for its site, in metres.
_OF_A_SITE = "each: {above: 0.6, clear: 0.5}\n    same: site\n    within: 30s"


#: A rule of every kind, and of every way in which a kind judges.
RULES = (
    rule("{notice: {above: 30, clear: 25, hold: 3s}, major: {above: 60, clear: 50, hold: 2s}, critical: {above: 90}}"),
    rule("{notice: {intervals: 3}, major: {intervals: 6}}", name="quiet", kind="silence"),
    rule(
        "{notice: {intervals: 2}, major: {after: 20s}}",
        name="unusual",
        kind="silence",
        extra="interval: learned\n    learn: 30s\n    upstream: {share: 60}",
    ),
    rule("{notice: {rises: 40, clear: 20}}", name="rising", extra="over: 20s"),
    rule("{notice: {above: 50}}", name="timely", extra="when: {hours: ['22:15-22:18', '22:20-22:30']}"),
    rule("{notice: {above: 40, hold: 3s}}", name="patient", extra="lateness: 4s\n    shadow: {against: rising}"),
    rule(
        "{notice: {at_least: 3}, major: {at_least: 5, hold: 4s}}",
        name="many",
        kind="quorum",
        unit="m",
        extra=f"{_OF_A_SITE}\n    on_death: {{intervals: 2}}",
    ),
    rule(
        "{notice: {at_least: 4}, major: {at_least: 6}}",
        name="often",
        kind="count",
        select="{quantity: water_level}",
        extra=_OF_A_SITE,
    ),
    rule(
        "{notice: {at_least: 4}}",
        name="often-in-time",
        kind="count",
        select="{quantity: water_level}",
        extra=f"{_OF_A_SITE}\n    lateness: 4s",
    ),
    rule(
        "{notice: {above: 30, hold: 4s}, critical: {above: 60, hold: 4s}}",
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
    rule(
        "{notice: {flat: 25s}, major: {flat: 40s}}",
        name="hanging",
        kind="stuck",
        select="{quantity: water_level}",
        extra="tolerance: 0.5",
    ),
    rule(
        "{notice: {steps: 0.25}, major: {steps: 0.32}}",
        name="jumping",
        kind="stuck",
        select="{quantity: water_level}",
        extra="per: 2s\n    remembered: 20s",
    ),
    rule(
        "{notice: {drifts: 0.3, clear: 0.2}, major: {drifts: 0.5}}",
        name="drifting",
        kind="drift",
        select="{quantity: water_level}",
        extra="same: site\n    within: 10s\n    memory: 30s\n    learn: 90s",
    ),
    rule(
        "{notice: {above: 0.8, hold: 3s}, critical: {above: 1.5, hold: 3s}}",
        name="reckoned",
        kind="expression",
        extra="values: {least: {quantity: water_level, take: min}, most: {quantity: water_level, take: max}}\n"
        "    expression: if(least > 0, most / least / 10, 0 / least)\n    same: site\n    within: 20s",
    ),
    rule(
        "{notice: {score: 1.0}, major: {score: 1.4, hold: 2s}}",
        name="unlike-itself",
        kind="baseline",
        select="{quantity: water_level, sensors: [level-1, level-5, level-9, level-13, level-17]}",
        extra="warm_up: 1m\n    against: both\n    same: site\n    within: 20s",
    ),
)


def journal() -> Iterator[Entry]:
    """Yield five minutes of wandering water levels, judged by every kind.

    Sensors pause now and then, or say what is far beyond their range; a gateway fails with all behind it.
    """
    random = np.random.default_rng(5)
    sensors = [
        sensor(number, interval_s=2.0, site=f"site-{number % 4}", upstream=f"gateway-{number % 4}")
        for number in range(1, 41)
    ]
    yield context(book(*RULES), sensors)
    yield Connection(at(0), listening=True)
    levels = random.random(40)
    for second in range(1, SECONDS):
        levels = np.clip(levels + random.normal(0, 0.1, 40), 0, 1)
        speaking = np.flatnonzero(random.random(40) < 0.4) + 1
        if _GATEWAY_FAILS <= second < _GATEWAY_FAILS + 30:
            speaking = speaking[speaking % 4 != 1]
        drowned = random.random(40) < 0.05
        yield readings(*(_said(int(number), second, levels[number - 1], drowned[number - 1]) for number in speaking))
        yield Tick(at(second))


def _said(number: int, second: int, level: float, drowned: np.bool_) -> tuple[int, float, float, Quality]:
    """Return a reading; of a sensor that is drowned it is far beyond its range."""
    return number, second - 0.5, 9.9 if drowned else float(level), Quality.OUT_OF_RANGE if drowned else Quality.GOOD


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


def judge_all(path: Path, said: Pipe) -> None:
    """Judge everything that the checkpoint at `path` has not seen, and say when it begins."""
    judge = Judge.open(path, CATALOGUE, ManualClock(datetime(2026, 11, 20, tzinfo=UTC)))
    said.send_bytes(b"judging")
    for position, entry in enumerate(journal(), 1):
        judge.apply(Journaled(position, entry))
    judge.close()
