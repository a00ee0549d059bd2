"""Measures what a small batch costs: one, ten and a hundred readings under the whole book of the demo city.

A quiet city speaks in batches of a few readings, and there the price is that of asking every kind.
"""

import time
from pathlib import Path
from statistics import median

import numpy as np

from benchmarks.backtest import CALM, CITY
from city.clock import SECOND_NS
from city.entry import Arrivals, Connection, Context, Journaled, NumberedSensor
from city.reading import ReadingBatch
from liandong.backtest.asking import live_book
from liandong.city_folder import CityFolder, read_city
from rules.engine import Engine

SIZES = (1, 10, 100)

#: A Monday at nine in China; batches are this far apart.
START_NS, APART_NS = 1_793_581_200 * SECOND_NS, SECOND_NS // 100

#: So many batches of each size, the first third of them unmeasured: what every sensor says first is news.
BATCHES = 600


def small_batches_us(folder: Path = CITY) -> dict[int, float]:
    """Return the median CPU time in microseconds that a batch of each size takes."""
    city = read_city(folder)
    return {size: _cost_us(city, size) for size in SIZES}


def _cost_us(city: CityFolder, size: int) -> float:
    engine, spent_us = Engine(city.catalogue), []
    series = [(number, name) for number, sensor in enumerate(city.sensors) for name in sensor.quantities]
    names = {name: number for number, name in enumerate(sorted({name for _, name in series} | set(CALM)))}
    numbered = tuple(NumberedSensor(number, sensor) for number, sensor in enumerate(city.sensors))
    engine.start(Context(START_NS, "small", (), numbered, names, zone="Asia/Shanghai"), live_book(city))
    engine.apply(Journaled(1, Connection(START_NS, listening=True)))
    random = np.random.default_rng(11)
    for turn in range(BATCHES):
        batch = _batch([series[at] for at in random.integers(0, len(series), size)], names, turn, random)
        began = time.process_time_ns()
        engine.apply(Journaled(turn + 2, Arrivals(batch)))
        spent_us.append((time.process_time_ns() - began) / 1e3)
    return round(median(spent_us[BATCHES // 3 :]), 1)


def _batch(spoke: list[tuple[int, str]], names: dict[str, int], turn: int, random: np.random.Generator) -> ReadingBatch:
    """Return calm readings of some series, all made in one moment."""
    time_ns = START_NS + (turn + 1) * APART_NS
    said = [CALM.get(name, 1.0) * (1 + 0.01 * random.standard_normal()) for _, name in spoke]
    return ReadingBatch.of(
        [(number, names[name], time_ns, time_ns, value, 0) for (number, name), value in zip(spoke, said, strict=True)]
    )
