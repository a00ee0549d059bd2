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
from rules.ordering import begins, lengths, stable_order
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


#: Readings so flagged are not measured: changes, votes and comparisons go by the newest of each series.
NOT_MEASURED = SKIPPED | int(Quality.LATE)


class Taken(NamedTuple):
    """Readings that a pass looks at: their rows, and the series of each."""

    row: Ints
    series: Ints


class MeteredPass(LevelledPass):
    """A levelled pass whose kind turns readings into samples."""

    def _climb(self, samples: Samples, evidence: Callable[[int], Mapping[str, object]]) -> list[Verdict]:
        """Judge samples; `evidence` returns what the kind says of the sample at an index."""
        if not len(samples.pair):
            return []
        # Samples by pair, and whose each stretch is.
        order = stable_order(samples.pair)
        each = samples.pair if order is None else samples.pair[order]
        stretches = Segments.alike(each)
        pair = stretches.starts(each)
        if samples.keeping is None:
            leaving = self._leaving(samples, order, pair, stretches)
            if not len(leaving):
                return []
            stretches, picked = stretches.pick(leaving)
            pair, order = pair.take(leaving), picked if order is None else order[picked]
        elif order is None:
            order = np.arange(len(each))
        keeping = None if samples.keeping is None else samples.keeping[order]
        steps = self._ladder.advance(pair, stretches, samples.value[order], samples.time_ns[order], keeping)
        verdicts = []
        for number, element in enumerate(order[steps.element].tolist()):
            decided = samples.decided(element)
            verdicts.append(self._step(int(samples.row[element]), steps, number, decided, evidence(element)))
        if self._last is not None:
            for owner, element in zip(pair.tolist(), stretches.ends(order).tolist(), strict=True):
                self._last[owner] = Measured(samples.decided(element), evidence(element))
        return verdicts

    def _leaving(self, samples: Samples, order: Ints | None, pair: Ints, stretches: Segments) -> Ints:
        """Return which of the pairs may not stay as they are."""
        value, time_ns = samples.value, samples.time_ns
        if order is not None:
            value, time_ns = value[order], time_ns[order]
        fan = Fan(pair, np.arange(len(pair)), alone=True)
        return self._ladder.leaving(fan, stretches.least(value), stretches.most(value), stretches.most(time_ns))


#: No readings.
_NOTHING = Taken(np.array([], dtype=np.int64), np.array([], dtype=np.int64))


def looked_at(batch: ReadingBatch, index: SeriesIndex, passed_over: int) -> Taken:
    """Return the readings of series that some pair looks at, in order of arrival.

    Those that are no number, or have one of the flags `passed_over`, are none.
    """
    series = index.series_of(batch.sensor, batch.quantity)
    judged = series >= 0
    if not judged.any():
        return _NOTHING
    if int(np.bitwise_or.reduce(batch.quality)) & passed_over:
        judged &= batch.quality & passed_over == 0
    judged &= np.isfinite(batch.value)
    if judged.all():
        return Taken(np.arange(len(batch)), series)
    row = np.flatnonzero(judged)
    return Taken(row, series.take(row))


def by_series(seen: Taken) -> Taken:
    """Return readings sorted by series and then by arrival."""
    row, series = seen
    if len(row) < 2 or bool((series[1:] > series[:-1]).all()):
        return seen
    # One sort of whole numbers is quicker than a stable sort of indices.
    ordered = np.sort(series << 32 | row)
    return Taken(ordered & 0xFFFFFFFF, ordered >> 32)


def taken(batch: ReadingBatch, index: SeriesIndex) -> Taken:
    """Return the readings that can be trusted and that some pair looks at, by series; late ones are none."""
    return by_series(looked_at(batch, index, NOT_MEASURED))


def exact(difference: Floats) -> Floats:
    """Return differences without what binary fractions add: 0.07 less 0.02 is no more than 0.05."""
    return np.round(difference, 9)


def rounds(keys: Ints) -> Iterator[Ints]:
    """Yield places in sorted `keys` so that each key comes once a round, its places in order over the rounds."""
    start = begins(keys)
    length = lengths(start, len(keys))
    for turn in range(int(length.max(initial=0))):
        yield start[length > turn] + turn


def reading_at(batch: ReadingBatch, row: int) -> Decided:
    """Return one reading of a batch."""
    return Decided(
        int(batch.time_ns[row]), int(batch.arrival_ns[row]), float(batch.value[row]), int(batch.quality[row])
    )
