"""The levels that each pair of (rule, target) stands on, moved for many pairs and readings at once."""

from importlib import import_module

import numpy as np
from numpy.typing import NDArray

from rules.alarms import ALARM_COLUMNS, NEVER_NS
from rules.gates import NO_WINDOWS, Gates
from rules.limits import ENDLESS_NS, Limits
from rules.moving import CALM, Reach, Runs, Stand, Steps, Taken
from rules.pairs import Targets
from rules.segment import Segments
from rules.series import Fan
from rules.table import StateTable

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Levels = NDArray[np.int8]


class Ladder:
    """Keeps the state of all pairs and moves it.

    Most readings change nothing, and one comparison shows it: of each pair it knows the open interval of values, and
    the time, up to which its state stays as it is. Only pairs that leave it are judged reading by reading.
    """

    def __init__(self, name: str, limits: Limits, gates: Gates, pairs: Targets) -> None:
        self._limits, self._gates, self._rule = limits, gates, pairs.term
        self.table = StateTable(name, pairs.keys, ALARM_COLUMNS | {"since": (np.int64, NEVER_NS, limits.depth)})
        self._level, self._since_ns = self.table["level"], self.table["since"]
        #: Since when the mildest level was met, as any is by whoever meets one.
        self._met_ns: Ints = self._since_ns[:, 0] if limits.depth else np.full(len(pairs), NEVER_NS)
        self._calm = np.empty(len(pairs), CALM)
        stand = Stand(self._rule, self._level, self._since_ns.ravel(), self._calm)
        if len(pairs):  # numba is read only where there is something to judge
            self._move, self._leave = import_module("rules.ladder_kernel").mover(stand, limits.bounds)
        #: Judge all reading by reading, calm or not, so that what each is judged by can be told.
        self.watched = False
        self.refresh()

    def refresh(self) -> None:
        """Expect calm of pairs whose state is the default, and judge the next reading of all others."""
        calm = (self._level == 0) & (self._since_ns == NEVER_NS).all(axis=1)
        low, high = self._limits.calm(self._rule)
        self._calm["low"], self._calm["high"] = np.where(calm, low, np.inf), np.where(calm, high, -np.inf)
        self._calm["due_ns"] = ENDLESS_NS

    def _expect_nothing(self, pair: Ints) -> None:
        """Judge the next reading of some pairs, whatever it is."""
        self._calm["low"][pair], self._calm["high"][pair] = np.inf, -np.inf

    def since(self, pair: int) -> list[int]:
        """Return for each level of the deepest rule since when a pair has met it, NEVER_NS where it does not."""
        since_ns: list[int] = self._since_ns[pair].tolist()
        return since_ns

    def due_ns(self, pair: Ints) -> int:
        """Return when time alone may move one of these; NEVER_NS where that is known only after they were judged."""
        if (self._calm["low"][pair] == np.inf).any():
            return NEVER_NS
        return int(self._calm["due_ns"][pair].min(initial=ENDLESS_NS))

    def leaving(self, fan: Fan, least: Floats, most: Floats, latest_ns: Ints) -> Ints:
        """Return which of the fanned pairs may be moved by readings from `least` to `most` until `latest_ns`."""
        if self.watched:
            return np.arange(len(fan.pair))
        found = np.empty(len(fan.pair), dtype=np.int64)
        count = self._leave(fan.pair, fan.of, Reach(least, most, latest_ns), found)
        return found[:count]

    def advance(
        self, pair: Ints, segments: Segments, value: Floats, time_ns: Ints, keeping: Floats | None = None
    ) -> Steps:
        """Judge each reading in order, a segment for each of `pair`; keep the state after the last.

        `keeping` is what a level is kept by, where that is another number than the one it is reached by.
        """
        windows = self._gates.look(self._rule.take(pair[segments.owners]), time_ns) if self._gates else NO_WINDOWS
        taken = Taken(value, value if keeping is None else keeping, time_ns, windows)
        steps = Steps.room(len(value), self._limits.depth)
        made = self._move(Runs(pair, segments.first, segments.last), taken, steps)
        self.table.touch(pair)
        return steps.first(made)

    def may_stand(self, pair: Ints, value: Floats) -> Flags:
        """Return of which pairs a level stands, or is met by these values."""
        standing: Flags = self._limits.met(0, self._rule.take(pair), value)
        standing |= self._level.take(pair) > 0
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
        met: Flags = (self._met_ns if pair is None else self._met_ns[pair]) != NEVER_NS
        return met

    def is_pending(self, pair: Ints) -> Flags:
        """Return which pairs met a level at their last reading that is above the one they stand on."""
        pending = self.is_met(pair)
        near = np.flatnonzero(pending)
        some, depth = pair[near], self._limits.depth
        # Whoever meets a level meets the milder ones: the one next to where a pair stands tells.
        level = self._level.take(some)
        pending[near] = (level < depth) & (self._since_ns[some, np.minimum(level, depth - 1)] != NEVER_NS)
        return pending

    def highest_met(self, pair: Ints) -> Levels:
        """Return the highest level, counted from 1, that each pair met at its last reading; 0 for none."""
        return _highest(self._since_ns[pair] != NEVER_NS)

    def kept_at(self, pair: Ints, value: Floats) -> Flags:
        """Return of which pairs these values keep the level that they stand on."""
        level, kept = self._level.take(pair), np.zeros(len(pair), dtype=np.bool_)
        for rank in range(self._limits.depth):
            kept |= (level == rank + 1) & self._limits.kept(rank, self._rule[pair], value)
        return kept

    def stands(self, pair: Ints) -> Flags:
        """Return which pairs stand on a level."""
        stands: Flags = self._level.take(pair) > 0
        return stands

    def met_at(self, pair: Ints, level: Levels, value: Floats) -> Flags:
        """Return which values are beyond the limit of these levels, counted from 1."""
        met = np.zeros(len(pair), dtype=np.bool_)
        for rank in range(self._limits.depth):
            met |= (level == rank + 1) & self._limits.met(rank, self._rule[pair], value)
        return met

    def advance_unseen(self, pair: Ints, time_ns: Ints) -> Steps:
        """Raise each of `pair` to the highest level that it met at its last reading, whatever its hold; keep timers."""
        before, since_ns = self._level[pair], self._since_ns[pair]
        met = since_ns != NEVER_NS
        if self._gates:
            windows = self._gates.look(self._rule[pair], time_ns)
            met &= windows.open[:, None] & (since_ns >= windows.start_ns[:, None])
        reached = _highest(met)
        element = np.flatnonzero(reached > before)
        risen = pair[element]
        self._level[risen] = reached[element]
        self._expect_nothing(risen)
        self.table.touch(risen)
        return Steps(element, risen, before[element], reached[element], since_ns[element])

    def doubted(self, pair: Ints, element: Ints) -> Steps:
        """Return each of `pair` as it stands, at `element`, and judge its next reading, whatever it is."""
        self._expect_nothing(pair)
        self.table.touch(pair)
        return self.unmoved(pair, element)

    def unmoved(self, pair: Ints, element: Ints) -> Steps:
        """Return each of `pair` as it stands, at the reading `element`."""
        level = self._level[pair]
        return Steps(element, pair, level, level, self._since_ns[pair])

    def advance_late(self, pair: Ints, value: Floats, time_ns: Ints) -> Steps:
        """Judge one late reading of each of `pair`: it raises to a level without hold, and touches no timer.

        One that is not newer than the last change of its alarm is history that was judged already.
        """
        reached, before = self._reached_at_once(pair, value, time_ns), self._level[pair]
        element = np.flatnonzero((reached > before) & (time_ns > self.table["changed_ns"][pair]))
        risen = pair[element]
        self._level[risen] = reached[element]
        self._expect_nothing(risen)
        self.table.touch(risen)
        since_ns = np.full((len(element), self._limits.depth), NEVER_NS)
        return Steps(element, risen, before[element], reached[element], since_ns)


def _highest(flags: Flags) -> Levels:
    """Return in each row the last place that is flagged, counted from 1; 0 for none."""
    highest = np.zeros(len(flags), dtype=np.int8)
    for rank in range(flags.shape[1]):
        highest[flags[:, rank]] = rank + 1
    return highest
