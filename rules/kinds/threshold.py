"""Threshold rules: a value above, below or outside a limit, or its change over a window, for a while, in levels.

A level is *met* by a reading beyond its limit, *due* when every reading since the first that met it did so for at
least its hold (by the sensors' time, decided at a reading), and *kept* by a reading that is not yet back within its
clearing value. The alarm rises to the highest level that is due and falls to the highest that is kept.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from city.entry import Arrivals
from city.quality import Quality
from city.reading import ReadingBatch
from rules.bands import VALUE_SIDES, Levelled, Sides, Span, level_schema, read_bands
from rules.changes import ChangePass
from rules.conditions import Measured
from rules.duration import DURATION, read_span_ns, shown_duration
from rules.kind import Verdict, Written
from rules.ladder import Steps
from rules.levelled import SKIPPED, LevelledPass, reading_seen
from rules.listening import Listening
from rules.metered import reading_at
from rules.pairs import Pairs
from rules.population import Population
from rules.rule import Rule, Terms
from rules.segment import Segments
from rules.series import SeriesIndex
from rules.together import Together

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

#: So many pairs are judged at once: what they need then stays in the processor's cache, which is twice as fast.
_BLOCK = 10_240

#: How a change over a window is written: as a difference, counted from 0.
_CHANGE_SIDES: Sides = {
    side: lambda written, scale: Span(-inf, scale.of_differences.read(written)) for side in ("rises", "falls")
}


@dataclass(frozen=True, slots=True)
class ThresholdTerms(Levelled):
    """Bands of the value itself or, with `over_ns`, of how far it `rises` or `falls` within that time."""

    over_ns: int = 0
    side: str = ""

    @property
    def measured(self) -> str:
        """Return in words what the number is, if it is not the reading itself."""
        return f"{self.side} within {shown_duration(self.over_ns)}" if self.over_ns else ""


class Threshold:
    """The kind `threshold`."""

    name: ClassVar[str] = "threshold"
    of_quantity: ClassVar[bool | None] = True
    own: ClassVar[Mapping[str, Any]] = {"over": DURATION}
    required: ClassVar[tuple[str, ...]] = ()

    def read(self, written: Written) -> ThresholdTerms:
        """Return the terms of a rule; notes every mistake in the faults."""
        if "over" not in written.own:
            return ThresholdTerms(read_bands(written), written.scale.unit)
        over_ns, side = 0, ""
        with written.faults:
            side = _one_side(written)
            over_ns = read_span_ns(written.own["over"])
        sides = {side: _CHANGE_SIDES[side]} if side else _CHANGE_SIDES
        return ThresholdTerms(read_bands(written, sides), written.scale.unit, over_ns, side)

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of one level."""
        return level_schema(*VALUE_SIDES, *_CHANGE_SIDES)

    def compile(self, rules: Sequence[tuple[int, Rule]], population: Population) -> Together:
        """Return the pass over these rules and the sensors they match."""
        parts = (
            (lambda rule: not _terms(rule.terms).over_ns, _value_pass),
            (lambda rule: _terms(rule.terms).over_ns > 0, _change_pass),
        )
        return Together.compiled(parts, rules, population)


def _one_side(written: Written) -> str:
    """Return the side that all levels of a change are written with: what rises cannot fall to a worse level."""
    levels = [level for level in written.levels.entries().values() if isinstance(level.value, dict)]
    sides = sorted({side for level in levels for side in level.entries() if side in _CHANGE_SIDES})
    if len(sides) > 1:
        raise written.levels.wrong(expected="all levels with `rises` or all with `falls`", got=" and ".join(sides))
    return sides[0] if sides else ""


def _terms(terms: Terms) -> ThresholdTerms:
    assert isinstance(terms, ThresholdTerms)  # the book gives each kind the terms it read
    return terms


def _value_pass(rules: Sequence[tuple[int, Rule]], population: Population) -> "ThresholdPass":
    return ThresholdPass(Pairs(rules, population, population.everybody), population)


def _change_pass(rules: Sequence[tuple[int, Rule]], population: Population) -> ChangePass:
    pairs = Pairs(rules, population, population.everybody)
    terms = [_terms(one) for one in pairs.roll.terms]
    return ChangePass(
        pairs,
        population,
        over_ns=np.array([one.over_ns for one in terms], dtype=np.int64),
        sign=np.array([-1.0 if one.side == "falls" else 1.0 for one in terms]),
    )


