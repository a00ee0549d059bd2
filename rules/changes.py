"""Judges how far values rise or fall within a window."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from city.clock import SECOND_NS, iso
from city.entry import Arrivals
from city.reading import ReadingBatch
from rules.dying import OnDeath
from rules.kind import Verdict
from rules.levelled import reading_seen
from rules.listening import Listening
from rules.lost_members import NOBODY, Alone, LostMembers, OnDeaths
from rules.metered import Samples, exact, reading_at, rounds, taken
from rules.mortal import Evidence, Known, MortalPass
from rules.mortality import Heard
from rules.ordering import stable_order
from rules.pairs import Pairs
from rules.population import Population
from rules.series import SeriesIndex
from rules.window import Window

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


class ChangePass(MortalPass):
    """The measure is the value less the lowest of its window; for falls, both with their sign turned.

    Late readings are not judged: the window goes with the newest of each series.
    """

    def __init__(
        self,
        pairs: Pairs,
        population: Population,
        *,
        over_ns: Ints,
        sign: Floats,
        on_death: Sequence[OnDeath | None],
    ) -> None:
        super().__init__("change", pairs, population)
        self._index = SeriesIndex(pairs, population.quantities)
        self._over_ns, self._sign = over_ns.take(pairs.term), sign.take(pairs.term)
        self._window = Window("window", pairs.keys, self._over_ns)
        self._lost = LostMembers("change", pairs, pairs, Alone(), self._ladder, OnDeaths(on_death, on_death))
        self._memories = (self._window.table, self._lost.members, self._lost.targets)

    def arrivals(self, arrivals: Arrivals, listening: Listening) -> list[Verdict]:
        """Judge the readings of a batch, each series in its order of arrival."""
        batch = arrivals.readings
        if not len(self._pairs) or not len(batch):
            return []
        found = self._changes(batch)
        verdicts = [] if found is None else self._judge(*found)
        if self._lost:
            heard = NOBODY if found is None else Heard(found[0].pair, found[0].row)
            self._lost.note(batch, heard, self._index, listening)
        return verdicts

    def _changes(self, batch: ReadingBatch) -> tuple[Samples, Evidence] | None:
        """Return the changes that readings make, and what there is to say of each; None where nobody is looked at."""
        rows, series = taken(batch, self._index)
        parts: list[tuple[Ints, Ints, Floats, Floats, Ints]] = []
        for places in rounds(series):
            fan = self._index.fan(series[places])
            row, sign = rows[places].take(fan.of), self._sign.take(fan.pair)
            value = sign * batch.value[row]
            lowest = self._window.push(fan.pair, value, batch.time_ns[row])
            parts.append((fan.pair, row, exact(value - lowest.value), sign * lowest.value, lowest.time_ns))
        if not parts:
            return None
        pair, row, change, from_, since_ns = (np.concatenate(column) for column in zip(*parts, strict=True))

        def evidence(element: int) -> dict[str, object]:
            start = {"time": iso(int(since_ns[element])), "value": float(from_[element])}
            over_s = int(self._over_ns[pair[element]]) / SECOND_NS
            return {
                "reading": reading_seen(reading_at(batch, int(row[element]))),
                "changed_from": start,
                "window_s": over_s,
            }

        samples = Samples(pair, row, batch.time_ns[row], batch.arrival_ns[row], batch.quality[row], change)
        return samples, evidence

    def _judge(self, samples: Samples, evidence: Evidence) -> list[Verdict]:
        if not self._lost.doubts:
            verdicts = self._climb(samples, evidence)
        else:
            order = stable_order(samples.pair)
            order = np.arange(len(samples.pair)) if order is None else order
            by_pair = samples.take(order)
            verdicts = self._in_turns(
                by_pair,
                lambda element: evidence(int(order[element])),
                lambda places: Known(by_pair.value[places], np.ones(len(places), dtype=np.bool_)),
            )
        if self._lost:
            self._lost.judged(samples)
        return verdicts

    def _seen_last(self, target: int, now_ns: int) -> Mapping[str, object]:
        """Return the window that the change was within."""
        return {"window_s": int(self._over_ns[target]) / SECOND_NS}
