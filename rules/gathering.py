"""The newest values of the sides of each group, taken together at every reading of one of its members."""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from city.reading import ReadingBatch
from rules.alarms import NEVER_NS
from rules.groups import Groups
from rules.limits import ENDLESS_NS
from rules.metered import rounds, taken
from rules.pairs import Pairs
from rules.series import SeriesIndex
from rules.table import StateTable

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

#: What a side of several sensors becomes: one number.
MEAN, LEAST, MOST, SUM = "mean", "min", "max", "sum"
TAKES = (MEAN, LEAST, MOST, SUM)


class Gathered(NamedTuple):
    """What was known of a group at each reading of a member.

    Attributes:
        group, row, time_ns: the group, the reading, and the group's time.
        value: one number for each side, none (NaN) where no fresh value stands; `sensors` of how many it is
            made, and `oldest_ns` is the time of the oldest of those.
    """

    group: Ints
    row: Ints
    time_ns: Ints
    value: Floats
    sensors: Ints
    oldest_ns: Ints


class Said(NamedTuple):
    """What the members of one side said last, the oldest first, and which of it is not too old to be taken."""

    member: Ints
    value: Floats
    time_ns: Ints
    fresh: NDArray[np.bool_]


class Gathering:
    """Remembers each member's newest value; a group's time is that of the newest one."""

    def __init__(self, name: str, members: Pairs, groups: Groups, sides: Ints, takes: NDArray[np.str_]) -> None:
        """Take each member's side, and for each of the terms what becomes of either side."""
        self._groups, self._side = groups, sides
        #: Which groups take a side which way, for the ways that are in use.
        self._ways = [
            {way: takes[:, side] == way for way in np.unique(takes[:, side]).tolist()} for side in range(takes.shape[1])
        ]
        self._count = takes.shape[1]
        self.members = StateTable(name, members.keys, {"time_ns": (np.int64, NEVER_NS), "value": (np.float64, 0)})
        self.clocks = StateTable(f"{name}_clock", groups.keys, {"clock_ns": (np.int64, NEVER_NS)})

    def read(self, batch: ReadingBatch, index: SeriesIndex, within_ns: Ints) -> Gathered | None:
        """Take what a batch says of the members, in the order of its rows; None where it says nothing of them."""
        seen = taken(batch, index)
        order = np.argsort(seen.row)
        fan = index.fan(seen.series[order])
        row = seen.row[order].take(fan.of)
        return self._gather(batch, fan.pair, row, within_ns) if len(row) else None

    def _gather(self, batch: ReadingBatch, member: Ints, row: Ints, within_ns: Ints) -> Gathered:
        """Take readings, in order of their rows, and return what each makes of its members' groups."""
        of, group, place = self._groups.of_members(member)
        row_of = row[of]
        local = _Local(self._groups, group, place)
        value, time_ns = self.members["value"][local.member], self.members["time_ns"][local.member]
        clock_ns = self.clocks["clock_ns"][local.touched]
        found = Gathered(
            group,
            row_of,
            np.empty(len(group), dtype=np.int64),
            np.empty((self._count, len(group))),
            np.empty((self._count, len(group)), dtype=np.int64),
            np.empty((self._count, len(group)), dtype=np.int64),
        )
        known = _Known(value, time_ns, clock_ns)
        for places in local.runs():
            self._look(found, places, within_ns, local.follow(known, batch, places, row_of[places]))
        for places in rounds(group) if local.in_rounds else ():
            self._look(found, places, within_ns, local.step(known, batch, places, row_of[places]))
        self._keep(batch, member, row, local.touched, clock_ns)
        return found

    def _look(self, found: Gathered, places: Ints, within_ns: Ints, seen: "_Seen") -> None:
        """Note what the sides of groups are at some readings."""
        group = found.group[places]
        found.time_ns[places] = seen.clock_ns
        fresh = seen.time_ns >= (seen.clock_ns - within_ns[group])[seen.owner]
        for side in range(self._count):
            stands = fresh & (self._side[seen.member] == side)
            ways = {way: terms[self._groups.term[group]] for way, terms in self._ways[side].items()}
            found.value[side, places], found.sensors[side, places] = _taken(seen.value, stands, seen.first, ways)
            found.oldest_ns[side, places] = np.minimum.reduceat(np.where(stands, seen.time_ns, ENDLESS_NS), seen.first)

    def said(self, group: int, side: int, within_ns: int) -> Said:
        """Return what the members of one side of a group said last; nothing of those that said nothing yet."""
        member = self._groups.slots(np.array([group])).member
        member = member[(self._side[member] == side) & (self.members["time_ns"][member] != NEVER_NS)]
        member = member[np.argsort(self.members["time_ns"][member], kind="stable")]
        time_ns = self.members["time_ns"][member]
        fresh = time_ns >= int(self.clocks["clock_ns"][group]) - within_ns
        return Said(member, self.members["value"][member], time_ns, fresh)

    def taken(self, group: int, side: int, said: Said) -> float:
        """Return the one number that a side of a group makes of what is fresh; none (NaN) where nothing is."""
        term = self._groups.term[[group]]
        ways = {way: terms[term] for way, terms in self._ways[side].items()}
        if not len(said.member):
            return float("nan")
        return float(_taken(said.value, said.fresh, np.array([0]), ways)[0][0])

    def _keep(self, batch: ReadingBatch, member: Ints, row: Ints, touched: Ints, clock_ns: Ints) -> None:
        self.members["value"][member] = batch.value[row]
        self.members["time_ns"][member] = batch.time_ns[row]
        self.members.touch(member)
        self.clocks["clock_ns"][touched] = clock_ns
        self.clocks.touch(touched)


