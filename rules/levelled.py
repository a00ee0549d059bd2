"""What the passes share whose pairs climb levels: limits, schedules, alarms, and the evidence of each step."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Self

from city.clock import SECOND_NS, iso
from city.entry import Arrivals
from city.quality import UNTRUSTED, Quality, names_of
from rules.alarms import Alarms, Seen
from rules.bands import Band, Levelled
from rules.conditions import Decided, Measured, conditions_of
from rules.gates import Gates
from rules.kind import OpenAlarm, Verdict
from rules.ladder import Ladder
from rules.limits import Limits
from rules.listening import Listening
from rules.moving import Steps
from rules.pairs import Targets
from rules.population import Population
from rules.rule import Rule, Terms
from rules.standing import Standing
from rules.table import StateTable

#: A reading so flagged is not judged: it neither raises nor clears, and does not interrupt a hold.
SKIPPED = int(UNTRUSTED | Quality.DUPLICATE)

#: What evidence calls the part that says why an alarm is not confirmed.
UNCONFIRMED = "unconfirmed"

#: What evidence says where a reading confirms an alarm that was sure before its sensors died.
AGAIN = "confirmed_again"

#: A reading that took longer than this to arrive was buffered somewhere; its alarm says that it came late.
BUFFERED_NS = 300 * SECOND_NS


class LevelledPass:
    """A pass over pairs on ladders; kinds bring `arrivals`, and `tick` where time alone changes what they judge."""

    def __init__(self, name: str, pairs: Targets, population: Population) -> None:
        self._pairs = pairs
        self._limits = Limits([bands_of(terms) for terms in pairs.roll.terms])
        gates = Gates(pairs.roll.schedules, population.calendar)
        self._ladder = Ladder(name, self._limits, gates, pairs)
        self._alarms = Alarms(pairs, self._ladder.table)
        self._memories: tuple[StateTable, ...] = ()
        #: What each pair was last judged by, while somebody watches.
        self._last: dict[int, Measured] | None = None

    @property
    def tables(self) -> tuple[StateTable, ...]:
        """Return the tables that hold all its state: the ladder's, and what the kind remembers of each pair."""
        return (self._ladder.table, *self._memories)

    def arrivals(self, arrivals: Arrivals, listening: Listening) -> list[Verdict]:
        """Judge nothing unless the kind does."""
        return []

    def tick(self, time_ns: int, listening: Listening) -> list[Verdict]:
        """Judge nothing unless the kind does: levels are judged by the sensors' time, at readings."""
        return []

    def begin(self, listening: Listening) -> None:
        """Start nothing: levels have no timers but those of readings."""

    def refresh(self) -> None:
        """Derive what is not kept in the tables, after they were loaded."""
        self._ladder.refresh()

    def adopt(self, old: Self, time_ns: int) -> list[Verdict]:
        """Take over the state of pairs that judge as before, and clear what stood open on those that are gone."""
        survivors, verdicts = self._alarms.adopt(old._alarms, time_ns, old._doubt_of)
        for memory, before in zip(self._memories, old._memories, strict=True):
            memory.carry(before, survivors.old, survivors.new)
        self.refresh()
        return verdicts

    def matched(self) -> Iterator[tuple[Rule, int]]:
        """Yield each rule with the number of sensors it judges."""
        return zip(self._pairs.rules, self._pairs.counts, strict=True)

    def open_alarms(self) -> Iterator[OpenAlarm]:
        """Yield what stands open."""
        return self._alarms.open_alarms()

    def watch(self) -> None:
        """Keep from now on what each pair is judged by; calm ones are then judged reading by reading too."""
        self._last, self._ladder.watched = {}, True

    def reads(self, rule: str, sensor: str) -> list[tuple[str, str]]:
        """Return the series by which the targets of a rule are judged that a sensor is part of."""
        return [*dict.fromkeys(one for pair in self._pairs.concerning(rule, sensor) for one in self._reads(pair))]

    def _reads(self, pair: int) -> list[tuple[str, str]]:
        """Return the series by which a pair is judged; kinds that look at neighbours add theirs."""
        return self._pairs.reads(pair)

    def standing(self, rule: str, sensor: str, now_ns: int, listening: Listening) -> list[Standing]:
        """Return how the targets of a rule stand that a sensor is or has part in."""
        return [self._standing(pair, now_ns) for pair in self._pairs.concerning(rule, sensor)]

    def _standing(self, pair: int, now_ns: int) -> Standing:
        terms, (decided, evidence) = self._pairs.terms(pair), self._measured(pair, now_ns)
        level, since_ns = self._alarms.standing(pair)
        return Standing(
            target=self._pairs.target(pair).id,
            level=level,
            since_ns=since_ns,
            time_ns=None if decided is None else decided.time_ns,
            value=None if decided is None else decided.value,
            unit=terms.unit,
            conditions=conditions_of(bands_of(terms), decided, self._ladder.since(pair)),
            evidence={**evidence, **self._pairs.roll.circumstances(int(self._pairs.term[pair]))},
        )

    def _doubt_of(self, pair: int) -> Mapping[str, object]:
        """Return why the alarm of a pair is unconfirmed, nothing where it is not or no death matters to the kind."""
        return {}

    def _measured(self, pair: int, now_ns: int) -> Measured:
        """Return what a pair was last judged by; kinds that know it from their state, or more of it, say so instead."""
        return Measured(None, {}) if self._last is None else self._last.get(pair, Measured(None, {}))

    def _step(self, row: int, steps: Steps, number: int, decided: Decided, evidence: Mapping[str, object]) -> Verdict:
        """Return step `number` as a verdict; `evidence` is what the kind says beside the conditions.

        It is unconfirmed where that says so.
        """
        pair, before, after = int(steps.pair[number]), int(steps.before[number]), int(steps.after[number])
        term = int(self._pairs.term[pair])
        # A rise is decided by the limit of the level reached, a fall by the clearing value of the level left.
        rises, value = after >= before, decided.value
        limit = self._limits.limit(after - 1, term, value) if rises else self._limits.clear(before - 1, term, value)
        recorded = bool(decided.quality & Quality.RECORDED)
        late = bool(decided.quality & Quality.LATE)
        late |= not recorded and decided.arrival_ns - decided.time_ns > BUFFERED_NS
        since = steps.since_ns[number].tolist()
        conditions = conditions_of(bands_of(self._pairs.terms(pair)), decided, since)
        told = {**evidence, "conditions": conditions, **self._pairs.roll.circumstances(term)}
        # Twelve digits: at least 3 is beyond the last number before 3.
        seen = Seen(decided.time_ns, decided.arrival_ns, value, float(f"{limit:.12g}"), told, late, recorded)
        seen = seen._replace(unconfirmed=UNCONFIRMED in evidence, again=AGAIN in evidence)
        return self._alarms.verdict(row, pair, self._alarms.move(pair, before, after, seen))


@cache
def words_of(quality: int) -> tuple[str, ...]:
    """Return the flags of a reading in words."""
    return names_of(quality)


def reading_seen(decided: Decided) -> dict[str, object]:
    """Return a reading as evidence shows it."""
    return {
        "time": iso(decided.time_ns),
        "arrival": iso(decided.arrival_ns),
        "value": decided.value,
        "quality": words_of(decided.quality),
    }


def bands_of(terms: Terms) -> tuple[Band, ...]:
    """Return the bands of levelled terms."""
    assert isinstance(terms, Levelled)  # the book gives each kind the terms it read
    return terms.bands
