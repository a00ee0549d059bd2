"""Passes that judge a number of their own making: samples of a measure, taken as readings come, climb the levels."""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from city.quality import Quality
from city.reading import ReadingBatch
from rules.conditions import Decided, Measured
from rules.kind import Verdict
from rules.levelled import SKIPPED, LevelledPass
from rules.segment import Segments
from rules.series import Fan, SeriesIndex

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


class Samples(NamedTuple):
    """The measure of some pairs, those of one pair in their order.

    Attributes:
        row: of the reading that it was taken at; `arrival_ns` and `quality` are that reading's.
        keeping: what a level is kept by, where that is another number than the one it is reached by.
    """

    pair: Ints
    row: Ints
    time_ns: Ints
    arrival_ns: Ints
    quality: NDArray[np.uint16]
    value: Floats
    keeping: Floats | None = None

    def take(self, index: Ints) -> "Samples":
        """Return some of them."""
        return Samples(
            self.pair[index],
            self.row[index],
            self.time_ns[index],
            self.arrival_ns[index],
            self.quality[index],
            self.value[index],
            None if self.keeping is None else self.keeping[index],
        )

    def decided(self, element: int) -> Decided:
        """Return the one at an index."""
        return Decided(
            int(self.time_ns[element]),
            int(self.arrival_ns[element]),
            float(self.value[element]),
            int(self.quality[element]),
            None if self.keeping is None else float(self.keeping[element]),
        )


class Taken(NamedTuple):
    """Readings that a pass looks at: their rows, sorted by series and then by arrival, and the series of each."""

    row: Ints
    series: Ints


class MeteredPass(LevelledPass):
    """A levelled pass whose kind turns readings into samples."""

    def _climb(self, samples: Samples, evidence: Callable[[int], Mapping[str, object]]) -> list[Verdict]:
        """Judge samples; `evidence` returns what the kind says of the sample at an index."""
        if not len(samples.pair):
            return []
        sorted_ = bool((samples.pair[1:] >= samples.pair[:-1]).all())
        order = np.arange(len(samples.pair)) if sorted_ else np.argsort(samples.pair, kind="stable")
        start = np.flatnonzero(np.diff(samples.pair[order], prepend=-1))
        if samples.keeping is None:
            order, start = self._leaving(samples, order, start)
        if not len(order):
            return []
        pair = samples.pair[order[start]]
        segments = Segments(np.diff(start, append=len(order)))
        keeping = None if samples.keeping is None else samples.keeping[order]
        steps = self._ladder.advance(pair, segments, samples.value[order], samples.time_ns[order], keeping)
        verdicts = []
        for number, element in enumerate(order[steps.element].tolist()):
            decided = samples.decided(element)
            verdicts.append(self._step(int(samples.row[element]), steps, number, decided, evidence(element)))
        if self._last is not None:
            for owner, element in zip(pair.tolist(), segments.ends(order).tolist(), strict=True):
                self._last[owner] = Measured(samples.decided(element), evidence(element))
        return verdicts

    def _leaving(self, samples: Samples, order: Ints, start: Ints) -> tuple[Ints, Ints]:
        """Return order and starts of the samples of those pairs only that may not stay as they are."""
        value, pair = samples.value[order], samples.pair[order[start]]
        least, most = np.minimum.reduceat(value, start), np.maximum.reduceat(value, start)
        latest_ns = np.maximum.reduceat(samples.time_ns[order], start)
        hot = np.zeros(len(pair), dtype=np.bool_)
        hot[self._ladder.leaving(Fan(pair, np.arange(len(pair))), least, most, latest_ns)] = True
        length = np.diff(start, append=len(order))
        ends = np.cumsum(length[hot])
        return order[np.repeat(hot, length)], ends - length[hot]


def taken(batch: ReadingBatch, index: SeriesIndex) -> Taken:
    """Return the readings in order that can be trusted and that some pair looks at; late ones are none."""
    skipped = SKIPPED | int(Quality.LATE)
    judged = (batch.quality & skipped == 0) & np.isfinite(batch.value)
    series = np.where(judged, index.series_of(batch.sensor, batch.quantity), -1)
    rows = np.flatnonzero(series >= 0)
    ordered = np.sort(series[rows] << 32 | rows)
    return Taken(ordered & 0xFFFFFFFF, ordered >> 32)


def exact(difference: Floats) -> Floats:
    """Return differences without what binary fractions add: 0.07 less 0.02 is no more than 0.05."""
    return np.round(difference, 9)


def rounds(keys: Ints) -> Iterator[Ints]:
    """Yield places in sorted `keys` so that each key comes once a round, its places in order over the rounds."""
    start = np.flatnonzero(np.diff(keys, prepend=-1))
    length = np.diff(start, append=len(keys))
    for turn in range(int(length.max(initial=0))):
        yield start[length > turn] + turn


def reading_at(batch: ReadingBatch, row: int) -> Decided:
    """Return one reading of a batch."""
    return Decided(
        int(batch.time_ns[row]), int(batch.arrival_ns[row]), float(batch.value[row]), int(batch.quality[row])
    )
