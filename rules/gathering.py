"""The newest values of the sides of each group, taken together at every reading of one of its members."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from city.reading import ReadingBatch
from rules.alarms import NEVER_NS
from rules.groups import Groups, Seats
from rules.metered import NOT_MEASURED, looked_at
from rules.mortality import Heard
from rules.pairs import Pairs
from rules.segment import Segments
from rules.series import SeriesIndex
from rules.sides import OneNumber, Side, Spoken, one_number
from rules.table import StateTable

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


class Gathered(NamedTuple):
    """What was known of a group at each reading of a member.

    Attributes:
        group, member, row, time_ns: the group, who spoke, the reading, and the group's time.
        sides: what each side is taken as.
    """

    group: Ints
    member: Ints
    row: Ints
    time_ns: Ints
    sides: tuple[OneNumber, ...]


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
        self._groups, self._side, self._takes = groups, sides, takes
        slots = groups.slots(np.arange(len(groups)))
        #: Of each seat in a group, whose side it is and its place there; `_first` is where a group's begin.
        self._first, self._side_of, self._rank = slots.first, sides[slots.member], np.empty_like(slots.member)
        owner = np.repeat(np.arange(len(groups)), groups.size)
        self._sides: list[Side] = []
        for number in range(takes.shape[1]):
            seats = np.flatnonzero(self._side_of == number)
            size = np.bincount(owner[seats], minlength=len(groups))
            self._rank[seats] = np.arange(len(seats)) - (np.cumsum(size) - size)[owner[seats]]
            self._sides.append(Side(number, slots.member[seats], size, takes[groups.term, number].tolist()))
        self.members = StateTable(name, members.keys, {"time_ns": (np.int64, NEVER_NS), "value": (np.float64, 0)})
        self.clocks = StateTable(f"{name}_clock", groups.keys, {"clock_ns": (np.int64, NEVER_NS)})

    def heard(self, batch: ReadingBatch, index: SeriesIndex) -> Heard:
        """Return what a batch says of the members that can be measured."""
        seen = looked_at(batch, index, NOT_MEASURED)
        fan = index.fan(seen.series)
        return Heard(fan.pair, fan.spread(seen.row))

    def gather(self, batch: ReadingBatch, heard: Heard, within_ns: Ints) -> Gathered | None:
        """Return what each reading makes of its groups, before it is kept; None where nobody spoke that is in one."""
        seats = self._groups.of_members(heard.member)
        if not len(seats.of):
            return None
        return self._gather(batch, heard.member.take(seats.of), seats, heard.row.take(seats.of), within_ns)

    def keep(self, batch: ReadingBatch, heard: Heard) -> None:
        """Remember what was said."""
        if len(heard.member):
            self.members["value"][heard.member] = batch.value.take(heard.row)
            self.members["time_ns"][heard.member] = batch.time_ns.take(heard.row)
            self.members.touch(heard.member)

    def _gather(self, batch: ReadingBatch, member: Ints, seats: Seats, row: Ints, within_ns: Ints) -> Gathered:
        """Return what readings of members of groups make of each; their clocks are moved."""
        group, time_ns = seats.group, batch.time_ns.take(row)
        clock_ns = self._clock_ns(group, time_ns)
        seat = self._first.take(group) + seats.place
        since_ns = clock_ns - within_ns.take(group)
        spoken = Spoken(
            group, self._side_of.take(seat), self._rank.take(seat), time_ns, batch.value.take(row), since_ns
        )
        sides = tuple(side.look(spoken, self.members) for side in self._sides)
        return Gathered(group, member, row, clock_ns, sides)

    def _clock_ns(self, group: Ints, time_ns: Ints) -> Ints:
        """Return the group's time at each reading, and keep it; `group` is sorted."""
        readings = Segments.alike(group)
        touched = readings.starts(group)
        clock_ns = readings.so_far(np.maximum(time_ns, readings.spread(self.clocks["clock_ns"].take(touched))))
        self.clocks["clock_ns"][touched] = readings.ends(clock_ns)
        self.clocks.touch(touched)
        return clock_ns

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
        return self._one(group, side, said.value, said.fresh)

    def columns(self, group: int, member: Ints, value: Floats, fresh: NDArray[np.bool_]) -> list[Floats]:
        """Return what each side of a group makes of those values of its members that are fresh, NaN of none."""
        whose = self._side[member]
        return [
            np.array([self._one(group, side, value[whose == side], fresh[whose == side])])
            for side in range(self._takes.shape[1])
        ]

    def _one(self, group: int, side: int, value: Floats, fresh: NDArray[np.bool_]) -> float:
        if not len(value):
            return float("nan")
        way = str(self._takes[self._groups.term[group], side])
        return float(one_number(way, value[:, None], fresh[:, None])[0])
