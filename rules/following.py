"""What the members of a few groups said last, followed reading by reading: what a level is kept by, and by whom.

A level that stands is kept by all values that were taken when it was raised, or came since, however old they are by
now: that one of several sensors fell silent moves no alarm. A number is sure in which nothing of the dead is left.
"""

import numpy as np
from numpy.typing import NDArray

from city.reading import ReadingBatch
from rules.alarms import NEVER_NS
from rules.gathering import Gathered, Gathering
from rules.groups import Groups
from rules.ladder import Ladder
from rules.lost_members import LostMembers
from rules.mortality import Heard
from rules.segment import Segments
from rules.series import SeriesIndex

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


class _Words:
    """What the members of one group said last, before the readings from `place` on."""

    def __init__(self, member: Ints, gathering: Gathering, lost: LostMembers, place: int, beyond: Heard) -> None:
        self.member, self.place, self._lost = member, place, lost
        self.value, self.time_ns = gathering.members["value"][member], gathering.members["time_ns"][member]
        self.dead, self._arrived_ns = lost.is_dead(member), lost.members["arrived_ns"][member]
        self._seat = {number: seat for seat, number in enumerate(member.tolist())}
        said = zip(beyond.row.tolist(), beyond.member.tolist(), strict=True)
        #: Rows at which a member goes beyond what it can measure, the next one last.
        self._beyond = sorted(((row, self._seat[one]) for row, one in said if one in self._seat), reverse=True)

    def follow(self, batch: ReadingBatch, found: Gathered, upto: int) -> None:
        """Take the group's readings up to one of them."""
        for place in range(self.place, upto + 1):
            seat, row = self._seat[int(found.member[place])], int(found.row[place])
            self._go_beyond(batch, row)
            self.value[seat], self.time_ns[seat], self.dead[seat] = batch.value[row], batch.time_ns[row], False
            self._arrived_ns[seat] = batch.arrival_ns[row]
        self.place = upto + 1

    def _go_beyond(self, batch: ReadingBatch, upto: int) -> None:
        """Take who went beyond what it can measure before a row."""
        while self._beyond and self._beyond[-1][0] < upto:
            row, seat = self._beyond.pop()
            some = slice(seat, seat + 1)
            soon = self._lost.mortality.is_soon(
                self.member[some], batch.arrival_ns[row : row + 1], self._arrived_ns[some]
            )
            self.dead[seat] |= bool(soon[0])


class Following:
    """Answers for readings of a batch, asked in the order of each group, before the batch is kept."""

    def __init__(
        self, gathering: Gathering, groups: Groups, ladder: Ladder, lost: LostMembers, within_ns: Ints
    ) -> None:
        """Take of each group how old a value may be."""
        self._gathering, self._groups, self._ladder, self._lost = gathering, groups, ladder, lost
        self._within_ns = within_ns

    def stale(self, group: Ints, batch: ReadingBatch, found: Gathered) -> Flags:
        """Return in which of some groups that spoke a value, before or in the batch, is too old at its end."""
        readings = Segments.alike(found.group)
        which = np.searchsorted(readings.starts(found.group), group)
        fresh_ns = readings.ends(found.time_ns)[which] - self._within_ns[group]
        slots, size = self._groups.slots(group), self._groups.size[group]
        time_ns = self._gathering.members["time_ns"][slots.member]
        old = (time_ns != NEVER_NS) & (time_ns < np.repeat(fresh_ns, size))
        stale: Flags = np.logical_or.reduceat(old, slots.first)
        return stale | (readings.least(batch.time_ns.take(found.row))[which] < fresh_ns)

    def begin(self, batch: ReadingBatch, found: Gathered, index: SeriesIndex) -> None:
        """Follow the readings of a batch."""
        self._batch, self._found, self._beyond = batch, found, self._lost.mortality.beyond(batch, index)
        self._words: dict[int, _Words] = {}

    def at(self, place: int) -> tuple[list[Floats], bool]:
        """Return what the sides are by which a level is kept at a reading, and whether nothing of the dead is in it.

        What each side is of the values that are not too old is known already.
        """
        found = self._found
        group, now_ns = int(found.group[place]), int(found.time_ns[place])
        if group not in self._words:
            member = self._groups.slots(np.array([group])).member
            first = int(np.searchsorted(found.group, group))
            self._words[group] = _Words(member, self._gathering, self._lost, first, self._beyond)
        words = self._words[group]
        words.follow(self._batch, found, place)
        fresh_ns = now_ns - int(self._within_ns[group])
        kept = words.time_ns >= min(fresh_ns, self._since_ns(group))
        sure = not (words.dead & (words.time_ns >= fresh_ns)).any()
        return self._gathering.columns(group, words.member, words.value, kept), sure

    def _since_ns(self, group: int) -> int:
        """Return from when on values were taken in the level that stands; later than all where none does."""
        table = self._ladder.table
        if not table["level"][group]:
            return int(np.iinfo(np.int64).max)
        since_ns, parted_ns = int(table["key_ns"][group]), int(self._lost.targets["parted_ns"][group])
        raised_ns = since_ns if parted_ns == NEVER_NS else min(since_ns, parted_ns)
        return raised_ns - int(self._within_ns[group])

    def living(self, group: int) -> list[Floats]:
        """Return what the sides of a group are without its dead."""
        member = self._groups.slots(np.array([group])).member
        time_ns = self._gathering.members["time_ns"][member]
        since_ns = int(self._gathering.clocks["clock_ns"][group]) - int(self._within_ns[group])
        fresh = (time_ns >= since_ns) & (time_ns != NEVER_NS) & ~self._lost.is_dead(member)
        return self._gathering.columns(group, member, self._gathering.members["value"][member], fresh)
