"""Sensors that die in the disaster: what a hazard becomes when its sensor falls silent or goes beyond range.

A hazard is pending while a level is met whose hold is not over. If then no good reading comes for some intervals, or
one comes that is beyond what the sensor can measure, on the hazard's side, that is the hazard, and unconfirmed. An
alarm that stands already is unconfirmed from then on, until a good reading.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from city.clock import SECOND_NS, iso
from city.quality import UNTRUSTED, Quality
from city.reading import ReadingBatch
from city.yaml_lines import Located
from rules.alarms import NEVER_NS
from rules.conditions import Decided
from rules.duration import DURATION, read_span_ns
from rules.kind import Written
from rules.ladder import Ladder
from rules.limits import ENDLESS_NS
from rules.listening import Listening
from rules.pairs import Pairs
from rules.table import StateTable

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


#: Heard so late that it is never missed: later than all listening, and safe to add to.
_NEVER_MISSED_NS = 1 << 61

#: Why an alarm is unconfirmed: its level was pending when its sensors died, or stood and was sure.
UNSEEN, DOUBTED = 1, 2

#: Readings so flagged are no sign of life.
_UNHEARD = int(UNTRUSTED | Quality.DUPLICATE | Quality.LATE)

#: How often it is looked which hazards are over.
_TIDY_NS = 60 * SECOND_NS


class OnDeath(NamedTuple):
    """After how many intervals without a good reading a sensor is dead, and how long after its last one it matters.

    Chosen here: three intervals are what machine rooms call silent (a lost message or two are no death); ten minutes is
    far beyond what water or fire need to reach the sensor that had begun to see them, and short against what else
    breaks sensors.
    """

    intervals: float = 3.0
    within_ns: int = 600 * SECOND_NS


#: The JSON Schema of `on_death`.
ON_DEATH: dict[str, Any] = {
    "oneOf": [
        {"type": "boolean"},
        {
            "type": "object",
            "additionalProperties": False,
            "properties": {"intervals": {"type": "number", "minimum": 1}, "within": DURATION},
        },
    ],
    "description": "a sensor that dies while a level is pending raises it, unconfirmed; on by default in the city lane",
}


def read_on_death(written: Located) -> OnDeath | None:
    """Return what a sensor's death means; None for nothing.

    Raises:
        BadCityFile: it is neither true or false nor intervals (1 or more) and a duration.
    """
    if isinstance(written.value, bool):
        return OnDeath() if written.value else None
    fields, default = written.fields((), ("intervals", "within")), OnDeath()
    intervals = fields["intervals"].number() if "intervals" in fields else default.intervals
    if intervals < 1:
        raise fields["intervals"].wrong(expected="1 interval or more")
    return OnDeath(intervals, read_span_ns(fields["within"]) if "within" in fields else default.within_ns)


def on_death_of(written: Written) -> OnDeath | None:
    """Return what a death means to a rule: what is written, else the default where its alarms are hazards."""
    with written.faults:
        if "on_death" in written.own:
            return read_on_death(written.own["on_death"])
    return OnDeath() if written.hazard else None


def heard_ns(batch: ReadingBatch, row: Ints, listening: Listening) -> Ints:
    """Return when readings were heard, by the clock of silence.

    One that is derived comes at its period's end, whatever its sensor's interval: its silence tells nothing.
    """
    derived = batch.quality.take(row) & int(Quality.DERIVED) != 0
    return np.where(derived, _NEVER_MISSED_NS, listening.stamp(batch.arrival_ns.take(row)))


class Dying:
    """Remembers the last good reading of each series in which a hazard is pending, and which alarms are unconfirmed.

    Attributes:
        mortal: of each pair, whether its sensor's death matters.
        unconfirmed: the pairs whose alarm no good reading has confirmed; `doubts` says whether there are any.
    """

    def __init__(self, pairs: Pairs, ladder: Ladder, on_death: Sequence[OnDeath | None]) -> None:
        """Take of each of the terms what a death means."""
        self._ladder, population = ladder, pairs.population
        self._series, start = _series_of(pairs)
        self._first, self._count = start, np.diff(start, append=len(pairs))
        named = np.array([population.quantities.get(name, -1) for name in pairs.quantities], dtype=np.int64)
        quantity = named[pairs.quantity[start]] if len(pairs) else start
        # A quantity that has no number yet has no readings either.
        keys = pairs.number[start] << 32 | np.where(quantity < 0, (1 << 31) + pairs.quantity[start], quantity)
        columns = dict.fromkeys(("time_ns", "arrived_ns", "heard_ns"), (np.int64, NEVER_NS))
        self.good = StateTable("good", keys, {**columns, "value": (np.float64, 0)})
        #: Beside it, as checkpoints of an earlier version have no quality in it.
        self.good_quality = StateTable("good_quality", keys, {"flags": (np.uint16, 0)})
        self.unconfirmed = StateTable("unconfirmed", pairs.keys, {"on": (np.int8, 0)})
        matters = np.array([one is not None for one in on_death], dtype=np.bool_)[pairs.term]
        self.mortal: Flags = matters & ~population.recorded[pairs.sensor]
        within_ns = np.array([0 if one is None else one.within_ns for one in on_death], dtype=np.int64)
        intervals = np.array([0.0 if one is None else one.intervals for one in on_death])
        self._within_ns = within_ns[pairs.term]
        dead_ns = intervals[pairs.term] * population.intervals_s[pairs.sensor] * SECOND_NS
        self._dead_ns = np.where(np.isnan(dead_ns), ENDLESS_NS, dead_ns).astype(np.int64)
        self._silenced = np.flatnonzero(self.mortal & (self._dead_ns < ENDLESS_NS))
        self._least_ns = int(self._dead_ns[self._silenced].min(initial=ENDLESS_NS))
        #: Series in which a hazard may be pending; that it is over is noticed later, and costs until then.
        self._pending, self._pends, self._tidy_ns = np.zeros(len(keys), dtype=np.bool_), False, 0
        self.doubts = False

    def refresh(self) -> None:
        """Derive from the tables in which series a hazard may be pending, and whether anything is unconfirmed."""
        self._pending[:] = False
        self._pending[self._series[self._matters(np.arange(len(self.mortal)))]] = True
        self._pends = bool(self._pending.any())
        self.doubts = bool(self.unconfirmed["on"].any())

    def _matters(self, pair: Ints) -> Flags:
        """Return of which pairs a hazard is pending or raised, and its sensor's death would tell something."""
        matters: Flags = self._ladder.is_met(pair) | self._ladder.stands(pair)
        return matters & self.mortal.take(pair)

    def doubt(self, pair: Ints, why: int = UNSEEN) -> None:
        """Note that the alarms of some pairs are unconfirmed."""
        if len(pair):
            self.unconfirmed["on"][pair], self.doubts = why, True
            self.unconfirmed.touch(pair)

    def is_sure(self, pair: Ints) -> Flags:
        """Return of which pairs an alarm stands that is not unconfirmed."""
        sure: Flags = self._ladder.stands(pair) & (self.unconfirmed["on"].take(pair) == 0)
        return sure

    def believe(self, pair: Ints) -> None:
        """Note that a good reading has decided about the alarms of some pairs."""
        if self.doubts and len(pair):
            self.unconfirmed["on"][pair] = 0
            self.unconfirmed.touch(pair)
            self.doubts = bool(self.unconfirmed["on"].any())

    def adopt(self, old: "Dying") -> None:
        """Take over the last good readings."""
        rows = old.good.rows_of(self.good.keys)
        known = np.flatnonzero(rows >= 0)
        self.good.carry(old.good, rows[known], known)
        self.good_quality.carry(old.good_quality, rows[known], known)
        self.refresh()

    def follow(self, pair: Ints) -> None:
        """Note of pairs that were judged that a hazard is pending or raised in their series."""
        series = self._series.take(pair[self._matters(pair)])
        if len(series):
            self._pending[series], self._pends = True, True

    def note(self, batch: ReadingBatch, series: Ints, row: Ints, listening: Listening) -> None:
        """Remember the last good reading of each series in which a hazard is pending."""
        if not self._pends:
            return
        near = np.flatnonzero(self._pending.take(series))
        if not len(near):
            return
        series, row = series.take(near), row.take(near)
        self.good["time_ns"][series], self.good["value"][series] = batch.time_ns[row], batch.value[row]
        self.good["arrived_ns"][series] = batch.arrival_ns[row]
        self.good["heard_ns"][series] = heard_ns(batch, row, listening)
        self.good.touch(series)
        flags, said = self.good_quality["flags"], batch.quality[row]
        if said.any() or flags[series].any():
            flags[series] = said
            self.good_quality.touch(series)

    def is_followed(self, pair: Ints) -> Flags:
        """Return whether a hazard is pending or raised in the series of pairs, so that its last reading is known."""
        series, at = np.unique(self._series[pair], return_inverse=True)
        count = self._count[series]
        begin = np.cumsum(count) - count
        every = np.repeat(self._first[series] - begin, count) + np.arange(int(count.sum()))
        followed: Flags = np.logical_or.reduceat(self._matters(every), begin)[at] if len(series) else at > 0
        return followed

    def follow_anew(self, pair: Ints) -> None:
        """Note that alarms were raised by history in series whose last good reading is not known: none is yet."""
        series = self._series[pair[self.mortal[pair]]]
        if len(series):
            for column in ("time_ns", "arrived_ns", "heard_ns"):
                self.good[column][series] = NEVER_NS
            self.good.touch(series)
            self._pending[series], self._pends = True, True

    def soon_after(self, pair: Ints, time_ns: Ints) -> Flags:
        """Return whether moments, in the sensor's time, are soon after the last good reading of a hazard."""
        last_ns = self.good["time_ns"][self._series[pair]]
        soon: Flags = self.mortal[pair] & (last_ns != NEVER_NS) & (time_ns - last_ns <= self._within_ns[pair])
        return soon

    def silent(self, time_ns: int, listening: Listening) -> Ints:
        """Return the pairs with a level pending, or raised and sure, whose sensor lately died of silence."""
        if time_ns >= self._tidy_ns:
            self.refresh()
            self._tidy_ns = time_ns + _TIDY_NS
        pair = self._awaited()
        if not len(pair):
            return pair
        series, dead_ns = self._series[pair], self._dead_ns[pair]
        died = listening.total_ns - self.good["heard_ns"][series] >= dead_ns
        died &= time_ns - self.good["arrived_ns"][series] <= dead_ns + self._within_ns[pair]
        return pair[died]

    def _awaited(self) -> Ints:
        """Return the pairs whose sensor's silence tells something: a level is pending, or stands and is sure."""
        if not self._pends:
            return self._silenced[:0]
        awaited = self._ladder.is_pending(self._silenced)
        awaited |= self.is_sure(self._silenced)
        return self._silenced[awaited]

    def next_ns(self, batch: ReadingBatch, spoke: Ints, row: Ints, listening: Listening) -> int:
        """Return when the first of the sensors with a level pending, or raised and sure, is dead.

        `spoke` and `row` are the series and rows of what they say until then.
        """
        pair = self._awaited()
        arrived_ns = self.good["arrived_ns"][self._series[pair]]
        pair = pair[listening.mark_ns - arrived_ns <= self._dead_ns[pair] + self._within_ns[pair]]
        if not len(pair):
            return ENDLESS_NS
        series, at = np.unique(self._series[pair], return_inverse=True)
        dead_ns = np.full(len(series), ENDLESS_NS)
        np.minimum.at(dead_ns, at, self._dead_ns[pair])
        place = np.searchsorted(series, spoke).clip(max=len(series) - 1)
        heard = (series[place] == spoke) & (batch.quality[row] & _UNHEARD == 0) & np.isfinite(batch.value[row])
        place = np.concatenate([np.arange(len(series)), place[heard]])
        said_ns = np.concatenate([self.good["heard_ns"][series], heard_ns(batch, row[heard], listening)])
        order = np.lexsort((said_ns, place))
        place, said_ns = place[order], said_ns[order]
        again_ns = np.append(said_ns[1:], ENDLESS_NS)
        again_ns[:-1][place[1:] != place[:-1]] = ENDLESS_NS
        dies_ns = said_ns + dead_ns[place]
        first_ns = int(dies_ns[dies_ns <= again_ns].min(initial=ENDLESS_NS))
        return min(listening.mark_ns + max(first_ns - listening.total_ns, 0), ENDLESS_NS)

    def soonest_ns(self, changed_ns: int) -> int:
        """Return when a sensor may be dead in which a level becomes pending or is raised at a moment."""
        return min(changed_ns + self._least_ns, ENDLESS_NS)

    def last_good(self, pair: int) -> Decided:
        """Return the last good reading of a pair's series."""
        series, good = int(self._series[pair]), self.good
        flags = int(self.good_quality["flags"][series])
        return Decided(
            int(good["time_ns"][series]), int(good["arrived_ns"][series]), float(good["value"][series]), flags
        )

    def told(self, pair: int, why: str) -> dict[str, object]:
        """Return why an alarm is unconfirmed, as evidence shows it."""
        dead_ns = int(self._dead_ns[pair])
        return {
            "why": why,
            "last_good": iso(self.last_good(pair).time_ns),
            "within_s": int(self._within_ns[pair]) / SECOND_NS,
            "dead_after_s": dead_ns / SECOND_NS if dead_ns < ENDLESS_NS else None,
        }


def _series_of(pairs: Pairs) -> tuple[Ints, Ints]:
    """Return the series of each pair as `SeriesIndex` numbers them, and the first pair of each series."""
    first = np.diff(pairs.series, prepend=-1) != 0
    return np.cumsum(first) - 1, np.flatnonzero(first)
