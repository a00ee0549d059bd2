"""Silence rules: a registered sensor that promised an interval and has not been heard for several of them.

Anything that arrives from a sensor is being heard, whatever its quality. Only listening time counts; a sensor that
never spoke is as silent as one that stopped; one that is not installed yet, promised nothing or is a recording is
exempt.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from city.clock import SECOND_NS, iso
from city.entry import Arrivals
from city.level import Level
from city.yaml_lines import Located
from rules.alarms import ALARM_COLUMNS, Alarms, Seen
from rules.gates import Gates
from rules.kind import ANYTHING, OpenAlarm, Verdict, Written, read_levels
from rules.limits import ENDLESS_NS
from rules.listening import Listening
from rules.pairs import Pairs
from rules.population import Population
from rules.rule import Rule, Terms
from rules.standing import Standing
from rules.table import StateTable
from rules.waiting import Awaited, first_change_ns

Ints = NDArray[np.int64]

#: `arrived_ns` of a sensor that was never heard.
_NEVER_HEARD = 0


@dataclass(frozen=True, slots=True)
class SilenceTerms:
    """After how many intervals without a word each level is reached, the mildest first."""

    intervals: tuple[tuple[Level, float], ...]

    @property
    def levels(self) -> tuple[Level, ...]:
        """Return the levels that the rule has, the mildest first."""
        return tuple(level for level, _ in self.intervals)

    @property
    def unit(self) -> str:
        """Return the unit of the alarms' value and limit."""
        return "s"

    @property
    def quantities(self) -> tuple[str, ...]:
        """Return the series that it reads besides the one that the rule selects."""
        return ()

    def described(self) -> dict[str, str]:
        """Return in words, for each level, when it is reached."""
        return {level.word: f"not heard for {count:g} intervals" for level, count in self.intervals}


