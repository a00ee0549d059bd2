"""A process that judges a share of the rules of a back-test: `python -m liandong.backtest`.

What it is to do comes on its standard input, what it finds goes to its standard output, both as pickles: at both ends
is the same program, and nobody else holds a pipe's end.
"""

import pickle
import sys
import traceback
from dataclasses import dataclass, field
from io import BufferedReader
from typing import BinaryIO

from city.catalogue import Catalogue
from city.entry import Arrivals, Context, SensorEvent
from city.reading import ReadingBatch
from liandong.backtest.belt import Belt
from liandong.backtest.bounds import Bounds, keep
from liandong.backtest.judging import Judging
from liandong.backtest.panel import Panel, Placed
from liandong.backtest.shares import Share
from rules.engine import Engine


@dataclass(frozen=True, slots=True)
class Task:
    """What a hand judges, from when on, and the number of the belt on which the readings lie."""

    catalogue: Catalogue
    context: Context
    share: Share
    belt: int = -1
    bounds: Bounds = field(default_factory=Bounds)


@dataclass(frozen=True, slots=True)
class Laid:
    """A stretch of the past: readings at a place of the belt, or those of `inline` where it has not the room."""

    place: int
    count: int
    events: tuple[SensorEvent, ...]
    until_ns: int
    inline: ReadingBatch | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What came of a stretch, and for how long nobody was heard until now."""

    placed: tuple[Placed, ...]
    unheard_ns: int


@dataclass(frozen=True, slots=True)
class Broken:
    """A hand cannot go on, and why."""

    cause: str


def judging_of(task: Task) -> Judging[Placed]:
    """Return what judges a share."""
    engines = []
    for book, sides in task.share:
        engine = Engine(task.catalogue)
        engine.start(task.context, book)
        engines.append((engine, sides))
    return Judging(Panel(engines), task.context.time_ns, sensors=len(task.context.sensors))


def main() -> None:
    """Judge what comes until nothing more does."""
    telling, sys.stdout = sys.stdout.buffer, sys.stderr
    try:
        with open(sys.stdin.fileno(), "rb", closefd=False) as said:
            _judge(said, telling)
    except Exception as error:  # noqa: BLE001 - whatever it is, whoever asked must know
        traceback.print_exc()
        _tell(Broken(f"{type(error).__name__}: {error}"), telling)
        sys.exit(1)


def _judge(said: BufferedReader, telling: BinaryIO) -> None:
    task = pickle.load(said)
    keep(task.bounds)
    judging, belt = judging_of(task), Belt(task.belt, writes=False)
    while said.peek(1):  # nothing but the end has nothing
        laid = pickle.load(said)
        readings = laid.inline if laid.inline is not None else belt.look(laid.place, laid.count)
        placed = tuple(judging.judge(Arrivals(readings, laid.events), laid.until_ns))
        _tell(Found(placed, judging.unheard_ns), telling)


def _tell(what: Found | Broken, telling: BinaryIO) -> None:
    pickle.dump(what, telling, pickle.HIGHEST_PROTOCOL)
    telling.flush()
