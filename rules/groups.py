"""Sensors that a rule looks at together: of one site, grid, district or upstream asset, or within a radius."""

import re
from collections.abc import Hashable, Iterable, Sequence
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from city.nearness import box_around
from city.place import Place, distance_m
from city.sensor import Sensor
from city.yaml_lines import Located
from rules.ordering import stable_order
from rules.pairs import Pairs, Roll, Survivors
from rules.rule import Rule, Terms

Ints = NDArray[np.int64]

#: What the sensors of a group have in common: a field of the registry; `sensor` is each one by itself.
FIELDS = ("sensor", "site", "upstream", "grid", "district")

_RADIUS = re.compile(r"(\d+(?:\.\d+)?)\s*(k?m)")

#: The JSON Schema of a grouping.
GROUPING: dict[str, Any] = {
    "oneOf": [{"enum": list(FIELDS)}, {"type": "string", "pattern": r"^\d+(\.\d+)?\s*k?m$"}],
    "description": "one of these fields, the same for all of a group, or a radius such as `500 m` around each sensor",
}

#: A radius beyond this would hold a whole city.
_WIDEST_M = 50_000.0


class Grouping(NamedTuple):
    """How a rule groups its sensors: by a field, or by a radius in metres."""

    field: str = ""
    radius_m: float = 0.0

    def described(self) -> str:
        """Return it in words."""
        return f"within {self.radius_m:g} m" if self.radius_m else f"of one {self.field}"


def read_grouping(written: Located) -> Grouping:
    """Return a grouping.

    Raises:
        BadCityFile: it is neither a field nor a radius.
    """
    text = written.text()
    if text in FIELDS:
        return Grouping(text)
    found = _RADIUS.fullmatch(text)
    radius_m = float(found.group(1)) * (1000.0 if found.group(2) == "km" else 1.0) if found is not None else 0.0
    if not 0 < radius_m <= _WIDEST_M:
        fields = ", ".join(f"`{field}`" for field in FIELDS)
        raise written.wrong(expected=f"one of {fields}, or a radius up to 50 km such as `500 m`")
    return Grouping(radius_m=radius_m)


class Slots(NamedTuple):
    """The members of some groups, one group behind the other: `member`, and where each group's begin."""

    member: Ints
    first: Ints


class Seats(NamedTuple):
    """Members in their groups: index into the members asked for, the group, and the member's place in it."""

    of: Ints
    group: Ints
    place: Ints