class _Known(NamedTuple):
    """What is known before a reading: value and time of each slot, and the clock of each group; written in place."""

    value: Floats
    time_ns: Ints
    clock_ns: Ints


class _Seen(NamedTuple):
    """What is known at some readings: the members of each one's group, one reading behind the other.

    Attributes:
        first, owner: where each reading's members begin, and whose each is.
        clock_ns: of each reading, the group's time.
    """

    member: Ints
    value: Floats
    time_ns: Ints
    first: Ints
    owner: Ints
    clock_ns: Ints


#: Members at readings that are looked at together: some megabytes.
_MOST_CELLS = 1 << 17


class _Local:
    """The groups that a batch touches, with their members laid out one group behind the other.

    Few groups with many readings each, as history comes, are followed one by one; many with few go in rounds.
    """

    def __init__(self, groups: Groups, group: Ints, place: Ints) -> None:
        self.touched, self.group = np.unique(group, return_inverse=True)
        self.member, self._first = groups.slots(self.touched)
        self._size = groups.size[self.touched]
        #: Of each reading, the slot of its member.
        self.slot: Ints = self._first[self.group] + place
        self._readings = np.bincount(self.group, minlength=len(self.touched))
        self.in_rounds = len(self.touched) > int(self._readings.max(initial=0))

    def runs(self) -> Iterator[Ints]:
        """Yield places of readings of one group each, in their order; none where all go in rounds."""
        if self.in_rounds:
            return
        end = 0
        for size, readings in zip(self._size.tolist(), self._readings.tolist(), strict=True):
            begin, end, step = end, end + readings, max(1, _MOST_CELLS // size)
            for first in range(begin, end, step):
                yield np.arange(first, min(first + step, end))

    def step(self, known: _Known, batch: ReadingBatch, places: Ints, row: Ints) -> _Seen:
        """Take one reading of each of some groups."""
        of_round = self.group[places]
        known.value[self.slot[places]] = batch.value[row]
        known.time_ns[self.slot[places]] = batch.time_ns[row]
        known.clock_ns[of_round] = np.maximum(known.clock_ns[of_round], batch.time_ns[row])
        slots, first, owner = self.slots_of(of_round)
        clock_ns = known.clock_ns[of_round]
        return _Seen(self.member[slots], known.value[slots], known.time_ns[slots], first, owner, clock_ns)

    def follow(self, known: _Known, batch: ReadingBatch, places: Ints, row: Ints) -> _Seen:
        """Take readings of one group, in their order."""
        group, count = self.group[places[0]], len(places)
        size = int(self._size[group])
        slots = np.arange(size) + self._first[group]
        newest = np.full((count, size), -1)
        newest[np.arange(count), self.slot[places] - slots[0]] = np.arange(count)
        newest = np.maximum.accumulate(newest, axis=0)
        value = np.where(newest < 0, known.value[slots], batch.value[row][newest])
        time_ns = np.where(newest < 0, known.time_ns[slots], batch.time_ns[row][newest])
        clock_ns = np.maximum.accumulate(np.maximum(batch.time_ns[row], known.clock_ns[group]))
        known.value[slots], known.time_ns[slots], known.clock_ns[group] = value[-1], time_ns[-1], clock_ns[-1]
        owner = np.repeat(np.arange(count), size)
        first = np.arange(count) * size
        return _Seen(np.tile(self.member[slots], count), value.ravel(), time_ns.ravel(), first, owner, clock_ns)

    def slots_of(self, local: Ints) -> tuple[Ints, Ints, Ints]:
        """Return the slots of some groups, where each group's begin, and whose each is."""
        size = self._size[local]
        first = np.cumsum(size) - size
        owner = np.repeat(np.arange(len(local)), size)
        return np.repeat(self._first[local] - first, size) + np.arange(int(size.sum())), first, owner


def _taken(
    value: Floats, stands: NDArray[np.bool_], first: Ints, ways: Mapping[str, NDArray[np.bool_]]
) -> tuple[Floats, Ints]:
    """Return for each group one number of the values that stand, NaN where none does, and how many they are."""
    count = np.add.reduceat(stands.astype(np.int64), first)
    picked = np.full(len(first), np.nan)
    for way, groups in ways.items():
        np.copyto(picked, _REDUCED[way](value, stands, first, count), where=groups & (count > 0))
    return picked, count


def _sum(value: Floats, stands: NDArray[np.bool_], first: Ints, count: Ints) -> Floats:
    return np.add.reduceat(np.where(stands, value, 0.0), first)


#: Each way to take one number of several.
_REDUCED: Mapping[str, Callable[[Floats, NDArray[np.bool_], Ints, Ints], Floats]] = {
    MEAN: lambda value, stands, first, count: _sum(value, stands, first, count) / np.maximum(count, 1),
    LEAST: lambda value, stands, first, _: np.minimum.reduceat(np.where(stands, value, np.inf), first),
    MOST: lambda value, stands, first, _: np.maximum.reduceat(np.where(stands, value, -np.inf), first),
    SUM: _sum,
}
