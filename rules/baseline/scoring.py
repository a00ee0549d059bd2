"""How far series depart from what they usually do: twenty-three numbers in five families, ranked and taken together."""

from collections.abc import Iterator
from functools import reduce
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from city.clock import SECOND_NS
from rules.alarms import NEVER_NS
from rules.baseline import levels, rarity, scale, seasons
from rules.baseline.compiling import compiled
from rules.baseline.hours import Hours
from rules.baseline.rarity import Rarity
from rules.metered import rounds
from rules.table import Column, StateTable

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

#: The families in the order of their numbers, and how many each has.
FAMILIES = {"level": 6, "season": 5, "scaled season": 4, "scaled spread": 4, "spread": 4}
NUMBERS = sum(FAMILIES.values())
_STARTS = np.cumsum([0, *FAMILIES.values()])

#: Nothing is scored before so many readings: ranks among fewer mean nothing.
LEAST = 50

#: A pause longer than so many usual intervals begins all windows anew, as if what is usual had come meanwhile.
PAUSE = 24.0

#: The usual interval follows what passes between readings by so much of itself at most, so that it is near the median:
#: readings that are missing here and there do not stretch it. It is no less than half of the mean of all so far, or
#: those who send several at once would pause after each time.
FOLLOWS, OF_MEAN = 0.02, 0.5

#: A reading stands for the usual intervals since the one before, so many at most: what is learned is learned by time.
#: A quarter of the last one may lack, not more, or clocks that are off would look like readings that are missing.
STANDS_FOR, NEARLY = 4, 0.25

#: What follows a score above this is remembered by half: a departure must not hide the next one of its kind.
RARE = 2.0

#: Memories are counted in readings five minutes apart; series that are slower forget by the reading.
FIVE_MINUTES_S = 300.0

FARTHEST = 1e30

#: So many series are scored at once: what that needs by the way stays in the processor's cache.
_AT_ONCE = 1_024

#: What is remembered of a series: some 5 kB, of which the ranks take 3.7.
COLUMNS: dict[str, Column] = {
    "count": (np.int32, 0),
    "began_ns": (np.int64, NEVER_NS),
    "time_ns": (np.int64, NEVER_NS),
    "interval_s": (np.float64, 0),
    "origin": (np.float64, 0),
    "score": (np.float32, 0),
    **levels.COLUMNS,
    **seasons.COLUMNS,
    **rarity.columns(NUMBERS),
}


class Scored(NamedTuple):
    """What is known of each of some readings.

    Attributes:
        score: 0 to `scale.MOST`; not a number while too little was learned.
        families: how rare what each family saw is, on the same scale.
        expected, spread: what is usual at this hour, and how far readings usually are from it.
        readings, began_ns: how many were learned before, and since when.
        slots: for how many usual intervals a reading stands.
    """

    score: Floats
    families: Floats
    expected: Floats
    spread: Floats
    readings: Ints
    began_ns: Ints
    slots: Ints


class Readings(NamedTuple):
    """Finite readings in the order in which they are learned: rows that rise, each any number of times.

    `hour` and `rest` are those of `Hours`.
    """

    row: Ints
    value: Floats
    time_ns: Ints
    hour: Ints
    rest: Ints

    def of(self, places: Ints) -> "Readings":
        """Return some of the readings."""
        return Readings(
            self.row[places], self.value[places], self.time_ns[places], self.hour[places], self.rest[places]
        )


def blank(count: int) -> Scored:
    """Return room for what is found at so many readings."""
    score, expected, spread = np.full((3, count), np.nan)
    families = np.full((count, len(FAMILIES)), np.nan)
    readings, slots = np.zeros((2, count), np.int64)
    return Scored(score, families, expected, spread, readings, np.full(count, NEVER_NS), slots)