class Groups:
    """Pairs of (rule, group of sensors), in order of rule and then of the groups' names.

    A group is judged by an exception's levels only if that holds for all its sensors. It is named by the word that they
    share, around a sensor by that sensor. Where a rule looks at several sides, each is a rule of the members, and
    `owner` says whose side it is among `rules`; exceptions then only leave sensors out.
    """

    def __init__(
        self, members: Pairs, grouping: Sequence[Grouping], roll: Roll | None = None, owner: Sequence[int] = ()
    ) -> None:
        self.roll, sided = (members.roll, False) if roll is None else (roll, True)
        self.rules: Sequence[Rule] = self.roll.rules
        self.places: Sequence[int] = self.roll.places
        owned = np.array(owner if sided else range(len(self.rules)), dtype=np.int64)[members.rule]
        found = [
            (rule, name, rows)
            for rule, how in enumerate(grouping)
            for name, rows in _groups(members, np.flatnonzero(owned == rule), how)
        ]
        self.counts: Sequence[int] = np.bincount(owned, minlength=len(self.rules)).tolist()
        self._members, self._grouping = members, grouping
        self._names = [name for _, name, _ in found]
        self.rule = np.array([rule for rule, _, _ in found], dtype=np.int64)
        self.number = np.arange(len(found))
        self.keys = np.array(self.places, dtype=np.int64)[self.rule] << 32 | self.number
        self.size = np.array([len(rows) for _, _, rows in found], dtype=np.int64)
        self._end: Ints = np.cumsum(self.size)
        self._member = np.concatenate([np.array([], dtype=np.int64), *(rows for _, _, rows in found)])
        terms = [self.roll.base[rule] if sided else self._common(members, rule, rows) for rule, _, rows in found]
        self.term = np.array(terms, dtype=np.int64)
        # Of each member, its groups, and its place in each of them.
        by_member = np.argsort(self._member, kind="stable")
        begins = np.repeat(self._end - self.size, self.size)
        self._count = np.bincount(self._member, minlength=len(members))
        self._first: Ints = np.cumsum(self._count) - self._count
        self._one_each = bool((self._count == 1).all())
        self._group = np.repeat(np.arange(len(found)), self.size)[by_member]
        self._place = (np.arange(len(self._member)) - begins)[by_member]

    def _common(self, members: Pairs, rule: int, rows: Ints) -> int:
        terms = np.unique(members.term[rows])
        return int(terms[0]) if len(terms) == 1 else self.roll.base[rule]

    def __len__(self) -> int:
        """Return how many groups there are."""
        return len(self.rule)

    def target(self, pair: int) -> Sensor:
        """Return what the alarms of a group are about: a sensor, or what stands for its sensors."""
        name, grouping = self._names[pair], self._grouping[int(self.rule[pair])]
        rows = self._members.sensor[self.slots(np.array([pair])).member]
        population = self._members.population
        if grouping.radius_m or grouping.field == "sensor":
            row = next(row for row in rows.tolist() if population.id_of(row) == name)
            sensor: Sensor = population.sensors[row]
            return sensor
        domain = population.sensors[int(rows[0])].domain
        return Sensor(name, name, domain, grouping.field, recorded=bool(population.recorded[rows].all()))

    def terms(self, pair: int) -> Terms:
        """Return the terms that a group is judged by."""
        return self.roll.terms[int(self.term[pair])]

    def slots(self, groups: Ints) -> Slots:
        """Return the members of some groups."""
        size = self.size[groups]
        first = np.cumsum(size) - size
        begins = self._end[groups] - size
        return Slots(self._member[np.repeat(begins - first, size) + np.arange(int(size.sum()))], first)

    def of_members(self, member: Ints) -> Seats:
        """Return the groups of each member, for members that are in some, by group and then in the order given."""
        of, at = np.arange(len(member)), member
        if not self._one_each:
            count = self._count.take(member)
            of = np.repeat(of, count)
            at = np.repeat(self._first.take(member) - (np.cumsum(count) - count), count) + np.arange(len(of))
        group = self._group.take(at)
        order = stable_order(group)
        if order is None:
            return Seats(of, group, self._place.take(at))
        return Seats(of.take(order), group.take(order), self._place.take(at.take(order)))

    def survivors(self, old: Self) -> Survivors:
        """Match the groups of an earlier context with these: same rule and name, and terms that judge equally."""
        names: dict[Hashable, int] = {}
        codes, old_codes = self.roll.codes(names), old.roll.codes(names)
        own = {self._called(pair, codes): pair for pair in range(len(self))}
        new = np.array([own.get(old._called(pair, old_codes), -1) for pair in range(len(old))], dtype=np.int64)
        lives = new >= 0
        return Survivors(np.flatnonzero(lives), new[lives], np.flatnonzero(~lives))

    def concerning(self, rule: str, sensor: str) -> list[int]:
        """Return the groups of a rule that a sensor is in, or that are so called."""
        row, numbers = self._members.population.row_of(sensor), [one.id == rule for one in self.rules]
        mine = np.flatnonzero(self._members.sensor == row) if row is not None else np.array([], dtype=np.int64)
        groups = np.unique(self.of_members(mine).group).tolist()
        called = (pair for pair, name in enumerate(self._names) if name == sensor)
        return sorted({pair for pair in (*groups, *called) if numbers[self.rule[pair]]})

    def reads(self, pair: int) -> list[tuple[str, str]]:
        """Return the series of a group's members."""
        return [one for member in self.slots(np.array([pair])).member.tolist() for one in self._members.reads(member)]

    def _called(self, pair: int, codes: Ints) -> Hashable:
        rule = self.rules[int(self.rule[pair])]
        return rule.id, rule.select.quantity, self._names[pair], int(codes[self.term[pair]])


def _groups(members: Pairs, rows: Ints, grouping: Grouping) -> Iterable[tuple[str, Ints]]:
    """Return the groups of one rule's members: what they are called, and the members of each."""
    if grouping.radius_m:
        return _around(members, rows, grouping.radius_m)
    population, sensor = members.population, members.sensor[rows]
    if grouping.field == "sensor":
        groups = _split(rows, sensor)
        return sorted((population.id_of(int(members.sensor[of_one[0]])), of_one) for of_one in groups)
    codes, words = population.words_of(grouping.field)
    groups = _split(rows, codes[sensor])
    named = ((words[int(codes[members.sensor[of_word[0]]])], of_word) for of_word in groups)
    return sorted((name, of_word) for name, of_word in named if name)


def _split(rows: Ints, by: Ints) -> list[Ints]:
    """Return rows with equal numbers together, each group in order."""
    order = np.argsort(by, kind="stable")
    return np.split(rows[order], np.flatnonzero(np.diff(by[order])) + 1) if len(rows) else []


def _around(members: Pairs, rows: Ints, radius_m: float) -> Iterable[tuple[str, Ints]]:
    """Yield the sensors around each one that has a place, leaving out what lies within a group before it."""
    population = members.population
    longitude, latitude = population.places[members.sensor[rows]].T
    found: list[tuple[str, frozenset[int]]] = []
    for centre in np.flatnonzero(np.isfinite(longitude)).tolist():
        place = Place(float(longitude[centre]), float(latitude[centre]))
        box = box_around(place, radius_m)
        near = (longitude >= box.west) & (longitude <= box.east) & (latitude >= box.south) & (latitude <= box.north)
        around = [
            one
            for one in np.flatnonzero(near).tolist()
            if distance_m(place, Place(float(longitude[one]), float(latitude[one]))) <= radius_m
        ]
        name = population.id_of(int(members.sensor[rows[centre]]))
        found.append((name, frozenset(rows[around].tolist())))
    found.sort(key=lambda group: (-len(group[1]), group[0]))
    kept: list[frozenset[int]] = []
    for name, group in found:
        if not any(group <= larger for larger in kept):
            kept.append(group)
            yield name, np.array(sorted(group), dtype=np.int64)
