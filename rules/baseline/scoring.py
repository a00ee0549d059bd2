"""How far series depart from what they usually do: twenty-three numbers in five families, ranked and taken together."""

from functools import reduce
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from city.clock import SECOND_NS
from rules.alarms import NEVER_NS
from rules.baseline import levels, rarity, seasons
from rules.baseline.hours import Hours
from rules.baseline.rarity import Rarity
from rules.table import Column, StateTable

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

#: The families in the order of their numbers, and how many each has.
FAMILIES = {"level": 6, "season": 5, "scaled season": 4, "scaled spread": 4, "spread": 4}
_NUMBERS = sum(FAMILIES.values())
_STARTS = np.cumsum([0, *FAMILIES.values()])

#: Nothing is scored before so many readings: ranks among fewer mean nothing.
LEAST = 50

#: A pause longer than so many usual intervals begins all windows anew, as if what is usual had come meanwhile.
_PAUSE = 24.0

#: The usual interval is learned over so many; one pause counts as three intervals at most.
_INTERVALS, _LONGEST = 100.0, 3.0

#: Memories are counted in readings five minutes apart; series that are slower forget by the reading.
_FIVE_MINUTES_S = 300.0

_FARTHEST = 1e30

#: What is remembered of a series: some 5 kB, of which the ranks take 3.7.
COLUMNS: dict[str, Column] = {
    "count": (np.int32, 0),
    "began_ns": (np.int64, NEVER_NS),
    "time_ns": (np.int64, NEVER_NS),
    "interval_s": (np.float64, 0),
    "origin": (np.float64, 0),
    **levels.COLUMNS,
    **seasons.COLUMNS,
    **rarity.columns(_NUMBERS),
}


class Scored(NamedTuple):
    """What is known of each of some readings.

    Attributes:
        score: 0 to `rarity.MOST`; not a number while too little was learned.
        families: how rare what each family saw is, on the same scale.
        expected, spread: what is usual at this hour, and how far readings usually are from it.
        readings, began_ns: how many were learned before, and since when.
    """

    score: Floats
    families: Floats
    expected: Floats
    spread: Floats
    readings: Ints
    began_ns: Ints


class Detector:
    """Learns series, a row of `table` each, and scores every reading before it is learned."""

    def __init__(self, name: str, keys: Ints) -> None:
        # A row is wide and changes alone, so each is written by itself.
        self.table = StateTable(name, keys, COLUMNS, rows_a_chunk_bits=0)
        self._rarity = Rarity(self.table)

    def refresh(self) -> None:
        """Derive what is not kept in the table, after it was loaded."""
        self._rarity.refresh()

    def push(self, rows: Ints, value: Floats, time_ns: Ints, hours: Hours) -> Scored:
        """Score one finite reading of each of `rows`, which are distinct, and learn it."""
        table = self.table
        count = table["count"][rows].astype(np.int64)
        began_ns = np.where(count == 0, time_ns, table["began_ns"][rows])
        value = self._placed(rows, value, count)
        pace, paused = self._pace(rows, time_ns, count)
        usual = seasons.expected(table, rows, hours)
        expected = table["level"][rows, levels.LONG] + usual.mean[:, 1]
        if paused.any():
            self._restart(rows[paused], expected[paused])
        numbers = self._numbers(rows, value, usual, count + 1)
        rare = self._rarity.push(rows, numbers, count)
        families, score = _together(rare)
        score[count < LEAST] = np.nan
        seasons.learn(table, rows, value, usual, (pace, count))
        levels.learn(table, rows, value, pace, count)
        table["count"][rows] = np.minimum(count + 1, np.iinfo(np.int32).max)
        table["began_ns"][rows], table["time_ns"][rows] = began_ns, time_ns
        table.touch(rows)
        return Scored(score, families, expected + table["origin"][rows], usual.apart[:, 1], count, began_ns)

    def _placed(self, rows: Ints, value: Floats, count: Ints) -> Floats:
        """Return values counted from the first of each series, so that small changes of large numbers are seen."""
        first = count == 0
        self.table["origin"][rows[first]] = value[first]
        with np.errstate(over="ignore"):
            return np.clip(value - self.table["origin"][rows], -_FARTHEST, _FARTHEST)

    def _pace(self, rows: Ints, time_ns: Ints, count: Ints) -> tuple[Floats, NDArray[np.bool_]]:
        """Return which share of five minutes lies between readings, and where one comes after a pause."""
        interval_s = self.table["interval_s"][rows]
        passed_s = np.where(count == 0, 0.0, (time_ns - self.table["time_ns"][rows]) / SECOND_NS)
        known = count >= LEAST
        paused = known & (passed_s > _PAUSE * interval_s)
        passed_s = np.where(known, np.minimum(passed_s, _LONGEST * interval_s), passed_s)
        step = np.maximum(1 / _INTERVALS, 1.0 / np.maximum(count, 1))
        self.table["interval_s"][rows] = interval_s + np.where(count > 0, step, 0.0) * (passed_s - interval_s)
        return np.clip(self.table["interval_s"][rows] / _FIVE_MINUTES_S, 1 / _FIVE_MINUTES_S, 1.0), paused

    def _restart(self, rows: Ints, expected: Floats) -> None:
        """Fill all windows with what is usual: a pause by itself is nothing to report."""
        table = self.table
        table["window"][rows] = expected[:, None]
        table["departures"][rows] = 0

    def _numbers(self, rows: Ints, value: Floats, usual: seasons.Expected, filled: Ints) -> Floats:
        table = self.table
        of_level = levels.statistics(table, rows, value, filled)
        of_season = seasons.statistics(table, rows, value, usual, filled)
        departures = FAMILIES["level"]
        return np.concatenate([of_level[:, :departures], of_season, of_level[:, departures:]], axis=1)


def _together(rare: Floats) -> tuple[Floats, Floats]:
    """Return what each family says and the score: several families must agree, or one be very sure.

    A family speaks by the root mean square of its numbers, all of them by the mean of fourth powers.
    """
    squares = np.ascontiguousarray(rare.T)
    squares *= squares
    spans = zip(_STARTS.tolist(), _STARTS.tolist()[1:], strict=False)
    families = np.stack([reduce(np.add, squares[begin:end]) / (end - begin) for begin, end in spans])
    fourth = reduce(np.add, families * families) / len(families)
    return np.sqrt(families.T), np.sqrt(np.sqrt(fourth))