class Silence:
    """The kind `silence`."""

    name: ClassVar[str] = "silence"
    of_quantity: ClassVar[bool | None] = False
    own: ClassVar[Mapping[str, Any]] = {}
    required: ClassVar[tuple[str, ...]] = ()

    def read(self, written: Written) -> SilenceTerms:
        """Return the terms of a rule; notes every mistake in the faults."""
        counts: list[tuple[Level, float]] = []
        for level, of_level in read_levels(written.levels, written.faults):
            with written.faults:
                counts.append((level, _read_intervals(of_level, counts[-1][1] if counts else 0.0)))
        return SilenceTerms(tuple(counts))

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of one level."""
        return {
            "type": "object",
            "additionalProperties": False,
            "properties": {"intervals": {"type": "number", "exclusiveMinimum": 0}},
            "required": ["intervals"],
        }

    def compile(self, rules: Sequence[tuple[int, Rule]], population: Population) -> "SilencePass":
        """Return the pass over these rules and the sensors they match."""
        return SilencePass(Pairs(rules, population, population.promising), population)


def _read_intervals(written: Located, least: float) -> float:
    count = written.fields(("intervals",))["intervals"]
    if count.number() <= least:
        raise count.wrong(expected=f"more than {least:g} intervals")
    return count.number()


#: The days of `date.toordinal` before 1970, and the length of one.
_EPOCH, _DAY_NS = date(1970, 1, 1).toordinal(), 86_400 * SECOND_NS


class SilencePass:
    """Judges all silence rules at each tick; between ticks it only notes who was heard."""

    def __init__(self, pairs: Pairs, population: Population) -> None:
        self._pairs = pairs
        watched, self._place = np.unique(pairs.sensor, return_inverse=True)
        self._watched, self._population = watched, population
        numbers = population.numbers[watched]
        self._row = np.full(int(numbers.max(initial=-1)) + 2, -1, dtype=np.int64)
        self._row[numbers] = np.arange(len(numbers))
        self._heard = StateTable("heard", numbers, {"total_ns": (np.int64, 0), "arrived_ns": (np.int64, _NEVER_HEARD)})
        self._table = StateTable("silence", pairs.keys, ALARM_COLUMNS)
        self._alarms = Alarms(pairs, self._table)
        self.tables = (self._heard, self._table)
        self._installed_ns = _installed_ns(population.installed[watched])
        self._needed_ns = self._needs(population)
        self._gates = Gates(pairs.roll.schedules, population.calendar)

    def _needs(self, population: Population) -> Ints:
        """Return, for each level of the deepest rule, the silence that each pair needs; endless where there is none."""
        terms = [_terms(terms).intervals for terms in self._pairs.roll.terms]
        depth = max((len(counts) for counts in terms), default=0)
        factor: NDArray[np.float64] = np.full((depth, len(terms)), np.inf)
        for rule, counts in enumerate(terms):
            factor[: len(counts), rule] = [count for _, count in counts]
        promised_s = population.intervals_s[self._watched][self._place]
        needed_ns: NDArray[np.float64] = factor[:, self._pairs.term] * promised_s * SECOND_NS
        return np.minimum(needed_ns, 1 << 62).astype(np.int64)

    def refresh(self) -> None:
        """Do nothing: all state is in the tables."""

    def begin(self, listening: Listening) -> None:
        """Start the timers of sensors that are new here: nobody could have heard them before."""
        self._heard["total_ns"][:] = listening.total_ns

    def adopt(self, old: Self, time_ns: int) -> list[Verdict]:
        """Take over the state of pairs that judge as before, and clear what stood open on those that are gone."""
        old_rows = old._heard.rows_of(self._heard.keys)
        known = np.flatnonzero(old_rows >= 0)
        self._heard.carry(old._heard, old_rows[known], known)
        return self._alarms.adopt(old._alarms, time_ns)[1]

    def matched(self) -> Iterator[tuple[Rule, int]]:
        """Yield each rule with the number of sensors it judges."""
        return zip(self._pairs.rules, self._pairs.counts, strict=True)

    def open_alarms(self) -> Iterator[OpenAlarm]:
        """Yield what stands open."""
        return self._alarms.open_alarms()

    def arrivals(self, arrivals: Arrivals, listening: Listening) -> list[Verdict]:
        """Note who was heard."""
        readings, events = arrivals.readings, arrivals.events
        self._hear(readings.sensor, readings.arrival_ns, listening)
        if events:
            numbers = np.array([event.sensor for event in events], dtype=np.int32)
            self._hear(numbers, np.array([event.arrival_ns for event in events], dtype=np.int64), listening)
        return []

    def _hear(self, sensor: NDArray[np.int32], arrival_ns: Ints, listening: Listening) -> None:
        row = self._row[np.minimum(sensor, len(self._row) - 1)]
        row, arrival_ns = row[row >= 0], arrival_ns[row >= 0]
        newest = arrival_ns >= self._heard["arrived_ns"][row]  # what is replayed came long ago
        row, arrival_ns = row[newest], arrival_ns[newest]
        np.maximum.at(self._heard["total_ns"], row, listening.stamp(arrival_ns))
        np.maximum.at(self._heard["arrived_ns"], row, arrival_ns)
        self._heard.touch(row)

    def due_ns(self, arrivals: Arrivals, listening: Listening) -> int:
        """Return when somebody may count as silent, as more silent, or no longer."""
        if not listening.listening or not len(self._pairs):
            return ENDLESS_NS
        mark_ns, level = listening.mark_ns, self._table["level"]
        heard_ns = self._heard["total_ns"] + (mark_ns - listening.total_ns)
        since_ns = np.maximum(heard_ns, self._installed_ns)[self._place]
        endless = np.full((1, len(self._pairs)), ENDLESS_NS)
        next_ns = np.concatenate([self._needed_ns, endless])[level, np.arange(len(level))]
        waits_ns = self._installed_ns[self._installed_ns > mark_ns] - SECOND_NS
        edge_ns = int(waits_ns.min(initial=ENDLESS_NS))
        if self._gates:
            windows = self._gates.look(self._pairs.term, np.full(len(self._pairs), mark_ns))
            since_ns = np.maximum(since_ns, windows.start_ns)
            next_ns = np.where(windows.open, next_ns, ENDLESS_NS)
            edge_ns = min(edge_ns, int(windows.end_ns.min()))
        return min(edge_ns, first_change_ns(self._awaited(since_ns, next_ns, level), arrivals, self._row))

    def _awaited(self, since_ns: Ints, next_ns: Ints, level: NDArray[np.int8]) -> Awaited:
        """Return of each sensor what the pair needs that changes first."""
        rows = len(self._watched)
        heard_ns, now_ns, anew_ns = (np.full(rows, ENDLESS_NS) for _ in range(3))
        np.minimum.at(now_ns, self._place, np.minimum(since_ns + next_ns, ENDLESS_NS))
        np.minimum.at(anew_ns, self._place, self._needed_ns[0])
        silent = np.zeros(rows, dtype=np.bool_)
        silent[self._place[level > 0]] = True
        heard_ns[:] = 0
        return Awaited(heard_ns, now_ns, anew_ns, silent)

    def tick(self, time_ns: int, listening: Listening) -> list[Verdict]:
        """Judge who was not heard; the silence of sensors not installed yet begins when they are."""
        waiting = np.flatnonzero(self._installed_ns > time_ns)
        if len(waiting):
            self._heard["total_ns"][waiting] = listening.total_ns
            self._heard.touch(waiting)
        silent_ns = (listening.total_ns - self._heard["total_ns"])[self._place]
        if self._gates:
            silent_ns = self._gated(silent_ns, time_ns)
        level = np.zeros(len(self._pairs), dtype=np.int8)
        for needed_ns in self._needed_ns:
            level += silent_ns >= needed_ns
        before = self._table["level"].copy()
        changed = np.flatnonzero(level != before)
        self._table["level"][changed] = level[changed]
        self._table.touch(changed)
        return [
            self._verdict(pair, int(before[pair]), int(level[pair]), time_ns, int(silent_ns[pair]))
            for pair in changed.tolist()
        ]

    def _gated(self, silent_ns: Ints, time_ns: int) -> Ints:
        """Return the silence that counts: none outside a rule's hours, and none from before they began."""
        windows = self._gates.look(self._pairs.term, np.full(len(self._pairs), time_ns))
        return np.where(windows.open, np.minimum(silent_ns, time_ns - windows.start_ns), 0)

    def _verdict(self, pair: int, before: int, after: int, time_ns: int, silent_ns: int) -> Verdict:
        evidence = self._evidence(pair, silent_ns)
        limit_s = int(self._needed_ns[max(after, 1) - 1][pair]) / SECOND_NS
        seen = Seen(time_ns, time_ns, silent_ns / SECOND_NS, limit_s, evidence)
        return self._alarms.verdict(0, pair, self._alarms.move(pair, before, after, seen))

    def _evidence(self, pair: int, silent_ns: int) -> dict[str, object]:
        """Return when a sensor was last heard, and the silence that counts against what each level needs."""
        row = int(self._place[pair])
        arrived_ns, sensor = int(self._heard["arrived_ns"][row]), self._population.sensors[int(self._watched[row])]
        return {
            "last_heard": iso(arrived_ns) if arrived_ns != _NEVER_HEARD else None,
            "silent_s": silent_ns / SECOND_NS,
            "interval_s": sensor.interval_s,
            "counted": "only time in which the broker was heard",
            "conditions": self._conditions(pair, silent_ns),
            **self._pairs.roll.circumstances(int(self._pairs.term[pair])),
        }

    def _conditions(self, pair: int, silent_ns: int) -> list[dict[str, object]]:
        counts = _terms(self._pairs.terms(pair)).intervals
        needed_ns = self._needed_ns[: len(counts), pair].tolist()
        return [
            {
                "level": level.word,
                "limit": f"not heard for {count:g} intervals, {needed / SECOND_NS:g} s",
                "clear": "heard",
                "met": silent_ns >= needed,
                "kept": silent_ns >= needed,
                "hold_s": needed / SECOND_NS,
                "since": None,
                "held_s": silent_ns / SECOND_NS,
                "left_s": max(0, needed - silent_ns) / SECOND_NS,
            }
            for (level, count), needed in zip(counts, needed_ns, strict=True)
        ]

    def watch(self) -> None:
        """Do nothing: who was heard when is kept anyway."""

    def reads(self, rule: str, sensor: str) -> list[tuple[str, str]]:
        """Return whatever a sensor says, if it is listened to."""
        return [(sensor, ANYTHING)] if self._pairs.concerning(rule, sensor) else []

    def standing(self, rule: str, sensor: str, now_ns: int, listening: Listening) -> list[Standing]:
        """Return how long a sensor has been silent for a rule; nothing where it promised nothing or is a recording."""
        return [self._standing(pair, now_ns, listening) for pair in self._pairs.concerning(rule, sensor)]

    def _standing(self, pair: int, now_ns: int, listening: Listening) -> Standing:
        silent_ns = listening.total_ns - self._heard["total_ns"][int(self._place[pair])]
        if self._gates:
            windows = self._gates.look(self._pairs.term[[pair]], np.array([now_ns]))
            silent_ns = min(silent_ns, now_ns - int(windows.start_ns[0])) if windows.open[0] else 0
        level, since_ns = self._alarms.standing(pair)
        evidence = self._evidence(pair, int(silent_ns))
        conditions = self._conditions(pair, int(silent_ns))
        value, unit = silent_ns / SECOND_NS, self._pairs.terms(pair).unit
        return Standing(self._pairs.target(pair).id, level, since_ns, now_ns, value, unit, conditions, evidence)


def _terms(terms: Terms) -> SilenceTerms:
    assert isinstance(terms, SilenceTerms)  # the book gives each kind the terms it read
    return terms


def _installed_ns(days: NDArray[np.int32]) -> Ints:
    """Return when sensors count as installed: that day's midnight UTC, which no city east of it waits long for."""
    since: Ints = (days.astype(np.int64) - _EPOCH) * _DAY_NS
    return np.where(days == 0, 0, since)