class Detector:
    """Learns series, a row of `table` each, and scores every reading before it is learned."""

    def __init__(self, name: str, keys: Ints) -> None:
        # A row is wide and changes alone, so each is written by itself.
        self.table = StateTable(name, keys, COLUMNS, rows_a_chunk_bits=0)
        self._rarity = Rarity(self.table)
        self._compiled = compiled(self.table, self._rarity.sums)

    def refresh(self) -> None:
        """Derive what is not kept in the table, after it was loaded."""
        self._rarity.refresh()

    def push(self, readings: Readings) -> Scored:
        """Score readings and learn them, those of one row in their order."""
        found = blank(len(readings.row))
        if self._compiled is not None:
            self._compiled(readings, found)
        else:
            for some in _apart(readings.row):
                for column, of_some in zip(found, self._push(readings.of(some)), strict=True):
                    column[some] = of_some
        self.table.touch(readings.row)
        return found

    def _push(self, readings: Readings) -> Scored:
        """Score and learn readings of distinct rows."""
        rows, value, time_ns, hour, rest = readings
        table = self.table
        count = table["count"][rows].astype(np.int64)
        began_ns = np.where(count == 0, time_ns, table["began_ns"][rows])
        value = self._placed(rows, value, count)
        pace, slots, paused = self._pace(rows, time_ns, count)
        usual = seasons.expected(table, rows, Hours(hour, rest))
        expected = table["level"][rows, levels.LONG] + usual.mean[:, 1]
        if paused.any():
            self._restart(rows[paused], expected[paused])
        numbers = self._numbers(rows, value, usual, count + 1)
        ranked = self._rarity.rank(rows, numbers)
        families, score = _together(ranked.rare)
        half = table["score"][rows] > RARE
        self._rarity.learn(ranked, slots * np.where(half, scale.WEIGHT // 2, scale.WEIGHT), count)
        table["score"][rows] = score
        score[count < LEAST] = np.nan
        seasons.learn(table, rows, value, usual, (pace, count))
        levels.learn(table, rows, value, pace, count)
        table["count"][rows] = np.minimum(count + 1, np.iinfo(np.int32).max)
        table["began_ns"][rows], table["time_ns"][rows] = began_ns, time_ns
        shown = expected + table["origin"][rows]
        return Scored(score, families, shown, usual.apart[:, 1], count, began_ns, slots)

    def _placed(self, rows: Ints, value: Floats, count: Ints) -> Floats:
        """Return values counted from the first of each series, so that small changes of large numbers are seen."""
        first = count == 0
        self.table["origin"][rows[first]] = value[first]
        with np.errstate(over="ignore"):
            return np.clip(value - self.table["origin"][rows], -FARTHEST, FARTHEST)

    def _pace(self, rows: Ints, time_ns: Ints, count: Ints) -> tuple[Floats, Ints, NDArray[np.bool_]]:
        """Return how much is learned from each reading, for how many intervals it stands, and which end a pause.

        What is learned is counted in shares of five minutes.
        """
        table = self.table
        usual_s, before_ns = table["interval_s"][rows], table["time_ns"][rows]
        passed_s = np.where(count == 0, 0.0, (time_ns - before_ns) / SECOND_NS)
        mean_s = (before_ns - table["began_ns"][rows]) / SECOND_NS / np.maximum(count, 1)
        interval_s = np.maximum(np.maximum(usual_s, OF_MEAN * mean_s), 1e-9)
        most = np.maximum(FOLLOWS, 1.0 / np.maximum(count, 1)) * usual_s
        followed_s = usual_s + np.minimum(np.maximum(passed_s - usual_s, -most), most)
        table["interval_s"][rows] = np.where(count == 1, passed_s, followed_s)
        known = count >= LEAST
        paused = known & (passed_s > PAUSE * interval_s)
        slots = np.minimum(np.maximum(np.floor(passed_s / interval_s + NEARLY), 1), STANDS_FOR)
        slots = np.where(known & ~paused, slots, 1).astype(np.int64)
        pace = np.clip(interval_s / FIVE_MINUTES_S, 1 / FIVE_MINUTES_S, 1.0)
        return pace * slots, slots, paused

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


def _apart(rows: Ints) -> Iterator[Ints]:
    """Yield places at which rows are distinct, not too many at once and those of a row in their order."""
    for places in rounds(rows):
        yield from (places[begin : begin + _AT_ONCE] for begin in range(0, len(places), _AT_ONCE))
