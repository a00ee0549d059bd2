"""Series made up by us, unlike those of the benchmark: known departures in noise, habits and clocks of many kinds."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.detection_nab import detected, of_group
from benchmarks.nab import PROFILES, Series, judged, score
from city.clock import SECOND_NS

Floats = NDArray[np.float64]
Random = np.random.Generator

_DAY_S = 86_400

#: A Monday: 2026-01-05 in UTC.
_START_S = 1_767_571_200

#: Rows of a series, and how many departures it has; one of each family has none.
_SIZES = ((1_000, 1), (5_000, 3), (25_000, 5), (5_000, 0))

#: A departure counts as found until so long after it began, as a share of the series and all its departures.
_WINDOWS = 0.1


class Moments(NamedTuple):
    """Rows of a series to be made: seconds since the epoch, and which departure each is part of, 0 for none."""

    time_s: Floats
    departs: NDArray[np.bool_]

    @property
    def day(self) -> Floats:
        """Return the share of the day that has passed, at each row."""
        share: Floats = self.time_s % _DAY_S / _DAY_S
        return share

    @property
    def rest(self) -> NDArray[np.bool_]:
        """Return which rows are on a Saturday or a Sunday."""
        weekend: NDArray[np.bool_] = (self.time_s - _START_S) // _DAY_S % 7 >= 5
        return weekend


class Family(NamedTuple):
    """What series of one kind say; `length` is how many rows a departure takes."""

    interval_s: int
    length: int
    say: Callable[[Random, Moments], Floats]


def _follows(random: Random, rows: int, memory: float) -> Floats:
    """Return noise of deviation 1 of which each value keeps a share of the one before."""
    fresh = random.normal(0, np.sqrt(1 - memory * memory), rows)
    for row in range(1, rows):
        fresh[row] += memory * fresh[row - 1]
    return fresh


def _level(random: Random, at: Moments) -> Floats:
    return _follows(random, len(at.time_s), 0.5) + 4.0 * at.departs


def _level_in_heavy_tails(random: Random, at: Moments) -> Floats:
    return random.standard_t(3, len(at.time_s)) + 4.0 * at.departs


def _spikes(random: Random, at: Moments) -> Floats:
    return random.normal(0, 1, len(at.time_s)) + 8.0 * at.departs


def _spikes_in_skewed_noise(random: Random, at: Moments) -> Floats:
    return random.lognormal(0, 0.7, len(at.time_s)) + 20.0 * at.departs


def _spread(random: Random, at: Moments) -> Floats:
    return random.normal(0, 1, len(at.time_s)) * np.where(at.departs, 3.0, 1.0)


def _day(random: Random, at: Moments) -> Floats:
    return 3 * np.sin(2 * np.pi * at.day) + random.normal(0, 0.5, len(at.time_s)) + 2.5 * at.departs


def _day_that_is_flat(random: Random, at: Moments) -> Floats:
    habit = np.where(at.departs, 0.0, 3 * np.sin(2 * np.pi * at.day))
    return habit + random.normal(0, 0.4, len(at.time_s))


def _workday_without_work(random: Random, at: Moments) -> Floats:
    works = (np.abs(at.day - 0.55) < 0.2) & ~at.rest & ~at.departs
    return np.where(works, 10.0, 2.0) * (1 + 0.15 * random.normal(0, 1, len(at.time_s)))


def _counts(random: Random, at: Moments) -> Floats:
    usual = 11 + 9 * np.sin(2 * np.pi * (at.day - 0.3))
    return random.poisson(usual * np.where(at.departs, 3.0, 1.0)).astype(np.float64)


def _counter(random: Random, at: Moments) -> Floats:
    return np.cumsum(random.poisson(np.where(at.departs, 30.0, 5.0))).astype(np.float64)


def _rare_events(random: Random, at: Moments) -> Floats:
    happens = random.random(len(at.time_s)) < np.where(at.departs, 0.25, 0.01)
    return np.where(happens, random.integers(1, 6, len(at.time_s)), 0).astype(np.float64)


def _whole_numbers(random: Random, at: Moments) -> Floats:
    said: Floats = np.rint(20 + 1.5 * _follows(random, len(at.time_s), 0.7) + 6.0 * at.departs)
    return said


def _wanders(random: Random, at: Moments) -> Floats:
    jumps = np.diff(at.departs.astype(np.float64), prepend=0.0)
    return np.cumsum(random.normal(0, 1, len(at.time_s)) + 20 * jumps)


def _once_a_day(random: Random, at: Moments) -> Floats:
    year = 10 * np.sin(2 * np.pi * at.time_s / _DAY_S / 365)
    return year + 2 * _follows(random, len(at.time_s), 0.6) + 10.0 * at.departs


def _switches(random: Random, at: Moments) -> Floats:
    on, left, said = True, 20, np.zeros(len(at.time_s))
    for row, departs in enumerate(at.departs.tolist()):
        left -= 0 if departs and on else 1
        if left < 0:
            on, left = not on, int(random.integers(15, 26))
        said[row] = on
    return 50 * said + random.normal(0, 1, len(said))


FAMILIES = {
    "level in noise": Family(60, 40, _level),
    "level in heavy tails": Family(10, 60, _level_in_heavy_tails),
    "spikes": Family(300, 3, _spikes),
    "spikes in skewed noise": Family(300, 2, _spikes_in_skewed_noise),
    "spread": Family(300, 60, _spread),
    "hours above the day's habit": Family(300, 36, _day),
    "a day that is flat": Family(300, 200, _day_that_is_flat),
    "a workday without work": Family(3_600, 24, _workday_without_work),
    "counts an hour": Family(900, 16, _counts),
    "a counter that runs faster": Family(300, 48, _counter),
    "rare events": Family(60, 60, _rare_events),
    "whole numbers": Family(3_600, 24, _whole_numbers),
    "a jump of what wanders": Family(1, 300, _wanders),
    "once a day": Family(_DAY_S, 10, _once_a_day),
    "a machine that stays on": Family(60, 120, _switches),
}


def made_up_figures() -> dict[str, object]:
    """Return what is found of the departures of each family, and of all."""
    series = list(made_up())
    alarms, _ = detected(series)
    verdicts = [judged(one, rows) for one, rows in zip(series, alarms, strict=True)]
    return {
        "readings": sum(len(one.value) for one in series),
        **{profile.name: score(series, verdicts, profile) for profile in PROFILES},
        "windows": sum(len(one.windows) for one in series),
        "found": sum(one.found for one in verdicts),
        "false_alarms": sum(one.false for one in verdicts),
        "families": {name: of_group(series, verdicts, name) for name in FAMILIES},
    }


def made_up() -> Iterator[Series]:
    """Yield all series, the same each time; the group of each is its family."""
    for number, (name, family) in enumerate(FAMILIES.items()):
        for size, (rows, count) in enumerate(_SIZES):
            yield _series(f"{name}/{rows}-{count}", family, (rows, count), np.random.default_rng((number, size)))


def _series(name: str, family: Family, size: tuple[int, int], random: Random) -> Series:
    rows, count = size
    time_s = _START_S + np.arange(rows, dtype=np.float64) * family.interval_s
    begins = _begins(random, family, size)
    departs = np.zeros(rows, dtype=np.bool_)
    for begin in begins:
        departs[begin : begin + family.length] = True
    # What unit a sensor has, and where its zero lies, must not matter.
    scale, offset = 10.0 ** random.integers(-3, 5), float(random.integers(-100, 100))
    value = scale * (family.say(random, Moments(time_s, departs)) + offset)
    length = max(family.length, int(_WINDOWS * rows / max(1, count)))
    windows = tuple((begin, min(begin + length, rows) - 1) for begin in begins)
    return Series(name, tuple((time_s.astype(np.int64) * SECOND_NS).tolist()), tuple(value.tolist()), windows)


def _begins(random: Random, family: Family, size: tuple[int, int]) -> list[int]:
    """Return where departures begin: one in each part of the last three quarters; by day where there are days."""
    rows, count = size
    part = int(0.7 * rows) // max(1, count)
    begins = [int(0.25 * rows) + number * part + int(random.integers(part // 2)) for number in range(count)]
    if family.say is _workday_without_work:
        week = 7 * 24
        begins = [begin - begin % week + 24 * int(random.integers(1, 4)) for begin in begins]
    return begins
