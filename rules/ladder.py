"""The levels that each pair of (rule, target) stands on, moved for many pairs and readings at once."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rules.alarms import ALARM_COLUMNS, NEVER_NS
from rules.gates import Gates
from rules.limits import ENDLESS_NS, Limits
from rules.pairs import Targets
from rules.segment import Segments
from rules.series import Fan
from rules.table import StateTable

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Levels = NDArray[np.int8]


class Steps(NamedTuple):
    """The readings at which the level of a pair changed.

    Attributes:
        element: which of the readings given.
        pair: whose level it was.
        before, after: the level, counted from 1; 0 for none.
        since_ns: for each level of the deepest rule, since when it had been met, NEVER_NS where it was not.
    """

    element: Ints
    pair: Ints
    before: Levels
    after: Levels
    since_ns: tuple[Ints, ...]


class Ladder:
    """Keeps the state of all pairs and moves it.

    Most readings change nothing, and one comparison shows it: of each pair it knows the open interval of values, and
    the time, up to which its state stays as it is. Only pairs that leave it are judged reading by reading.
    """

    def __init__(self, name: str, limits: Limits, gates: Gates, pairs: Targets) -> None:
        self._limits, self._gates, self._rule = limits, gates, pairs.term
        self._since = tuple(f"since_{rank}" for rank in range(limits.depth))
        self._ranks = np.arange(limits.depth)[:, None]
        self.table = StateTable(name, pairs.keys, ALARM_COLUMNS | dict.fromkeys(self._since, (np.int64, NEVER_NS)))
        self._low, self._high = np.empty(len(pairs)), np.empty(len(pairs))
        self._due_ns = np.empty(len(pairs), dtype=np.int64)
        #: Lowest and highest of pairs that no time moves, side by side: one look into memory for both.
        self._calm = np.empty((len(pairs), 2))
        #: Judge all reading by reading, calm or not, so that what each is judged by can be told.
        self.watched = False
        self.refresh()

    def refresh(self) -> None:
        """Expect calm of pairs whose state is the default, and judge the next reading of all others."""
        calm = self.table["level"] == 0
        for column in self._since:
            calm &= self.table[column] == NEVER_NS
        low, high = self._limits.calm(self._rule)
        every = np.arange(len(self.table))
        self._stay(every, np.where(calm, low, np.inf), np.where(calm, high, -np.inf), np.full(len(every), ENDLESS_NS))

    def _stay(self, pair: Ints, low: Floats, high: Floats, due_ns: Ints) -> None:
        """Expect the state of pairs to stay as it is while values are within an open interval, until a time."""
        self._low[pair], self._high[pair], self._due_ns[pair] = low, high, due_ns
        timeless = due_ns == ENDLESS_NS
        self._calm[pair, 0], self._calm[pair, 1] = np.where(timeless, low, np.inf), np.where(timeless, high, -np.inf)

    def _expect_nothing(self, pair: Ints) -> None:
        """Judge the next reading of some pairs, whatever it is."""
        self._low[pair], self._high[pair], self._calm[pair] = np.inf, -np.inf, (np.inf, -np.inf)

    def since(self, pair: int) -> list[int]:
        """Return for each level of the deepest rule since when a pair has met it, NEVER_NS where it does not."""
        return [int(self.table[column][pair]) for column in self._since]

    def due_ns(self, pair: Ints) -> int:
        """Return when time alone may move one of these; NEVER_NS where that is known only after they were judged."""
        if (self._low[pair] == np.inf).any():
            return NEVER_NS
        return int(self._due_ns[pair].min(initial=ENDLESS_NS))

    def leaving(self, fan: Fan, least: Floats, most: Floats, latest_ns: Ints) -> Ints:
        """Return which of the fanned pairs may be moved by readings from `least` to `most` until `latest_ns`."""
        if self.watched:
            return np.arange(len(fan.pair))
        calm = self._calm.view(np.complex128).take(fan.pair).view(np.float64)
        near = np.flatnonzero((fan.spread(least) <= calm[0::2]) | (fan.spread(most) >= calm[1::2]))
        pair, of = fan.pair.take(near), fan.of.take(near)
        leaving = least.take(of) <= self._low.take(pair)
        leaving |= most.take(of) >= self._high.take(pair)
        leaving |= latest_ns.take(of) >= self._due_ns.take(pair)
        return near[leaving]

    def advance(
        self, pair: Ints, segments: Segments, value: Floats, time_ns: Ints, keeping: Floats | None = None
    ) -> Steps:
        """Judge each reading in order, a segment for each of `pair`; keep the state after the last.

        `keeping` is what a level is kept by, where that is another number than the one it is reached by. All levels are
        judged at once, a row each, the mildest first: whoever has reached or keeps a worse one has the milder ones too.
        """
        rule, level = self._rule.take(pair), self.table["level"].take(pair)
        each = segments.spread(rule)
        gate = _Gate(self._gates, each, segments, time_ns)
        met = gate.open(self._limits.each_met(each, value))
        carried_ns = np.array([self.table[column].take(pair) for column in self._since])
        since_ns = np.where(met, gate.since(met, carried_ns), NEVER_NS)
        due_ns = since_ns + self._limits.hold_ns[:-1].take(each, axis=1)
        due = met & (time_ns >= due_ns)
        waits_ns = np.where(segments.ends(met & ~due), segments.ends(due_ns), ENDLESS_NS)
        kept = gate.open(self._limits.each_kept(each, value if keeping is None else keeping))
        after = segments.latch(_or_worse(due), _or_worse(kept), level > self._ranks).sum(axis=0, dtype=np.int8)
        met_count = segments.ends(met).sum(axis=0, dtype=np.int8)
        for column, since in zip(self._since, segments.ends(since_ns), strict=True):
            self.table[column][pair] = since
        ends = segments.ends(after)
        self.table["level"][pair] = ends
        self.table.touch(pair)
        low, high = self._limits.steady(rule, segments.ends(value), met_count, ends)
        self._stay(pair, low, high, gate.due(waits_ns.min(axis=0), met_count, ends))
        before = segments.previous(after, level)
        element = np.flatnonzero(after != before)
        owner = pair[segments.owner(element)]
        return Steps(element, owner, before[element], after[element], tuple(since_ns[:, element]))

    def may_stand(self, pair: Ints, value: Floats) -> Flags:
        """Return of which pairs a level stands, or is met by these values."""
        standing: Flags = self._limits.met(0, self._rule.take(pair), value)
        standing |= self.table["level"].take(pair) > 0
        return standing

    def violated_at_once(self, pair: Ints, value: Floats) -> Flags:
        """Return which values are beyond the limit of a level without hold."""
        return self._reached_at_once(pair, value) > 0

    def _reached_at_once(self, pair: Ints, value: Floats, time_ns: Ints | None = None) -> Levels:
        rule = self._rule[pair]
        reached = np.zeros(len(pair), dtype=np.int8)
        for rank in range(self._limits.depth):
            met = self._limits.met(rank, rule, value) & (self._limits.hold_ns[rank][rule] == 0)
            reached[met] = rank + 1
        if time_ns is not None and self._gates:
            reached[~self._gates.look(rule, time_ns).open] = 0
        return reached

    def is_met(self, pair: Ints | None = None) -> Flags:
        """Return which pairs, or all, met a level at their last reading."""
        since_ns = self.table[self._since[0]] if self._since else np.full(len(self.table), NEVER_NS)
        met: Flags = (since_ns if pair is None else since_ns.take(pair)) != NEVER_NS
        return met

    def is_pending(self, pair: Ints) -> Flags:
        """Return which pairs met a level at their last reading that is above the one they stand on."""
        pending = np.zeros(len(pair), dtype=np.bool_)
        near = np.flatnonzero(self.is_met(pair))
        some = pair[near]
        for rank, column in enumerate(self._since):
            pending[near] |= (self.table["level"][some] <= rank) & (self.table[column][some] != NEVER_NS)
        return pending

    def highest_met(self, pair: Ints) -> Levels:
        """Return the highest level, counted from 1, that each pair met at its last reading; 0 for none."""
        highest = np.zeros(len(pair), dtype=np.int8)
        for rank, column in enumerate(self._since):
            highest[self.table[column].take(pair) != NEVER_NS] = rank + 1
        return highest

    def kept_at(self, pair: Ints, value: Floats) -> Flags:
        """Return of which pairs these values keep the level that they stand on."""
        level, kept = self.table["level"].take(pair), np.zeros(len(pair), dtype=np.bool_)
        for rank in range(self._limits.depth):
            kept |= (level == rank + 1) & self._limits.kept(rank, self._rule[pair], value)
        return kept

    def stands(self, pair: Ints) -> Flags:
        """Return which pairs stand on a level."""
        stands: Flags = self.table["level"].take(pair) > 0
        return stands

    def met_at(self, pair: Ints, level: Levels, value: Floats) -> Flags:
        """Return which values are beyond the limit of these levels, counted from 1."""
        met = np.zeros(len(pair), dtype=np.bool_)
        for rank in range(self._limits.depth):
            met |= (level == rank + 1) & self._limits.met(rank, self._rule[pair], value)
        return met

    def advance_unseen(self, pair: Ints, time_ns: Ints) -> Steps:
        """Raise each of `pair` to the highest level that it met at its last reading, whatever its hold; keep timers."""
        before = self.table["level"][pair]
        since_ns = tuple(self.table[column][pair] for column in self._since)
        windows = self._gates.look(self._rule[pair], time_ns) if self._gates else None
        reached = np.zeros(len(pair), dtype=np.int8)
        for rank, since in enumerate(since_ns):
            met = since != NEVER_NS
            if windows is not None:
                met &= windows.open & (since >= windows.start_ns)
            reached[met] = rank + 1
        element = np.flatnonzero(reached > before)
        risen = pair[element]
        self.table["level"][risen] = reached[element]
        self._expect_nothing(risen)
        self.table.touch(risen)
        return Steps(element, risen, before[element], reached[element], tuple(since[element] for since in since_ns))

    def doubted(self, pair: Ints, element: Ints) -> Steps:
        """Return each of `pair` as it stands, at `element`, and judge its next reading, whatever it is."""
        self._expect_nothing(pair)
        self.table.touch(pair)
        return self.unmoved(pair, element)

    def unmoved(self, pair: Ints, element: Ints) -> Steps:
        """Return each of `pair` as it stands, at the reading `element`."""
        level = self.table["level"][pair]
        return Steps(element, pair, level, level, tuple(self.table[column][pair] for column in self._since))

    def advance_late(self, pair: Ints, value: Floats, time_ns: Ints) -> Steps:
        """Judge one late reading of each of `pair`: it raises to a level without hold, and touches no timer.

        One that is not newer than the last change of its alarm is history that was judged already.
        """
        reached, before = self._reached_at_once(pair, value, time_ns), self.table["level"][pair]
        element = np.flatnonzero((reached > before) & (time_ns > self.table["changed_ns"][pair]))
        risen = pair[element]
        self.table["level"][risen] = reached[element]
        self._expect_nothing(risen)
        self.table.touch(risen)
        since_ns = tuple(np.full(len(element), NEVER_NS) for _ in self._since)
        return Steps(element, risen, before[element], reached[element], since_ns)


def _or_worse(flags: Flags) -> Flags:
    """Return for each level, a row each, whether it or a worse one is flagged; in place."""
    for rank in reversed(range(len(flags) - 1)):
        flags[rank] |= flags[rank + 1]
    return flags


class _Gate:
    """What the schedules of some readings allow; nothing is asked where no rule has one."""

    def __init__(self, gates: Gates, each: Ints, segments: Segments, time_ns: Ints) -> None:
        self._segments, self._time_ns = segments, time_ns
        self._windows = gates.look(each, time_ns) if gates else None

    def open(self, flags: Flags) -> Flags:
        """Return the flags that are within their hours."""
        return flags if self._windows is None else flags & self._windows.open

    def since(self, met: Flags, carried_ns: Ints) -> Ints:
        """Return since when each met reading is; a window that opened in between begins anew."""
        segments, time_ns = self._segments, self._time_ns
        if self._windows is None:
            return segments.since(met, time_ns, carried_ns, NEVER_NS)
        start_ns = self._windows.start_ns
        carried_ns = np.where(carried_ns < segments.starts(start_ns), NEVER_NS, carried_ns)
        fresh = segments.previous(time_ns, segments.starts(start_ns)) < start_ns
        return segments.since(met, time_ns, carried_ns, NEVER_NS, fresh)

    def due(self, deadline_ns: Ints, met: Levels, level: Levels) -> Ints:
        """Return until when pairs stay as they are: what is met or open ends with its window."""
        if self._windows is None:
            return deadline_ns
        ends_ns = self._segments.ends(self._windows.end_ns)
        return np.where((met > 0) | (level > 0), np.minimum(deadline_ns, ends_ns), deadline_ns)
