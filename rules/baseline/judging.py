"""Judges how rare what sensors say is for themselves at this hour, for what they are to their neighbours, or both."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from city.clock import SECOND_NS, iso
from city.entry import Arrivals
from city.reading import ReadingBatch
from rules.baseline.hours import WallClock
from rules.baseline.scoring import FAMILIES, LEAST, Detector, Readings, Scored, blank
from rules.baseline.stage import Stage, Staged
from rules.conditions import Measured
from rules.drifting import median_of_fresh
from rules.groups import Grouping
from rules.kind import Verdict
from rules.levelled import bands_of, reading_seen
from rules.listening import Listening
from rules.metered import MeteredPass, Samples, Taken, reading_at, taken
from rules.neighbours import nearest
from rules.newest import Newest
from rules.pairs import Pairs
from rules.population import Population
from rules.series import SeriesIndex

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

#: What a sensor is held against.
SELF, NEIGHBOURS, BOTH = "self", "neighbours", "both"


class Habits(NamedTuple):
    """How the rules of a pass look: what against; for each rule among whom, and for each of the terms how long."""

    against: str
    grouping: Sequence[Grouping]
    within_ns: Sequence[int]
    warm_up_ns: Sequence[int]


class Looked(NamedTuple):
    """Readings by pair and then in order, and what was found at each.

    Attributes:
        median: of the neighbours' newest readings; not a number where too few spoke, or where nobody asked.
        score: 0 to 5, the lesser one where a sensor is held against itself and its neighbours; not a number where
            too little was learned to judge.
        staged: what a level is reached and kept by.
        views: what was found against each that the sensors are held against.
    """

    pair: Ints
    row: Ints
    median: Floats
    score: Floats
    staged: Staged
    views: Mapping[str, Scored]


class BaselinePass(MeteredPass):
    """The measure is a score from 0 to 5: minus the decimal logarithm of how rare a reading like this is.

    A level is kept by the fading peak of the scores, so that one quiet reading does not end an alarm. Late readings are
    neither judged nor learned.
    """

    def __init__(self, pairs: Pairs, population: Population, habits: Habits) -> None:
        name = f"baseline_{habits.against}"
        super().__init__(name, pairs, population)
        self._index = SeriesIndex(pairs, population.quantities)
        self._clock = WallClock(population.calendar)
        self._within_ns = np.array(habits.within_ns, dtype=np.int64).take(pairs.term)
        self._warm_up_ns = np.array(habits.warm_up_ns, dtype=np.int64).take(pairs.term)
        views = (SELF, NEIGHBOURS) if habits.against == BOTH else (habits.against,)
        # Rows of versions 1 and 2 were laid out otherwise; what was learned in them is learned anew.
        self._views = {view: Detector(f"{name}_{view}_3", pairs.keys) for view in views}
        self._near = nearest(pairs, habits.grouping) if NEIGHBOURS in views else None
        self._newest = Newest(f"{name}_newest", pairs, self._index)
        lowest = [bands_of(terms)[0] for terms in pairs.roll.terms]
        self._reached = np.array([band.limit.high for band in lowest]).take(pairs.term)
        left = np.array([band.clear.high for band in lowest]).take(pairs.term)
        self._stage = Stage(f"{name}_stage", pairs.keys, self._reached, left)
        newest = () if self._near is None else (self._newest.table,)
        self._memories = (self._stage.table, *newest, *(view.table for view in self._views.values()))

    def _reads(self, pair: int) -> list[tuple[str, str]]:
        """Return the series of a pair, and of its neighbours where it is held against them."""
        near = [] if self._near is None else [one for one in self._near[pair].tolist() if one >= 0]
        return [series for one in (pair, *near) for series in self._pairs.reads(one)]

    def arrivals(self, arrivals: Arrivals, listening: Listening) -> list[Verdict]:
        """Judge the readings of a batch, each series in its order of arrival, and learn them."""
        batch = arrivals.readings
        return self.judge(batch, self.look(batch)) if len(self._pairs) and len(batch) else []

    def look(self, batch: ReadingBatch) -> Looked:
        """Score the readings of a batch, and learn them."""
        seen = taken(batch, self._index)
        fan = self._index.fan(seen.series)
        order = slice(None) if fan.alone else np.argsort(fan.pair, kind="stable")
        pair, row = fan.pair[order], fan.spread(seen.row)[order]
        time_ns, value = batch.time_ns[row], batch.value[row]
        median = self._median(batch, seen, pair, row)
        hours, views = self._clock.hours(time_ns), {}
        for view, detector in self._views.items():
            if view == SELF:
                views[view] = detector.push(Readings(pair, value, time_ns, *hours))
            else:
                at = np.flatnonzero(np.isfinite(median))
                found = detector.push(Readings(pair[at], value[at] - median[at], time_ns[at], *hours.of(at)))
                views[view] = found if len(at) == len(pair) else _laid_out(found, at, len(pair))
        score = np.minimum.reduce([found.score for found in views.values()])
        began_ns = np.maximum.reduce([found.began_ns for found in views.values()])
        score[time_ns - began_ns < self._warm_up_ns[pair]] = np.nan
        slots = np.minimum.reduce([found.slots for found in views.values()])
        return Looked(pair, row, median, score, self._stage.push(pair, score, slots), views)

    def judge(self, batch: ReadingBatch, looked: Looked) -> list[Verdict]:
        """Let the scores of a batch climb the levels."""
        if self._last is not None:
            self._admit(batch, looked)
        at = self._worth_judging(looked)
        pair, row = looked.pair[at], looked.row[at]
        reaching, keeping = (column[at] for column in looked.staged)
        samples = Samples(pair, row, batch.time_ns[row], batch.arrival_ns[row], batch.quality[row], reaching, keeping)
        return self._climb(samples, lambda element: self._evidence(batch, looked, int(at[element])))

    def _worth_judging(self, looked: Looked) -> Ints:
        """Return the readings that were scored, of pairs only that stand on a level, wait for one or reach one."""
        scored = np.isfinite(looked.score)
        if self._last is None:
            table = self._ladder.table
            moving = np.zeros(len(self._pairs), dtype=np.bool_)
            moving[looked.pair[scored & (looked.staged.reaching > self._reached[looked.pair])]] = True
            moving |= (table["level"] > 0) | self._ladder.is_met()
            scored &= moving[looked.pair]
        return np.flatnonzero(scored)

    def _admit(self, batch: ReadingBatch, looked: Looked) -> None:
        """Note of pairs that were never judged how much they have learned of what they need."""
        assert self._last is not None  # only where somebody asks
        for place in np.flatnonzero(~np.isfinite(looked.score)).tolist():
            row, pair = int(looked.row[place]), int(looked.pair[place])
            before = self._last.get(pair)
            if before is None or before.decided is None:
                learned = {
                    view: _learned(found, place, int(batch.time_ns[row]))
                    for view, found in looked.views.items()
                    if found.readings[place]
                }
                told = {"reading": reading_seen(reading_at(batch, row)), "learned": learned}
                self._last[pair] = Measured(None, {**told, "warm_up": self._warm_up_of(pair)})

    def _warm_up_of(self, pair: int) -> dict[str, float]:
        return {"readings": LEAST, "seconds": int(self._warm_up_ns[pair]) / SECOND_NS}

    def _median(self, batch: ReadingBatch, seen: Taken, pair: Ints, row: Ints) -> Floats:
        """Return the median of what the neighbours had said by each reading."""
        if self._near is None:
            return np.full(len(pair), np.nan)
        near = self._near[pair]
        near_ns, said = self._newest.before(batch, seen, near, row)
        self._newest.keep(batch, seen)
        return median_of_fresh(said, (near >= 0) & (near_ns >= (batch.time_ns[row] - self._within_ns[pair])[:, None]))

    def _evidence(self, batch: ReadingBatch, looked: Looked, place: int) -> dict[str, object]:
        row, pair = int(looked.row[place]), int(looked.pair[place])
        median = float(looked.median[place])
        views: dict[str, object] = {
            view: _seen(found, place, int(batch.time_ns[row]), 0.0 if view == SELF else median)
            for view, found in looked.views.items()
        }
        return {
            "reading": reading_seen(reading_at(batch, row)),
            "score": _short(looked.score[place]),
            "used_to": _short(looked.score[place] - looked.staged.reaching[place]),
            "against": views,
            **({"median_of_neighbours": _short(median)} if np.isfinite(median) else {}),
            "warm_up": self._warm_up_of(pair),
        }


def _seen(found: Scored, place: int, time_ns: int, median: float) -> dict[str, object]:
    """Return one view as evidence shows it; `median` is what the neighbours said where it is against them."""
    return {
        "expected": _short(found.expected[place] + median),
        "spread": _short(found.spread[place]),
        "score": _short(found.score[place]),
        "families": {name: _short(rare) for name, rare in zip(FAMILIES, found.families[place], strict=True)},
        "learned": _learned(found, place, time_ns),
    }


def _learned(found: Scored, place: int, time_ns: int) -> dict[str, object]:
    """Return how many readings were learned before one of `time_ns`, and since when."""
    began_ns = int(found.began_ns[place])
    return {
        "readings": int(found.readings[place]),
        "since": iso(began_ns),
        "seconds": (time_ns - began_ns) / SECOND_NS,
    }


def _short(value: float) -> float:
    return float(f"{value:.6g}")


def _laid_out(found: Scored, places: Ints, count: int) -> Scored:
    """Return what was found at some of so many readings, with nothing at the others."""
    every = blank(count)
    for column, of_some in zip(every, found, strict=True):
        column[:] = np.nan if column.dtype == np.float64 else 0
        column[places] = of_some
    return every
