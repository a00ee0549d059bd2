"""Count rules: so many events of a sensor or of a place within a while.

What is counted is an event that sensors report, or that a reading goes beyond a limit. The count falls as time passes,
judged at ticks while ingest hears the broker.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any, ClassVar, NamedTuple, Self

import msgspec
import numpy as np
from numpy.typing import NDArray

from city.clock import SECOND_NS, iso
from city.entry import Arrivals, SensorEvent
from city.level import Level
from city.yaml_lines import Located
from rules.bands import AT_LEAST, NO_BAND, VALUE_SIDES, Band, Levelled, level_schema, read_band, read_counts
from rules.duration import DURATION, read_span_ns, shown_duration
from rules.groups import GROUPING, Grouping, Groups, read_grouping
from rules.kind import Verdict, Written
from rules.listening import Listening
from rules.metered import MeteredPass, Samples, rounds, taken
from rules.pairs import Pairs
from rules.population import Population
from rules.rule import Rule, Terms
from rules.series import SeriesIndex
from rules.table import StateTable
from rules.tally import MOST, Count, Tally
from rules.votes import Votes

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

_TEXT = {"type": "string", "minLength": 1}


@dataclass(frozen=True, slots=True)
class CountTerms(Levelled):
    """Bands over the number of happenings within `within_ns`.

    Attributes:
        events: what sensors report; empty when readings that go beyond `each` are counted.
        confidence: an event that says it is less sure is not counted.
    """

    events: tuple[str, ...]
    confidence: float
    each: Band
    same: Grouping
    within_ns: int
    of_each: str

    @property
    def measured(self) -> str:
        """Return in words what the number is."""
        return f"{self.of_each} {self.same.described()} within {shown_duration(self.within_ns)}:"


class Counting:
    """The kind `count`."""

    name: ClassVar[str] = "count"
    of_quantity: ClassVar[bool | None] = None
    own: ClassVar[Mapping[str, Any]] = {
        "event": {"oneOf": [_TEXT, {"type": "array", "items": _TEXT, "minItems": 1}]},
        "confidence": {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
        "each": level_schema(*VALUE_SIDES),
        "same": GROUPING,
        "within": DURATION,
    }
    required: ClassVar[tuple[str, ...]] = ("same", "within")

    def read(self, written: Written) -> CountTerms:
        """Return the terms of a rule; notes every mistake in the faults."""
        events: tuple[str, ...] = ()
        confidence, each, same, within_ns = 0.0, NO_BAND, Grouping(), 0
        with written.faults:
            events, each = _read_counted(written)
        with written.faults:
            confidence = _read_confidence(written.own["confidence"]) if "confidence" in written.own else 0.0
        with written.faults:
            same = read_grouping(written.own["same"])
        with written.faults:
            within_ns = read_span_ns(written.own["within"])
        bands, _ = read_counts(written, shares=False)
        with written.faults:
            if bands and bands[-1].limit.high > MOST:
                raise written.levels.wrong(expected=f"at most {MOST}", got=bands[-1].shown)
        of_each = " or ".join(events) if events else f"{each.shown} {written.scale.unit}".rstrip()
        return CountTerms(bands, "", events, confidence, each, same, within_ns, of_each)

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of one level."""
        return level_schema(AT_LEAST)

    def compile(self, rules: Sequence[tuple[int, Rule]], population: Population) -> "CountPass":
        """Return the pass over these rules and the groups of the sensors they match."""
        members = Pairs(rules, population, population.everybody)
        return CountPass(members, Groups(members, [_terms(rule.terms).same for rule in members.rules]), population)


def _read_counted(written: Written) -> tuple[tuple[str, ...], Band]:
    given = [key for key in ("event", "each") if key in written.own]
    if len(given) != 1:
        raise written.levels.wrong(expected="either `event` or `each`", got=" and ".join(given) or "neither")
    if given == ["each"]:
        each = read_band(Level.NOTICE, written.own["each"], written.scale)
        if each.hold_ns:
            raise written.own["each"].wrong(expected="no `hold`: a reading counts at once", got="one")
        return (), each
    event = written.own["event"]
    events = tuple(one.text() for one in event.items()) if isinstance(event.value, tuple) else (event.text(),)
    if not events:
        raise event.wrong(expected="at least one event", got="an empty list")
    return events, NO_BAND


def _read_confidence(written: Located) -> float:
    if not 0 < written.number() <= 1:
        raise written.wrong(expected="a number above 0, at most 1")
    return written.number()


def _terms(terms: Terms) -> CountTerms:
    assert isinstance(terms, CountTerms)  # the book gives each kind the terms it read
    return terms


class _Happened(NamedTuple):
    """What is counted, in order: by whom, at which row of the entry, and when."""

    member: Ints
    row: Ints
    time_ns: Ints
    arrival_ns: Ints
    quality: NDArray[np.uint16]