class ThresholdPass(LevelledPass):
    """Judges all rules about values in one pass."""

    def __init__(self, pairs: Pairs, population: Population) -> None:
        super().__init__("threshold", pairs, population)
        self._index = SeriesIndex(pairs, population.quantities)

    def arrivals(self, arrivals: Arrivals, listening: Listening) -> list[Verdict]:
        """Judge the readings of a batch, each series in its order of arrival."""
        batch = arrivals.readings
        if not len(self._pairs) or not len(batch):
            return []
        judged = (batch.quality & SKIPPED == 0) & np.isfinite(batch.value)
        series = np.where(judged, self._index.series_of(batch.sensor, batch.quantity), -1)
        rows = np.flatnonzero(series >= 0)
        # By series, in order of arrival: one sort of whole numbers is quicker than a stable sort of indices.
        ordered = np.sort(series[rows] << 32 | rows)
        rows, series = ordered & 0xFFFFFFFF, ordered >> 32
        late = batch.quality[rows] & int(Quality.LATE) != 0
        if late.any():
            return self._in_waves(batch, rows, series, late)
        return self._in_order(batch, rows, series)

    def _in_waves(self, batch: ReadingBatch, rows: Ints, series: Ints, late: Flags) -> list[Verdict]:
        """Judge stretches in order and single late readings in turns, so that each meets the state that it should."""
        matters = ~late
        fan = self._index.fan(series[late])
        violated = self._ladder.violated_at_once(fan.pair, batch.value[rows[late]][fan.of])
        matters[np.flatnonzero(late)[fan.of[violated]]] = True
        rows, series, late = rows[matters], series[matters], late[matters]
        wave = _waves(series, late)
        verdicts: list[Verdict] = []
        for number in np.unique(wave).tolist():
            now = wave == number
            judge = self._late if number % 2 else self._in_order
            verdicts += judge(batch, rows[now], series[now])
        return verdicts

    def _in_order(self, batch: ReadingBatch, rows: Ints, series: Ints) -> list[Verdict]:
        """Judge readings that are newer than those before them; `series` is sorted."""
        start = np.flatnonzero(np.diff(series, prepend=-1))
        ends = np.append(start, len(rows))
        step = max(1, int(_BLOCK / self._index.mean_fan))
        verdicts: list[Verdict] = []
        for begin in range(0, len(start), step):
            first, last = ends[begin], ends[min(begin + step, len(start))]
            some = start[begin : begin + step] - first
            verdicts += self._stretches(batch, rows[first:last], series[first:last].take(some), some)
        return verdicts

    def _stretches(self, batch: ReadingBatch, rows: Ints, series: Ints, start: Ints) -> list[Verdict]:
        """Judge stretches of readings, one of each of `series`, which begin in `rows` at `start`."""
        value, time_ns = batch.value.take(rows), batch.time_ns.take(rows)
        fan = self._index.fan(series)
        hot = self._ladder.leaving(fan, *_extremes(value, time_ns, start))
        if not len(hot):
            return []
        stretch, pair = fan.of.take(hot), fan.pair.take(hot)
        segments = Segments(np.diff(start, append=len(rows)).take(stretch))
        picked = segments.run(start.take(stretch))
        steps = self._ladder.advance(pair, segments, value.take(picked), time_ns.take(picked))
        if self._last is not None:
            for owner, row in zip(pair.tolist(), rows.take(segments.ends(picked)).tolist(), strict=True):
                decided = reading_at(batch, row)
                self._last[owner] = Measured(decided, {"reading": reading_seen(decided)})
        return self._verdicts(batch, rows, picked, steps)

    def _late(self, batch: ReadingBatch, rows: Ints, series: Ints) -> list[Verdict]:
        """Judge late readings, one of each series at most: they may raise an alarm, and do nothing else."""
        fan = self._index.fan(series)
        late = rows[fan.of]
        steps = self._ladder.advance_late(fan.pair, batch.value[late], batch.time_ns[late])
        return self._verdicts(batch, rows, fan.of, steps)

    def _verdicts(self, batch: ReadingBatch, rows: Ints, picked: Ints, steps: Steps) -> list[Verdict]:
        verdicts = []
        for number, element in enumerate(steps.element.tolist()):
            row = int(rows[picked[element]])
            decided = reading_at(batch, row)
            verdicts.append(self._step(row, steps, number, decided, {"reading": reading_seen(decided)}))
        return verdicts


def _extremes(value: Floats, time_ns: Ints, start: Ints) -> tuple[Floats, Floats, Ints]:
    """Return the least and the most value, and the latest time, of each stretch that begins at `start`."""
    if len(start) == len(value):
        return value, value, time_ns
    return np.minimum.reduceat(value, start), np.maximum.reduceat(value, start), np.maximum.reduceat(time_ns, start)


def _waves(series: Ints, late: Flags) -> Ints:
    """Number the turns: even ones hold stretches in order, odd ones single late readings; `series` is sorted."""
    start = np.flatnonzero(np.diff(series, prepend=-1))
    so_far: Ints = np.cumsum(late)
    earlier: Ints = (so_far - late)[start]
    count: Ints = so_far - np.repeat(earlier, np.diff(start, append=len(series)))
    return 2 * count - late
