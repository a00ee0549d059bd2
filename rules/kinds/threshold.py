"""Threshold rules: a value above, below or outside a limit for a while, in levels, each with its own clearing value.

A level is *met* by a reading beyond its limit, *due* when every reading since the first that met it did so for at
least its hold (by the sensors' time, decided at a reading), and *kept* by a reading that is not yet back within its
clearing value. The alarm rises to the highest level that is due and falls to the highest that is kept.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from city.clock import SECOND_NS, iso
from city.entry import Arrivals
from city.level import Level
from city.quality import UNTRUSTED, Quality, names_of
from city.reading import ReadingBatch
from city.yaml_lines import Located
from rules.alarms import NEVER_NS, Alarms, Seen
from rules.bands import Band, described, read_bands
from rules.faults import Faults
from rules.kind import OpenAlarm, Verdict
from rules.ladder import Ladder, Steps
from rules.limits import Limits
from rules.listening import Listening
from rules.measure import Scale
from rules.pairs import Pairs
from rules.population import Population
from rules.rule import Rule
from rules.segment import Segments
from rules.series import SeriesIndex

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

#: A reading so flagged is not judged: it neither raises nor clears, and does not interrupt a hold.
_SKIPPED = int(UNTRUSTED | Quality.DUPLICATE)

#: A reading that took longer than this to arrive was buffered somewhere; its alarm says that it came late.
_BUFFERED_NS = 300 * SECOND_NS

#: So many pairs are judged at once: what they need then stays in the processor's cache, which is twice as fast.
_BLOCK = 10_240


@dataclass(frozen=True, slots=True)
class ThresholdTerms:
    """Bands, the mildest first, in the quantity's own unit."""

    bands: tuple[Band, ...]
    unit: str

    @property
    def levels(self) -> tuple[Level, ...]:
        """Return the levels that the rule has, the mildest first."""
        return tuple(band.level for band in self.bands)

    def described(self) -> dict[str, str]:
        """Return in words, for each level, when it is reached and left."""
        return {band.level.word: described(band, self.unit) for band in self.bands}


class Threshold:
    """The kind `threshold`."""

    name: ClassVar[str] = "threshold"
    of_quantity: ClassVar[bool] = True

    def read(self, levels: Located, scale: Scale, faults: Faults) -> ThresholdTerms:
        """Return the terms written under `levels`; notes every mistake in `faults`."""
        return ThresholdTerms(read_bands(levels, scale, faults), scale.unit)

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of one level."""
        number, pair = {"type": "number"}, {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}
        return {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "above": number,
                "below": number,
                "outside": pair,
                "clear": {"oneOf": [number, pair]},
                "hold": {"type": "string", "pattern": r"^\d+(\.\d+)?\s*[smhd]$"},
            },
            "oneOf": [{"required": [side]} for side in ("above", "below", "outside")],
        }

    def compile(self, rules: Sequence[tuple[int, Rule]], population: Population) -> "ThresholdPass":
        """Return the pass over these rules and the sensors they match."""
        return ThresholdPass(Pairs(rules, population, lambda _: True), population)


class ThresholdPass:
    """Judges all threshold rules in one pass."""

    def __init__(self, pairs: Pairs, population: Population) -> None:
        self._pairs = pairs
        self._limits = Limits([_bands(rule) for rule in pairs.rules])
        self._index = SeriesIndex(pairs, population.quantities)
        self._ladder = Ladder(self._limits, pairs)
        self._alarms = Alarms(pairs, self._ladder.table)
        self.tables = (self._ladder.table,)

    def begin(self, listening: Listening) -> None:
        """Start nothing: thresholds have no timers but those of readings."""

    def refresh(self) -> None:
        """Derive what is not kept in the tables, after they were loaded."""
        self._ladder.refresh()

    def adopt(self, old: Self, time_ns: int) -> list[Verdict]:
        """Take over the state of pairs that judge as before, and clear what stood open on those that are gone."""
        _, verdicts = self._alarms.adopt(old._alarms, time_ns)
        self.refresh()
        return verdicts

    def tick(self, time_ns: int, listening: Listening) -> list[Verdict]:
        """Judge nothing: thresholds are judged by the sensors' time, at readings."""
        return []

    def matched(self) -> Iterator[tuple[Rule, int]]:
        """Yield each rule with the number of sensors it judges."""
        return zip(self._pairs.rules, self._pairs.counts, strict=True)

    def open_alarms(self) -> Iterator[OpenAlarm]:
        """Yield what stands open."""
        return self._alarms.open_alarms()

    def arrivals(self, arrivals: Arrivals, listening: Listening) -> list[Verdict]:
        """Judge the readings of a batch, each series in its order of arrival."""
        batch = arrivals.readings
        if not len(self._pairs) or not len(batch):
            return []
        judged = (batch.quality & _SKIPPED == 0) & np.isfinite(batch.value)
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
            row, pair = int(rows[picked[element]]), int(steps.pair[number])
            before, after = int(steps.before[number]), int(steps.after[number])
            seen = self._seen(batch, row, pair, steps, number)
            verdicts.append(self._alarms.verdict(row, pair, self._alarms.move(pair, before, after, seen)))
        return verdicts

    def _seen(self, batch: ReadingBatch, row: int, pair: int, steps: Steps, number: int) -> Seen:
        """Return what step `number` was decided by."""
        time_ns, arrival_ns = int(batch.time_ns[row]), int(batch.arrival_ns[row])
        value, quality = float(batch.value[row]), int(batch.quality[row])
        recorded = bool(quality & Quality.RECORDED)
        before, after = int(steps.before[number]), int(steps.after[number])
        rule = int(self._pairs.rule[pair])
        # A rise is decided by the limit of the level reached, a fall by the clearing value of the level left.
        rises = after > before
        limit = self._limits.limit(after - 1, rule, value) if rises else self._limits.clear(before - 1, rule, value)
        reading = {"time": iso(time_ns), "arrival": iso(arrival_ns), "value": value, "quality": _words(quality)}
        conditions = _conditions(self._alarms.rule(pair), value, time_ns, [int(at[number]) for at in steps.since_ns])
        late = bool(quality & Quality.LATE) or (not recorded and arrival_ns - time_ns > _BUFFERED_NS)
        return Seen(time_ns, arrival_ns, value, limit, {"reading": reading, "conditions": conditions}, late, recorded)


@cache
def _words(quality: int) -> tuple[str, ...]:
    return names_of(quality)


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


def _bands(rule: Rule) -> tuple[Band, ...]:
    assert isinstance(rule.terms, ThresholdTerms)  # the book gives each kind the terms it read
    return rule.terms.bands


def _conditions(rule: Rule, value: float, time_ns: int, since: list[int]) -> list[dict[str, object]]:
    """Return each level's condition with the value against its limit, and how long it has held."""
    return [
        {
            "level": band.level.word,
            "limit": band.limit.shown(),
            "clear": band.clear.shown(),
            "met": not band.limit.low <= value <= band.limit.high,
            "kept": not band.clear.low <= value <= band.clear.high,
            "hold_s": band.hold_ns / SECOND_NS,
            "since": iso(since_ns) if since_ns != NEVER_NS else None,
            "held_s": (time_ns - since_ns) / SECOND_NS if since_ns != NEVER_NS else 0.0,
        }
        for band, since_ns in zip(_bands(rule), since, strict=False)
    ]
