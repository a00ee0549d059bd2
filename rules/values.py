"""Judges values against the limits of threshold rules, all rules and readings of a batch in one pass."""

from collections.abc import Mapping, Sequence
from typing import Self

import numpy as np
from numpy.typing import NDArray

from city.entry import Arrivals
from city.quality import Quality
from city.reading import ReadingBatch
from rules.conditions import Decided, Measured
from rules.dying import DOUBTED, Dying, OnDeath
from rules.kind import Verdict
from rules.levelled import AGAIN, SKIPPED, UNCONFIRMED, LevelledPass, reading_seen
from rules.limits import ENDLESS_NS
from rules.listening import Listening
from rules.metered import Taken, by_series, looked_at, reading_at
from rules.moving import Steps
from rules.ordering import begins
from rules.pairs import Pairs
from rules.population import Population
from rules.segment import Segments
from rules.series import Fan, SeriesIndex
from rules.table import StateTable

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

#: So many pairs are judged at once: with fewer the calls cost more, with more what they need leaves the processor's
#: cache.
_BLOCK = 65_536

#: With more rules a series than this, readings are sorted even where none is of the same series: pairs then lie as they
#: are asked for, which saves more than the sorting costs.
_FEW = 4

#: So many readings are looked at ahead when it is asked when a tick matters.
_AHEAD = 50_000

#: Readings with one of these are judged singly.
_SINGLE = int(Quality.LATE | Quality.OUT_OF_RANGE)


