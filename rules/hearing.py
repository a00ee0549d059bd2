"""Who was heard when, and how long each level of silence rules waits for a word: registered, learned or absolute."""

from collections.abc import Sequence
from typing import Self

import numpy as np
from numpy.typing import NDArray

from city.clock import SECOND_NS
from city.entry import Arrivals
from city.quality import Quality
from city.reading import ReadingBatch
from rules.limits import ENDLESS_NS
from rules.listening import Listening
from rules.pairs import Pairs
from rules.patience import Patience
from rules.population import Population
from rules.rhythm import FEWEST, FORGETS, Rhythm
from rules.table import StateTable

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

#: `arrived_ns` of a sensor that was never heard.
NEVER_HEARD = 0

_DERIVED = int(Quality.DERIVED)

#: What is known of a rhythm holds until it may have shortened by this part.
_QUICKENS = 8


def words_of(batch: ReadingBatch) -> tuple[NDArray[np.int32], Ints]:
    """Return sensor and arrival of the readings that are a sign of life.

    A derived one is none: that of an hour is made after the sensor's last word.
    """
    if not int(np.bitwise_or.reduce(batch.quality)) & _DERIVED:
        return batch.sensor, batch.arrival_ns
    said = np.flatnonzero(batch.quality & _DERIVED == 0)
    return batch.sensor.take(said), batch.arrival_ns.take(said)