class CountPass(MeteredPass):
    """The measure is the number of happenings in the window that ends with a target's newest one, or with a tick."""

    def __init__(self, members: Pairs, groups: Groups, population: Population) -> None:
        super().__init__("count", groups, population)
        self._members, self._groups = members, groups
        terms = [_terms(one) for one in members.roll.terms]
        depth = max((ceil(one.bands[-1].limit.high) for one in terms), default=1)
        self._within_ns = np.array([one.within_ns for one in terms], dtype=np.int64)[groups.term]
        self._tally = Tally("tally", groups.keys, self._within_ns, depth)
        self._memories = (self._tally.table,)
        self._votes = Votes("count_votes", members, [(one.each,) for one in terms])
        self._index = SeriesIndex(members, population.quantities)
        # Events have no quantity: they are looked up under a number that no quantity has.
        self._no_quantity = max(population.quantities.values(), default=0) + 1
        self._listening_to = SeriesIndex(members, {"": self._no_quantity})
        self._wanted = [frozenset(one.events) for one in terms]
        self._confidence = [one.confidence for one in terms]
        self._words = frozenset().union(*self._wanted)

    @property
    def tables(self) -> tuple[StateTable, ...]:
        """Return the tables that hold all its state."""
        return (*super().tables, self._votes.table)

    def adopt(self, old: Self, time_ns: int) -> list[Verdict]:
        """Take over what groups that judge as before remember, and what stands of their sensors."""
        voters = self._members.survivors(old._members)
        self._votes.table.carry(old._votes.table, voters.old, voters.new)
        return super().adopt(old, time_ns)

    def arrivals(self, arrivals: Arrivals, listening: Listening) -> list[Verdict]:
        """Count what a batch tells, readings before events."""
        if not len(self._members):
            return []
        rows = len(arrivals.readings)
        parts = [self._readings(arrivals), self._events(arrivals.events, rows)]
        return [verdict for part in parts if part is not None for verdict in self._counted(part)]

    def _readings(self, arrivals: Arrivals) -> _Happened | None:
        """Return the readings that go beyond their limit and were not before."""
        batch = arrivals.readings
        seen = taken(batch, self._index) if len(batch) else None
        if seen is None or not len(seen.row):
            return None
        cast = self._votes.ballots(batch, seen, self._index)
        self._votes.keep(batch, cast)
        began = cast.take(np.flatnonzero(cast.on & ~cast.was))
        row = began.row
        return _Happened(began.member, row, batch.time_ns[row], batch.arrival_ns[row], batch.quality[row])

    def _events(self, events: Sequence[SensorEvent], rows: int) -> _Happened | None:
        """Return the events that some rule counts; their rows follow those of the readings."""
        told = [(row, event) for row, event in enumerate(events, rows) if event.event in self._words]
        if not told:
            return None
        sensor = np.array([event.sensor for _, event in told], dtype=np.int32)
        series = self._listening_to.series_of(sensor, np.full(len(told), self._no_quantity, dtype=np.int32))
        known = np.flatnonzero(series >= 0)
        fan = self._listening_to.fan(series[known])
        at = known[fan.of]
        terms = self._members.term[fan.pair]
        counts = [self._counts(told[place][1], term) for place, term in zip(at.tolist(), terms.tolist(), strict=True)]
        member, at = fan.pair[counts], at[counts]
        row, time_ns, arrival_ns = (
            np.array(column, dtype=np.int64)[at]
            for column in zip(*((row, event.time_ns, event.arrival_ns) for row, event in told), strict=True)
        )
        return _Happened(member, row, time_ns, arrival_ns, np.zeros(len(at), dtype=np.uint16))

    def _counts(self, event: SensorEvent, term: int) -> bool:
        if event.event not in self._wanted[term]:
            return False
        least = self._confidence[term]
        return not least or _confidence(event.attributes) >= least

    def _counted(self, happened: _Happened) -> list[Verdict]:
        of, group, _ = self._groups.of_members(happened.member)
        number, time_ns, first_ns = (np.empty(len(group), dtype=np.int64) for _ in range(3))
        for places in rounds(group):
            counted = self._tally.push(group[places], happened.time_ns[of[places]])
            number[places], time_ns[places], first_ns[places] = counted
        if not len(group):
            return []
        samples = Samples(
            group,
            happened.row[of],
            time_ns,
            happened.arrival_ns[of],
            happened.quality[of],
            number.astype(np.float64),
        )
        last = [self._members.target(member).id for member in happened.member[of].tolist()]
        return self._climb(
            samples, lambda at: self._evidence(int(group[at]), int(number[at]), int(first_ns[at]), last[at])
        )

    def tick(self, time_ns: int, listening: Listening) -> list[Verdict]:
        """Let the counts of open alarms fall; while nobody listens, nobody knows that nothing happened."""
        group = np.flatnonzero(self._ladder.table["level"])
        if not listening.listening or not len(group):
            return []
        count: Count = self._tally.count(group, np.full(len(group), time_ns))
        samples = Samples(
            group,
            np.zeros_like(group),
            count.time_ns,
            np.maximum(count.time_ns, time_ns),
            np.zeros(len(group), dtype=np.uint16),
            count.number.astype(np.float64),
        )
        return self._climb(
            samples, lambda at: self._evidence(int(group[at]), int(count.number[at]), int(count.first_ns[at]), "")
        )

    def _evidence(self, group: int, number: int, first_ns: int, last: str) -> dict[str, object]:
        """Return what was counted; `last` is who told of the newest, nobody when time alone has passed."""
        first = {"first": iso(first_ns)} if number else {}
        return {"count": number, "within_s": int(self._within_ns[group]) / SECOND_NS, **first, "last_from": last}


def _confidence(attributes: str) -> float:
    """Return how sure an event is; one that does not say counts as sure."""
    try:
        said = msgspec.json.decode(attributes)
    except msgspec.DecodeError:
        return 1.0
    confidence = said.get("confidence", 1.0) if isinstance(said, dict) else 1.0
    return float(confidence) if isinstance(confidence, int | float) else 1.0
