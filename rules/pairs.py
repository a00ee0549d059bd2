"""Pairs of (rule, sensor) in columns, and how they pass from one context to the next."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from city.sensor import Sensor
from rules.population import Population
from rules.rule import Rule

Ints = NDArray[np.int64]

#: Sensor number, quantity and rule share 63 bits of a sort key: 31 + 11 + 21.
_RULE_BITS, _QUANTITY_BITS = 21, 11


class Survivors(NamedTuple):
    """Which old pairs live on, as which new ones, and which are gone."""

    old: Ints
    new: Ints
    gone: Ints


class Pairs:
    """All pairs of one kind, in order of sensor number, quantity and rule, so that a series' rules lie together.

    Attributes:
        rules: the kind's rules; `places` are their places in the book.
        quantities: the distinct quantities of the rules; `quantity` of a pair is an index into them.
        rule, sensor, number: of each pair, index into `rules`, row in the population, permanent sensor number.
        keys: what a pair is called in a checkpoint, stable for one context.
    """

    def __init__(
        self, rules: Sequence[tuple[int, Rule]], population: Population, eligible: Callable[[Sensor], bool]
    ) -> None:
        self.rules = [rule for _, rule in rules]
        self.places = [place for place, _ in rules]
        self.sensors = population.sensors
        self.quantities = sorted({rule.select.quantity for rule in self.rules})
        able = np.array([eligible(sensor) for sensor in population.sensors], dtype=np.bool_)
        matches = [rows[able[rows]] for rows in (population.match(rule.select) for rule in self.rules)]
        self.counts = [len(rows) for rows in matches]
        sensor = np.concatenate([np.array([], dtype=np.int64), *matches])
        rule = np.repeat(np.arange(len(matches)), self.counts)
        quantity = np.array([self.quantities.index(rule.select.quantity) for rule in self.rules], dtype=np.int64)
        series = population.numbers[sensor] << _QUANTITY_BITS | quantity[rule]
        order = np.argsort(series << _RULE_BITS | rule)
        self.rule, self.sensor, self.series = rule[order], sensor[order], series[order]
        self.quantity = self.series & ((1 << _QUANTITY_BITS) - 1)
        self.number = self.series >> _QUANTITY_BITS
        self.keys = np.array(self.places, dtype=np.int64)[self.rule] << 32 | self.number

    def __len__(self) -> int:
        """Return how many pairs there are."""
        return len(self.rule)

    def survivors(self, old: "Pairs") -> Survivors:
        """Match the pairs of an earlier context with these: same sensor, and a rule that judges like the old one."""
        by_id = {rule.id: index for index, rule in enumerate(self.rules)}
        heirs = np.array([self._heir(rule, by_id) for rule in old.rules], dtype=np.int64)
        heir = heirs[old.rule] if len(old) else old.rule
        wanted = heir << 32 | old.number
        own = self.rule << 32 | self.number
        order = np.argsort(own)
        found = np.searchsorted(own, wanted, sorter=order)
        new = order[found.clip(max=len(own) - 1)] if len(own) else np.zeros(len(old), dtype=np.int64)
        lives = (heir >= 0) & (own[new] == wanted) if len(own) else np.zeros(len(old), dtype=np.bool_)
        return Survivors(np.flatnonzero(lives), new[lives], np.flatnonzero(~lives))

    def _heir(self, rule: Rule, by_id: dict[str, int]) -> int:
        index = by_id.get(rule.id, -1)
        return index if index >= 0 and self.rules[index].judges_like(rule) else -1
