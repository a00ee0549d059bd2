"""Pairs of (rule, asset): the gateways and feeders that the sensors of a rule depend on, and which feeds which."""

from collections.abc import Hashable, Sequence
from typing import Self

import numpy as np
from numpy.typing import NDArray

from city.sensor import Sensor
from rules.pairs import Pairs, Survivors
from rules.population import Population
from rules.rule import Rule, Terms

Ints = NDArray[np.int64]

#: What an asset that is not registered itself is called as a kind of thing.
_UPSTREAM = "upstream"


class Assets:
    """The assets of some rules with the pairs behind each, however many others lie between.

    An asset is a word that sensors name as their upstream. One that is registered itself may name another, and is among
    those behind it. Assets with fewer than `least` pairs behind them are left out.

    Attributes:
        member, first: the pairs behind each asset, one asset behind the other, and where each asset's begin.
        size: how many they are.
        parent: the next asset upstream with pairs of the same rule, -1 for none; `depth` counts those above.
    """

    def __init__(self, pairs: Pairs, least: Ints) -> None:
        """Take of each rule how many pairs an asset has at least; 0 for a rule that looks at no assets."""
        self.roll, self.rules, self.places = pairs.roll, pairs.rules, pairs.places
        self._pairs, self._words, upstream = pairs, *_upstreams(pairs.population)
        rule, code, member = _seats(pairs, upstream, least > 0)
        known, seat, size = np.unique(rule << 32 | code, return_inverse=True, return_counts=True)
        large = size >= least[known >> 32]
        self.rule, self._code, self.size = known[large] >> 32, known[large] & 0xFFFFFFFF, size[large]
        kept = np.flatnonzero(large[seat])
        order = kept[np.lexsort((member[kept], seat[kept]))]
        self.member: Ints = member[order]
        self.first: Ints = np.cumsum(self.size) - self.size
        self.parent = self._parents(upstream.above)
        self.depth = _depths(self.parent)
        self.term = np.array(self.roll.base, dtype=np.int64)[self.rule]
        # Alarms about assets come before those about sensors.
        self.number: Ints = np.arange(len(self)) - len(self)
        self.keys = np.array(self.places, dtype=np.int64)[self.rule] << 32 | self._code
        self.counts: Sequence[int] = np.bincount(self.rule, minlength=len(self.rules)).tolist()

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.rule)

    def behind(self, row: int) -> Ints:
        """Return the pairs behind an asset."""
        return self.member[self.first[row] : self.first[row] + self.size[row]]

    def _parents(self, above: Ints) -> Ints:
        """Return the row of the asset that feeds each; as all of a child's pairs are its own, it is never too small."""
        wanted = self.rule << 32 | np.maximum(above[self._code], 0)
        own = self.rule << 32 | self._code
        found = np.searchsorted(own, wanted).clip(max=max(0, len(own) - 1))
        is_there = above[self._code] >= 0
        return np.where(is_there, found, -1)

    def name(self, row: int) -> str:
        """Return what an asset is called."""
        return self._words[int(self._code[row])]

    def target(self, pair: int) -> Sensor:
        """Return what the alarms of an asset are about: itself where it is registered, else what stands for it."""
        population, name = self._pairs.population, self.name(pair)
        row = population.row_of(name)
        if row is not None:
            sensor: Sensor = population.sensors[row]
            return sensor
        domain = self._pairs.target(int(self.member[self.first[pair]])).domain
        return Sensor(name, name, domain, _UPSTREAM)

    def terms(self, pair: int) -> Terms:
        """Return the terms that an asset is judged by: the rule's own."""
        return self.roll.terms[int(self.term[pair])]

    def survivors(self, old: Self) -> Survivors:
        """Match the assets of an earlier context with these: same rule and name, and terms that judge equally."""
        names: dict[Hashable, int] = {}
        codes, old_codes = self.roll.codes(names), old.roll.codes(names)
        own = {self._called(row, codes): row for row in range(len(self))}
        new = np.array([own.get(old._called(row, old_codes), -1) for row in range(len(old))], dtype=np.int64)
        return Survivors(np.flatnonzero(new >= 0), new[new >= 0], np.flatnonzero(new < 0))

    def _called(self, row: int, codes: Ints) -> Hashable:
        return self.rules[int(self.rule[row])].id, self.name(row), int(codes[self.term[row]])

    def concerning(self, rule: str, sensor: str) -> list[int]:
        """Return the asset of a rule that is so called."""
        return [row for row in range(len(self)) if self.name(row) == sensor and self._of(row).id == rule]

    def reads(self, row: int) -> list[tuple[str, str]]:
        """Return nothing: an asset says nothing itself."""
        return []

    def _of(self, row: int) -> Rule:
        return self.rules[int(self.rule[row])]


class _Upstreams:
    """Of each sensor the asset that it depends on, or is (-1 for none), and of each asset the one that feeds it."""

    def __init__(self, of_sensor: Ints, above: Ints) -> None:
        self.of_sensor, self.above = of_sensor, above


def _upstreams(population: Population) -> tuple[Sequence[str], _Upstreams]:
    codes, words = population.words_of("upstream")
    named = np.array([bool(word) for word in words], dtype=np.bool_)
    of_sensor = np.where(named[codes], codes, -1) if len(words) else codes
    above = np.full(len(words), -1, dtype=np.int64)
    own = of_sensor.copy()
    for code, word in enumerate(words):
        row = population.row_of(word) if word else None
        if row is not None:
            above[code], own[row] = of_sensor[row], code
    return words, _Upstreams(own, _without_circles(above))


def _without_circles(above: Ints) -> Ints:
    """Return what feeds each asset, cut where a registry says that something feeds itself by way of others."""
    for code in range(len(above)):
        seen, at = {code}, code
        while above[at] >= 0:
            if int(above[at]) in seen:
                above[at] = -1
                break
            at = int(above[at])
            seen.add(at)
    return above


def _seats(pairs: Pairs, upstream: _Upstreams, wanted: NDArray[np.bool_]) -> tuple[Ints, Ints, Ints]:
    """Return rule, asset and pair, for each pair all the assets above it."""
    member = np.flatnonzero(wanted[pairs.rule]) if len(pairs) else np.array([], dtype=np.int64)
    code = upstream.of_sensor[pairs.sensor[member]]
    found: list[tuple[Ints, Ints]] = []
    while len(member := member[code >= 0]):
        code = code[code >= 0]
        found.append((code, member))
        code = upstream.above[code]
    none = np.array([], dtype=np.int64)
    codes, members = (np.concatenate([none, *column]) for column in zip(*found, strict=True)) if found else (none, none)
    return pairs.rule[members] if len(pairs) else none, codes, members


def _depths(parent: Ints) -> Ints:
    """Return how many assets are above each."""
    depth, at = np.zeros(len(parent), dtype=np.int64), parent.copy()
    while (above := at >= 0).any():
        depth += above
        at = np.where(above, parent[at], -1)
    return depth
