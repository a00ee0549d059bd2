"""How many members of each group stand beyond their limit at each ballot of a batch."""

import numpy as np
from numpy.typing import NDArray

from city.reading import ReadingBatch
from rules.groups import Groups
from rules.metered import rounds
from rules.table import StateTable
from rules.votes import Ballots

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


class Poll:
    """The ballots of one batch, sorted by group; it counts on copies, so that the votes before stay known.

    Attributes:
        group, row: of each ballot in a group, the group and the reading.
        living, staying: where somebody is lost, at each ballot the votes by those who are not: those cast within a
            while, and all that stand.
    """

    def __init__(
        self, groups: Groups, votes: StateTable, cast: Ballots, batch: ReadingBatch, lost: Flags | None = None
    ) -> None:
        """Take who is lost before the batch; None where nobody is, and `living` is then not counted."""
        self._votes = {name: votes[name].copy() for name in votes.columns}
        of, self.group, place = groups.of_members(cast.member)
        self._cast = cast.take(of)
        self.row = self._cast.row
        self._time_ns, self._value = batch.time_ns[self.row], batch.value[self.row]
        self._touched, self._local = np.unique(self.group, return_inverse=True)
        self._slots = groups.slots(self._touched)
        self._size = groups.size[self._touched]
        self._slot = self._slots.first[self._local] + place
        self._lost = None if lost is None else lost[self._slots.member]
        self.living: Floats | None = None if lost is None else np.zeros(len(self.group))
        self.staying: Floats = np.zeros(0 if lost is None else len(self.group))

    def count(self, clocks: StateTable, within_ns: Ints) -> tuple[Floats, Floats, Ints]:
        """Return at each ballot the votes cast within a while, all that stand, and the group's time; moves clocks.

        A group's time is that of its newest ballot, which a sensor whose clock is behind does not turn back.
        """
        on, time_ns = self._votes["on"][self._slots.member] > 0, self._votes["time_ns"][self._slots.member]
        clock_ns = clocks["clock_ns"][self._touched]
        fresh, standing, at_ns = np.empty(len(self.group)), np.empty(len(self.group)), np.empty_like(self._time_ns)
        for places in rounds(self.group):
            local, slot = self._local[places], self._slot[places]
            on[slot], time_ns[slot] = self._cast.on[places], self._time_ns[places]
            clock_ns[local] = np.maximum(clock_ns[local], self._time_ns[places])
            slots, first, since_ns = self._of(local, clock_ns[local] - within_ns[self._touched[local]])
            standing[places] = np.add.reduceat(on[slots].astype(np.int64), first)
            recent = on[slots] & (time_ns[slots] >= since_ns)
            fresh[places] = np.add.reduceat(recent.astype(np.int64), first)
            if self._lost is not None and self.living is not None:
                self._lost[slot] = False
                lives = ~self._lost[slots]
                self.living[places] = np.add.reduceat((recent & lives).astype(np.int64), first)
                self.staying[places] = np.add.reduceat((on[slots] & lives).astype(np.int64), first)
            at_ns[places] = clock_ns[local]
        clocks["clock_ns"][self._touched] = clock_ns
        clocks.touch(self._touched)
        return fresh, standing, at_ns

    def _of(self, local: Ints, since_ns: Ints) -> tuple[Ints, Ints, Ints]:
        """Return the slots of some groups, where each group's begin, and each slot's share of `since_ns`."""
        size = self._size[local]
        first = np.cumsum(size) - size
        slots = np.repeat(self._slots.first[local] - first, size) + np.arange(int(size.sum()))
        return slots, first, np.repeat(since_ns, size)

    def standing(self, element: int) -> list[tuple[int, float, int]]:
        """Return member, value and time of each vote that stands in a group after the ballot at an index."""
        local = int(self._local[element])
        begin = int(self._slots.first[local])
        members = self._slots.member[begin : begin + int(self._size[local])].tolist()
        standing = {
            member: (float(self._votes["value"][member]), int(self._votes["time_ns"][member]))
            for member in members
            if self._votes["on"][member]
        }
        for ballot in range(int(np.searchsorted(self.group, self.group[element])), element + 1):
            member = int(self._cast.member[ballot])
            if self._cast.on[ballot]:
                standing[member] = float(self._value[ballot]), int(self._time_ns[ballot])
            else:
                standing.pop(member, None)
        return [(member, *standing[member]) for member in sorted(standing)]