class Hearing:
    """Notes who was heard; knows of each pair of (rule, sensor) its interval and what silence each level needs.

    Attributes:
        place: of each pair, the row of its sensor among those that are listened to.
        installed_ns: of each such row, since when it counts.
        needed_ns: by level and pair, the silence that reaches it; ENDLESS_NS where there is no such level or interval.
    """

    def __init__(self, pairs: Pairs, population: Population, patience: Sequence[Patience]) -> None:
        watched, self.place = np.unique(pairs.sensor, return_inverse=True)
        self.watched = watched
        numbers = population.numbers[watched]
        self.row_of = np.full(int(numbers.max(initial=-1)) + 2, -1, dtype=np.int64)
        self.row_of[numbers] = np.arange(len(numbers))
        self.heard = StateTable("heard", numbers, {"total_ns": (np.int64, 0), "arrived_ns": (np.int64, NEVER_HEARD)})
        self.installed_ns = population.installed_ns[watched]
        promised_s = population.intervals_s[watched][self.place]
        own = np.array([one.own for one in patience], dtype=np.bool_)[pairs.term]
        learn_ns = np.array([-1 if one.learn_ns is None else one.learn_ns for one in patience], dtype=np.int64)
        learns = (own | ~np.isfinite(promised_s)) & (learn_ns[pairs.term] >= 0)
        #: The pairs that are judged by what was learned, how long that takes, and their rows in the rhythm.
        self._learning, self._learn_ns = np.flatnonzero(learns), learn_ns[pairs.term][learns]
        learners, self._learner = np.unique(self.place[learns], return_inverse=True)
        self.rhythm = Rhythm(numbers[learners])
        self._rhythm_of = np.full(len(watched), -1, dtype=np.int64)
        self._rhythm_of[learners] = np.arange(len(learners))
        self._stages = _Stages(patience, pairs.term)
        self.interval_s = np.where(learns, np.nan, promised_s)
        self.needed_ns = self._stages.needed_ns(np.arange(len(pairs)), self.interval_s)
        self._stale = bool(len(self._learning))

    @property
    def tables(self) -> tuple[StateTable, StateTable]:
        """Return the tables that hold all its state."""
        return self.heard, self.rhythm.table

    def begin(self, listening: Listening) -> None:
        """Start the timers of sensors that are new here: nobody could have heard them before."""
        self.heard["total_ns"][:] = listening.total_ns

    def adopt(self, old: Self) -> None:
        """Take over who was heard when, and what was learned of whom."""
        for table, before in zip(self.tables, old.tables, strict=True):
            rows = before.rows_of(table.keys)
            known = np.flatnonzero(rows >= 0)
            table.carry(before, rows[known], known)
        self._stale = bool(len(self._learning))

    def refresh(self) -> None:
        """Forget what was derived of the tables, after they were loaded."""
        self._stale = bool(len(self._learning))

    def hear(self, arrivals: Arrivals, listening: Listening) -> None:
        """Note who was heard; what arrives again from a journal, older than the newest, is no word."""
        events = arrivals.events
        learned = [self._hear(*words_of(arrivals.readings), listening)]
        if events:
            sensor = np.array([event.sensor for event in events], dtype=np.int32)
            arrival_ns = np.array([event.arrival_ns for event in events], dtype=np.int64)
            learned.append(self._hear(sensor, arrival_ns, listening))
        if len(self._learning):
            self._learn(*(np.concatenate(column) for column in zip(*learned, strict=True)))

    def _hear(self, sensor: NDArray[np.int32], arrival_ns: Ints, listening: Listening) -> tuple[Ints, Ints]:
        """Note readings or events; return row and listening time of what a rhythm may be learned of."""
        row = self.row_of.take(sensor, mode="clip")
        news = (row >= 0) & (arrival_ns >= self.heard["arrived_ns"].take(row, mode="clip"))
        if not news.all():
            known = np.flatnonzero(news)
            row, arrival_ns = row.take(known), arrival_ns.take(known)
        heard_ns = listening.stamp(arrival_ns)
        self._note(row, heard_ns, arrival_ns)
        if not len(self._learning):
            return row, heard_ns
        learner = self._rhythm_of[row]
        return _rising(learner[learner >= 0], heard_ns[learner >= 0])

    def _note(self, row: Ints, heard_ns: Ints, arrival_ns: Ints) -> None:
        """Remember the newest word of each row; none is older than what is remembered."""
        heard = self.heard
        if bool((arrival_ns[1:] >= arrival_ns[:-1]).all()):
            # Of several of one row the last is written, which is the newest.
            heard["total_ns"][row] = np.maximum(heard["total_ns"].take(row), heard_ns)
            heard["arrived_ns"][row] = arrival_ns
        else:
            np.maximum.at(heard["total_ns"], row, heard_ns)
            np.maximum.at(heard["arrived_ns"], row, arrival_ns)
        heard.touch(row)

    def _learn(self, row: Ints, heard_ns: Ints) -> None:
        if len(row):
            order = np.lexsort((heard_ns, row))
            self.rhythm.take(row[order], heard_ns[order])
            self._stale = True

    def settle(self, time_ns: int, listening: Listening) -> None:
        """Let the silence of sensors not installed yet begin anew, and take up what was learned."""
        waiting = np.flatnonzero(self.installed_ns > time_ns)
        if len(waiting):
            self.heard["total_ns"][waiting] = listening.total_ns
            self.heard.touch(waiting)
        if self._stale:
            known = self.rhythm.known(self._learner, self._learn_ns)
            interval_s = self.rhythm.table["interval_ns"][self._learner] / SECOND_NS
            self.interval_s[self._learning] = np.where(known, interval_s, np.nan)
            self.needed_ns[:, self._learning] = self._stages.needed_ns(self._learning, self.interval_s[self._learning])
            self._stale = False

    def next_ns(self, word_ns: Ints) -> Ints:
        """Return when each pair should speak again after its last word; where no interval is known, when it must."""
        interval_ns = np.where(np.isnan(self.interval_s), 0, self.interval_s) * SECOND_NS
        return word_ns + np.where(interval_ns > 0, interval_ns.astype(np.int64), self.needed_ns[0])

    def soonest_ns(self) -> Ints:
        """Return by level the least silence that each pair may need before `edge_ns`, as rhythms can quicken."""
        soonest_ns = self.needed_ns.copy()
        soonest_ns[:, self._learning] -= soonest_ns[:, self._learning] // _QUICKENS
        return soonest_ns

    def edge_ns(self, mark_ns: int) -> int:
        """Return until when rhythms stay as they are but for `soonest_ns`, and nobody is installed."""
        waits_ns = self.installed_ns[self.installed_ns > mark_ns] - SECOND_NS
        edges = [int(waits_ns.min(initial=ENDLESS_NS))]
        if len(self._learning):
            table = self.rhythm.table
            interval_ns = table["interval_ns"][self._learner]
            learned_ns = np.where(table["pauses"] > 0, table["word_ns"] - table["first_ns"], 0)[self._learner]
            known = self.rhythm.known(self._learner, self._learn_ns)
            # Known rhythms shorten by 1/128 of what passes; others are known after their time, or some more words.
            lacks_ns = np.maximum(self._learn_ns - learned_ns, SECOND_NS)
            edges.append(mark_ns + int(np.where(known, interval_ns * (FORGETS // _QUICKENS), lacks_ns).min()))
        return min(edges)

    def learned(self, pair: int) -> dict[str, object]:
        """Return what of a pair's interval is learned, as evidence shows it; empty where it is registered."""
        at = np.flatnonzero(self._learning == pair)
        if not len(at):
            return {}
        row, table = int(self._learner[at[0]]), self.rhythm.table
        heard_ns = int(table["word_ns"][row] - table["first_ns"][row]) if table["pauses"][row] else 0
        return {
            "interval": "learned",
            "pauses": int(table["pauses"][row]),
            "pauses_needed": FEWEST,
            "learned_for_s": heard_ns / SECOND_NS,
            "learn_s": int(self._learn_ns[at[0]]) / SECOND_NS,
        }


class _Stages:
    """The patience of all terms in columns: one row a level, one column a pair."""

    def __init__(self, patience: Sequence[Patience], term: Ints) -> None:
        depth = max((len(one.stages) for one in patience), default=0)
        self._intervals: Floats = np.full((depth, len(patience)), np.inf)
        self._after_ns, self._hold_ns = np.zeros((2, depth, len(patience)), dtype=np.float64)
        for column, one in enumerate(patience):
            for rank, (intervals, after_ns, hold_ns) in enumerate(one.stages):
                self._intervals[rank, column] = intervals
                self._after_ns[rank, column], self._hold_ns[rank, column] = after_ns, hold_ns
        self._term = term

    def needed_ns(self, pair: Ints, interval_s: Floats) -> Ints:
        """Return by level the silence that some pairs need.

        A worse level is reached no sooner than a milder one, and a milder one whose interval is not known with it.
        """
        term = self._term[pair]
        intervals = self._intervals[:, term]
        by_rhythm = intervals * np.where(np.isnan(interval_s) & (intervals > 0), np.inf, interval_s)
        by_rhythm = np.where(intervals > 0, by_rhythm, 0.0)
        needed_ns = np.maximum(by_rhythm * SECOND_NS, self._after_ns[:, term]) + self._hold_ns[:, term]
        worse_ns = np.minimum.accumulate(needed_ns[::-1])[::-1]
        needed_ns = np.where(np.isinf(needed_ns), worse_ns, needed_ns)
        return np.maximum.accumulate(np.minimum(needed_ns, ENDLESS_NS).astype(np.int64), axis=0)


def _rising(row: Ints, heard_ns: Ints) -> tuple[Ints, Ints]:
    """Return times of each row with those that go back put on the newest before them, where they change nothing."""
    if not len(row) or bool((np.diff(heard_ns) >= 0).all()):
        return row, heard_ns
    order = np.argsort(row, kind="stable")
    row, heard_ns = row[order], heard_ns[order]
    base_ns, width = int(heard_ns.min()), int(np.ptp(heard_ns)) + 1
    stretch = np.cumsum(np.diff(row, prepend=row[0]) != 0) * width
    return row, np.maximum.accumulate(stretch + (heard_ns - base_ns)) - stretch + base_ns
