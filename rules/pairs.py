"""Pairs of (rule, sensor) in columns, and how they pass from one context to the next."""

from collections.abc import Hashable, Sequence
from typing import NamedTuple, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from city.sensor import Sensor
from rules.population import Population
from rules.rule import Rule, Terms
from rules.schedule import Schedule

Ints = NDArray[np.int64]

#: Sensor number, quantity and rule share 63 bits of a sort key: 31 + 11 + 21.
_RULE_BITS, _QUANTITY_BITS = 21, 11


class Survivors(NamedTuple):
    """Which old pairs live on, as which new ones, and which are gone."""

    old: Ints
    new: Ints
    gone: Ints


class Roll:
    """The rules of one kind with all the terms they judge by: each its own, then those of its exceptions.

    Attributes:
        terms: of all rules; `base` is the place of each rule's own.
        schedules, sources: of each of `terms`, when it judges and, for an exception, on whose word it holds.
    """

    def __init__(self, rules: Sequence[tuple[int, Rule]]) -> None:
        self.rules = [rule for _, rule in rules]
        self.places = [place for place, _ in rules]
        self.terms: list[Terms] = []
        self.schedules: list[Schedule | None] = []
        self.sources: list[str] = []
        self.base: list[int] = []
        for rule in self.rules:
            self.base.append(len(self.terms))
            self._add(rule, rule.terms, "")
            for variant in rule.exceptions:
                # One that is exempt has a place too, which no pair takes.
                self._add(rule, rule.terms if variant.terms is None else variant.terms, variant.source)

    def _add(self, rule: Rule, terms: Terms, source: str) -> None:
        self.terms.append(terms)
        self.schedules.append(rule.when)
        self.sources.append(source)

    def members(self, index: int, population: Population) -> tuple[Ints, Ints]:
        """Return the rows of the sensors that a rule judges, and by which of `terms`."""
        rule, rows = self.rules[index], population.match(self.rules[index].select)
        term = np.full(len(rows), self.base[index])
        # The first exception that matches holds, so it is written last.
        for number, variant in reversed([*enumerate(rule.exceptions, 1)]):
            term[np.isin(rows, population.match(variant.select))] = (
                -1 if variant.terms is None else self.base[index] + number
            )
        return rows[term >= 0], term[term >= 0]

    def circumstances(self, term: int) -> dict[str, object]:
        """Return under which schedule and by which exception terms judge, where there are any, as evidence shows it."""
        schedule, source = self.schedules[term], self.sources[term]
        found: dict[str, object] = {}
        if schedule is not None:
            found["schedule"] = {"name": schedule.name, "open": schedule.described()}
        if source:
            found["exception"] = source
        return found

    def codes(self, names: dict[Hashable, int]) -> Ints:
        """Return a number for each of `terms` under its schedule, equal numbers for what judges equally."""
        judged = zip(self.terms, self.schedules, strict=True)
        return np.array([names.setdefault(one, len(names)) for one in judged], dtype=np.int64)


class Targets(Protocol):
    """Pairs of a rule and what its alarms are about, as ladders and alarms see them.

    Attributes:
        roll: the kind's rules and terms.
        rules, places: the kind's rules, and their places in the book.
        rule, term: of each pair, index into the roll's rules and terms.
        number: of each pair, its place in the order of targets.
        keys: what a pair is called in a checkpoint, stable for one context.
        counts: of each rule, how many sensors it judges.
    """

    roll: Roll
    rules: Sequence[Rule]
    places: Sequence[int]
    rule: Ints
    term: Ints
    number: Ints
    keys: Ints
    counts: Sequence[int]

    def __len__(self) -> int:
        """Return how many pairs there are."""
        ...

    def target(self, pair: int) -> Sensor:
        """Return what the alarms of a pair are about."""
        ...

    def terms(self, pair: int) -> Terms:
        """Return the terms that a pair is judged by."""
        ...

    def survivors(self, old: Self) -> Survivors:
        """Match the pairs of an earlier context with these: same rule and target, and terms that judge equally."""
        ...

    def concerning(self, rule: str, sensor: str) -> list[int]:
        """Return the pairs of a rule whose target a sensor is, or has part in; also those of a target so called."""
        ...

    def reads(self, pair: int) -> list[tuple[str, str]]:
        """Return the series, as sensor and quantity, by which a pair is judged; no quantity where it is events."""
        ...