class ThresholdPass(LevelledPass):
    """Judges all rules about values in one pass."""

    def __init__(self, pairs: Pairs, population: Population, on_death: Sequence[OnDeath | None]) -> None:
        """Take of each of the terms what a sensor's death means."""
        super().__init__("threshold", pairs, population)
        self._index = SeriesIndex(pairs, population.quantities)
        self._dying = Dying(pairs, self._ladder, on_death)
        self._memories = (self._dying.unconfirmed,)
        self._mortal = bool(self._dying.mortal.any())
        #: The clock of silence of the batch that is judged.
        self._clock = Listening()

    @property
    def tables(self) -> tuple[StateTable, ...]:
        """Return the tables that hold all its state."""
        return (*super().tables, self._dying.good, self._dying.good_quality)

    def refresh(self) -> None:
        """Derive what is not kept in the tables, after they were loaded."""
        super().refresh()
        self._dying.refresh()

    def adopt(self, old: Self, time_ns: int) -> list[Verdict]:
        """Take over the state of pairs that judge as before, and clear what stood open on those that are gone."""
        verdicts = super().adopt(old, time_ns)
        self._dying.adopt(old._dying)
        return verdicts

    def arrivals(self, arrivals: Arrivals, listening: Listening) -> list[Verdict]:
        """Judge the readings of a batch, each series in its order of arrival."""
        batch = arrivals.readings
        if not len(self._pairs) or not len(batch):
            return []
        self._clock = listening
        flags = int(np.bitwise_or.reduce(batch.quality))
        seen = self._looked_at(batch, flags)
        if not len(seen.row):
            return []
        if flags & _SINGLE:
            seen = by_series(seen)
            single = batch.quality.take(seen.row) & _SINGLE != 0
            if single.any():
                return self._in_waves(batch, *seen, single)
        elif self._index.mean_fan <= _FEW and self._index.once(seen.series):
            return self._in_order(batch, *seen, Segments(len(seen.row)))
        else:
            seen = by_series(seen)
        return self._in_order(batch, *seen, Segments.alike(seen.series))

    def _looked_at(self, batch: ReadingBatch, flags: int) -> Taken:
        """Return the readings that are judged, and those beyond what their sensor can measure where that matters."""
        if not self._mortal:
            return looked_at(batch, self._index, SKIPPED)
        seen = looked_at(batch, self._index, SKIPPED & ~int(Quality.OUT_OF_RANGE))
        if not flags & Quality.OUT_OF_RANGE:
            return seen
        # What is late as well says nothing of what the sensor sees now.
        now = batch.quality.take(seen.row) & _SINGLE != _SINGLE
        return Taken(seen.row[now], seen.series[now])

    def _in_waves(self, batch: ReadingBatch, rows: Ints, series: Ints, single: Flags) -> list[Verdict]:
        """Judge stretches in order and single readings in turns, so that each meets the state that it should.

        Those are late or beyond what their sensor can measure.
        """
        matters = ~single
        fan = self._index.fan(series[single])
        violated = self._matters(batch, rows[single][fan.of], fan.pair)
        matters[np.flatnonzero(single)[fan.of[violated]]] = True
        rows, series, single = rows[matters], series[matters], single[matters]
        wave = _waves(series, single)
        verdicts: list[Verdict] = []
        for number in np.unique(wave).tolist():
            now = wave == number
            if number % 2:
                verdicts += self._singly(batch, rows[now], series[now])
            else:
                verdicts += self._in_order(batch, rows[now], series[now], Segments.alike(series[now]))
        return verdicts

    def _matters(self, batch: ReadingBatch, rows: Ints, pair: Ints) -> Flags:
        """Return which single readings may raise something."""
        value, beyond = batch.value[rows], batch.quality[rows] & int(Quality.OUT_OF_RANGE) != 0
        may_be_it = self._ladder.met_at(pair, np.ones(len(pair), dtype=np.int8), value) & self._dying.mortal[pair]
        return np.where(beyond, may_be_it, self._ladder.violated_at_once(pair, value))

    def _singly(self, batch: ReadingBatch, rows: Ints, series: Ints) -> list[Verdict]:
        """Judge late readings and those beyond what can be measured, one of each series at most."""
        beyond = batch.quality[rows] & int(Quality.OUT_OF_RANGE) != 0
        verdicts = self._late(batch, rows[~beyond], series[~beyond]) if not beyond.all() else []
        return verdicts + self._beyond(batch, rows[beyond], series[beyond]) if beyond.any() else verdicts

    def _beyond(self, batch: ReadingBatch, rows: Ints, series: Ints) -> list[Verdict]:
        """Raise what is pending, and doubt what stands, where a sensor goes beyond what it can measure on its side."""
        fan = self._index.fan(series)
        row = rows[fan.of]
        met = self._ladder.met_at(fan.pair, np.ones(len(row), dtype=np.int8), batch.value[row])
        died = np.flatnonzero(met & self._dying.soon_after(fan.pair, batch.time_ns[row]))
        pair, row = fan.pair[died], row[died]
        verdicts = []
        for steps in self._unseen(pair, batch.time_ns[row]):
            for number, element in enumerate(steps.element.tolist()):
                decided = reading_at(batch, int(row[element]))
                told = self._dying.told(int(pair[element]), "beyond what its sensor can measure")
                evidence = {"reading": reading_seen(decided), UNCONFIRMED: told}
                verdicts.append(self._step(int(row[element]), steps, number, decided, evidence))
        return verdicts

    def tick(self, time_ns: int, listening: Listening) -> list[Verdict]:
        """Raise what is pending, and doubt what stands, where a sensor has died."""
        pair = self._dying.silent(time_ns, listening)
        if not len(pair):
            return []
        verdicts = []
        for steps in self._unseen(pair, np.full(len(pair), time_ns)):
            for number, owner in enumerate(steps.pair.tolist()):
                good = self._dying.last_good(owner)
                evidence = {
                    "reading": reading_seen(good),
                    UNCONFIRMED: self._dying.told(owner, "no good reading since"),
                }
                verdicts.append(self._step(0, steps, number, Decided(time_ns, time_ns, good.value), evidence))
        return verdicts

    def _unseen(self, pair: Ints, time_ns: Ints) -> tuple[Steps, Steps]:
        """Return which pairs, whose sensors died, rise to what was pending, and which stand and are sure no more."""
        risen = self._ladder.advance_unseen(pair, time_ns)
        self._dying.doubt(risen.pair)
        stands = np.flatnonzero(self._dying.is_sure(pair))
        self._dying.doubt(pair[stands], DOUBTED)
        return risen, self._ladder.doubted(pair[stands], stands)

    def _measured(self, pair: int, now_ns: int) -> Measured:
        """Return what a pair was last judged by, and why its alarm is unconfirmed where it is."""
        decided, evidence = super()._measured(pair, now_ns)
        return Measured(decided, {**evidence, **self._doubt_of(pair)})

    def _doubt_of(self, pair: int) -> Mapping[str, object]:
        """Return why the alarm of a pair is unconfirmed, nothing where it is not."""
        doubted = bool(self._dying.unconfirmed["on"][pair])
        return {UNCONFIRMED: self._dying.told(pair, "no good reading since")} if doubted else {}

    def due_ns(self, arrivals: Arrivals, listening: Listening) -> int:
        """Return when a sensor may be found dead in which a level is pending, or becomes so."""
        if not self._mortal or not listening.listening:
            return ENDLESS_NS
        batch, ahead = arrivals.readings, slice(0, _AHEAD)
        series = self._index.series_of(batch.sensor[ahead], batch.quantity[ahead])
        row = np.flatnonzero(series >= 0)
        due_ns = self._dying.next_ns(batch, series[row], row, listening)
        if not len(batch):
            return due_ns
        fan = self._index.fan(series[row])
        value, time_ns = batch.value[row], batch.time_ns[row]
        hot = self._ladder.leaving(fan, value, value, time_ns)
        changes = row[fan.of[hot[self._dying.mortal[fan.pair[hot]]]]]
        last = len(batch) > _AHEAD
        first_ns = int(batch.arrival_ns[changes].min(initial=int(batch.arrival_ns[ahead][-1]) if last else ENDLESS_NS))
        return min(due_ns, self._dying.soonest_ns(first_ns))

    def _in_order(self, batch: ReadingBatch, rows: Ints, series: Ints, stretches: Segments) -> list[Verdict]:
        """Judge readings that are newer than those before them, in stretches of one series each."""
        spoke = stretches.starts(series)
        step = max(1, int(_BLOCK / self._index.mean_fan))
        if len(spoke) <= step:
            return self._stretches(batch, rows, spoke, stretches)
        verdicts: list[Verdict] = []
        for begin in range(0, len(spoke), step):
            block = slice(begin, begin + step)
            first, some = stretches.block(block)
            verdicts += self._stretches(batch, rows[first : first + some.size], spoke[block], some)
        return verdicts

    def _stretches(self, batch: ReadingBatch, rows: Ints, series: Ints, stretches: Segments) -> list[Verdict]:
        """Judge stretches of readings, one of each of `series`."""
        value, time_ns = batch.value.take(rows), batch.time_ns.take(rows)
        fan = self._index.fan(series)
        hot = self._ladder.leaving(fan, stretches.least(value), stretches.most(value), stretches.most(time_ns))
        verdicts: list[Verdict] = []
        if len(hot):
            pair = fan.pair.take(hot)
            verdicts = self._leaving(batch, rows, Fan(pair, fan.of.take(hot)), stretches)
            if self._mortal:
                self._dying.follow(pair)
        self._dying.note(batch, series, stretches.ends(rows), self._clock)
        return verdicts

    def _leaving(self, batch: ReadingBatch, rows: Ints, hot: Fan, stretches: Segments) -> list[Verdict]:
        """Judge the stretches of pairs that may not stay as they are."""
        pair, stretch = hot.pair, hot.of
        verdicts: list[Verdict] = []
        if self._dying.doubts:
            doubted = self._dying.unconfirmed["on"].take(pair) > 0
            verdicts = self._one_by_one(batch, rows, pair[doubted], *stretches.pick(stretch[doubted]))
            pair, stretch = pair[~doubted], stretch[~doubted]
        if not len(pair):
            return verdicts
        segments, picked = stretches.pick(stretch)
        row = rows.take(picked)
        steps = self._ladder.advance(pair, segments, batch.value.take(row), batch.time_ns.take(row))
        self._remember(pair, batch, segments.ends(row))
        return verdicts + self._verdicts(batch, rows, picked, steps)

    def _one_by_one(
        self, batch: ReadingBatch, rows: Ints, pair: Ints, segments: Segments, elements: Ints
    ) -> list[Verdict]:
        """Judge the readings of unconfirmed alarms in turns.

        The first that meets the alarm's level confirms it; one that was sure before, the first that keeps it.
        """
        verdicts: list[Verdict] = []
        length = segments.last - segments.first + 1
        for turn in range(int(length.max(initial=0))):
            now = np.flatnonzero(length > turn)
            owner, picked = pair[now], elements[segments.first[now] + turn]
            value, time_ns = batch.value[rows[picked]], batch.time_ns[rows[picked]]
            level, why = self._ladder.table["level"][owner], self._dying.unconfirmed["on"][owner]
            steps = self._ladder.advance(owner, Segments(len(owner)), value, time_ns)
            verdicts += self._verdicts(batch, rows, picked, steps)
            met = (why == DOUBTED) | ((why > 0) & self._ladder.met_at(owner, level, value))
            met[steps.element] = False
            element = np.flatnonzero(met)
            confirmed = self._ladder.unmoved(owner[element], element)
            self._dying.believe(confirmed.pair)
            verdicts += self._verdicts(batch, rows, picked, confirmed, why == DOUBTED)
            self._remember(owner, batch, rows[picked])
        return verdicts

    def _remember(self, pair: Ints, batch: ReadingBatch, rows: Ints) -> None:
        """Keep what pairs were judged by, while somebody watches."""
        if self._last is not None:
            for owner, row in zip(pair.tolist(), rows.tolist(), strict=True):
                decided = reading_at(batch, row)
                self._last[owner] = Measured(decided, {"reading": reading_seen(decided)})

    def _late(self, batch: ReadingBatch, rows: Ints, series: Ints) -> list[Verdict]:
        """Judge late readings, one of each series at most: they may raise an alarm, and do nothing else."""
        fan = self._index.fan(series)
        late, followed = rows[fan.of], self._dying.is_followed(fan.pair)
        steps = self._ladder.advance_late(fan.pair, batch.value[late], batch.time_ns[late])
        self._dying.follow_anew(steps.pair[~followed[steps.element]])
        return self._verdicts(batch, rows, fan.of, steps)

    def _verdicts(
        self, batch: ReadingBatch, rows: Ints, picked: Ints, steps: Steps, again: Flags | None = None
    ) -> list[Verdict]:
        """Return steps at readings; `again` says which only confirm once more what was sure before."""
        verdicts = []
        for number, element in enumerate(steps.element.tolist()):
            row = int(rows[picked[element]])
            decided = reading_at(batch, row)
            evidence: dict[str, object] = {"reading": reading_seen(decided)}
            if again is not None and again[element]:
                evidence[AGAIN] = True
            verdicts.append(self._step(row, steps, number, decided, evidence))
        self._dying.believe(steps.pair)
        return verdicts


def _waves(series: Ints, single: Flags) -> Ints:
    """Number the turns: even ones hold stretches in order, odd ones single readings; `series` is sorted."""
    start = begins(series)
    so_far: Ints = np.cumsum(single)
    earlier: Ints = (so_far - single)[start]
    count: Ints = so_far - np.repeat(earlier, np.diff(start, append=len(series)))
    return 2 * count - single