class Pairs:
    """All pairs of one kind, in order of sensor number, quantity and rule, so that a series' rules lie together.

    Attributes:
        roll: the kind's rules and terms; `population` has the sensors.
        quantities: the distinct quantities of the rules; `quantity` of a pair is an index into them.
        rule, term, sensor, number: of each pair, index into the roll's rules and terms, row in the population,
            permanent sensor number.
        keys: what a pair is called in a checkpoint, stable for one context.
    """

    def __init__(self, rules: Sequence[tuple[int, Rule]], population: Population, able: NDArray[np.bool_]) -> None:
        self.roll = Roll(rules)
        self.rules: Sequence[Rule] = self.roll.rules
        self.places: Sequence[int] = self.roll.places
        self.population, self.sensors = population, population.sensors
        self.quantities = sorted({rule.select.quantity for rule in self.rules})
        members = [self.roll.members(index, population) for index in range(len(self.rules))]
        matches = [(rows[able[rows]], term[able[rows]]) for rows, term in members]
        self.counts: Sequence[int] = [len(rows) for rows, _ in matches]
        none = np.array([], dtype=np.int64)
        sensor = np.concatenate([none, *(rows for rows, _ in matches)])
        term = np.concatenate([none, *(term for _, term in matches)])
        rule = np.repeat(np.arange(len(matches)), self.counts)
        quantity = np.array([self.quantities.index(rule.select.quantity) for rule in self.rules], dtype=np.int64)
        series = population.numbers[sensor] << _QUANTITY_BITS | quantity[rule]
        order = np.argsort(series << _RULE_BITS | rule)
        self.rule, self.term, self.sensor, self.series = rule[order], term[order], sensor[order], series[order]
        self.quantity = self.series & ((1 << _QUANTITY_BITS) - 1)
        self.number = self.series >> _QUANTITY_BITS
        self.keys = np.array(self.places, dtype=np.int64)[self.rule] << 32 | self.number

    def __len__(self) -> int:
        """Return how many pairs there are."""
        return len(self.rule)

    def target(self, pair: int) -> Sensor:
        """Return what the alarms of a pair are about."""
        return self.sensors[int(self.sensor[pair])]

    def terms(self, pair: int) -> Terms:
        """Return the terms that a pair is judged by."""
        return self.roll.terms[int(self.term[pair])]

    def survivors(self, old: Self) -> Survivors:
        """Match the pairs of an earlier context with these: same rule and sensor, and terms that judge equally."""
        by_id = {rule.id: index for index, rule in enumerate(self.rules)}
        heirs = np.array([self._heir(rule, by_id) for rule in old.rules], dtype=np.int64)
        heir = heirs[old.rule] if len(old) else old.rule
        wanted = heir << 32 | old.number
        own = self.rule << 32 | self.number
        if not len(own):
            return Survivors(own, own, np.arange(len(old)))
        new = _places(own, wanted)
        names: dict[Hashable, int] = {}
        alike = self.roll.codes(names)[self.term[new]] == old.roll.codes(names)[old.term]
        lives = (heir >= 0) & (own[new] == wanted) & alike
        return Survivors(np.flatnonzero(lives), new[lives], np.flatnonzero(~lives))

    def concerning(self, rule: str, sensor: str) -> list[int]:
        """Return the pairs of a rule and a sensor."""
        row = self.population.row_of(sensor)
        found = [pair for pair in np.flatnonzero(self.sensor == row).tolist() if self.rules[self.rule[pair]].id == rule]
        return found if row is not None else []

    def reads(self, pair: int) -> list[tuple[str, str]]:
        """Return the series by which a pair is judged."""
        return [(self.population.id_of(int(self.sensor[pair])), self.quantities[int(self.quantity[pair])])]

    def _heir(self, rule: Rule, by_id: dict[str, int]) -> int:
        index = by_id.get(rule.id, -1)
        return index if index >= 0 and self.rules[index].succeeds(rule) else -1


def _places(own: Ints, wanted: Ints) -> Ints:
    """Return where each of `wanted` is in `own`, any place where it is not; in most new books nothing has moved."""
    if np.array_equal(own, wanted):
        return np.arange(len(own))
    # Looked for in their order: at random, a hundred thousand look-ups miss the processor's cache as often.
    order, by = np.argsort(own), np.argsort(wanted)
    found = np.empty(len(wanted), dtype=np.int64)
    found[by] = order[np.searchsorted(own[order], wanted[by]).clip(max=len(own) - 1)]
    return found
