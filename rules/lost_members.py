"""Members that die: who fell silent or went beyond what it can measure, and what that is to the number it is part of.

A death is looked at once, at the first tick after it: the target's level is raised where it was pending at that moment
and the living alone do not reach it, and in doubt where it stood and the living alone do not keep it. A good reading is
the end of a death.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from city.reading import ReadingBatch
from rules.alarms import NEVER_NS
from rules.dying import DOUBTED, UNSEEN, OnDeath, heard_ns
from rules.groups import Seats, Slots
from rules.ladder import Ladder
from rules.limits import ENDLESS_NS
from rules.listening import Listening
from rules.metered import NOT_MEASURED, Samples, looked_at
from rules.mortality import Heard, Last, Mortality, first_beyond_ns, goes_beyond, last_rows
from rules.ordering import stable_order
from rules.pairs import Pairs, Targets
from rules.series import SeriesIndex
from rules.table import StateTable

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

#: A member's state: `_BEYOND` is a death that the next tick looks at; then it is one by range, the other by silence.
_ALIVE, _DEAD, _BEYOND, _DEAD_BY_RANGE = 0, 1, 2, 3


class Seating(Protocol):
    """Who belongs to which target."""

    def of_members(self, member: Ints) -> Seats:
        """Return the targets of each member, by target."""
        ...

    def slots(self, groups: Ints) -> Slots:
        """Return the members of some targets."""
        ...


class Alone:
    """Every member is a target by itself."""

    def of_members(self, member: Ints) -> Seats:
        """Return each member as its own target, by target."""
        of = np.arange(len(member)) if (order := stable_order(member)) is None else order
        return Seats(of, member.take(of), np.zeros(len(of), dtype=np.int64))

    def slots(self, groups: Ints) -> Slots:
        """Return each target as its only member."""
        return Slots(groups, np.arange(len(groups)))


class OnDeaths(NamedTuple):
    """What a death means under each of the terms of members, and of the targets that they are part of."""

    of_members: Sequence[OnDeath | None]
    of_targets: Sequence[OnDeath | None]


#: No readings.
NOBODY = Heard(np.array([], dtype=np.int64), np.array([], dtype=np.int64))


class LostMembers:
    """Remembers when each member was last heard, what each target was last judged by, and which are unconfirmed.

    Attributes:
        members, targets: the tables of both.
        mortality: what a death means for each member.
        doubts: whether any target's alarm is unconfirmed.
    """

    def __init__(
        self, name: str, members: Pairs, targets: Targets, seating: Seating, ladder: Ladder, on_death: OnDeaths
    ) -> None:
        """Take what a death means under each of the terms of members, and of targets."""
        self._seating, self._ladder = seating, ladder
        columns = dict.fromkeys(("heard_ns", "arrived_ns", "time_ns"), (np.int64, NEVER_NS))
        self.members = StateTable(f"{name}_heard", members.keys, {**columns, "dead": (np.int8, _ALIVE)})
        last = {"value": (np.float64, 0), "doubted": (np.int8, 0), "parted_ns": (np.int64, NEVER_NS)}
        self.targets = StateTable(f"{name}_last", targets.keys, last)
        self.mortality = Mortality(members, on_death.of_members)
        self._mortal, self._dead_ns = self.mortality.mortal, self.mortality.dead_ns
        self._at_risk: Flags = np.array([one is not None for one in on_death.of_targets], dtype=np.bool_)[targets.term]
        #: Who can be found silent, and the listening time before which nobody is.
        self._awaited = np.flatnonzero(self._mortal & (self._dead_ns < ENDLESS_NS))
        self._least_ns, self._next_ns = int(self._dead_ns[self._awaited].min(initial=ENDLESS_NS)), NEVER_NS
        self._all, self._any = bool(self._mortal.all()), bool(self._mortal.any() and self._at_risk.any())
        self.doubts = self._gone = False

    def __bool__(self) -> bool:
        """Return whether anybody's death matters."""
        return self._any

    def refresh(self) -> None:
        """Derive from the tables whether anything is unconfirmed, and who may die next."""
        self.doubts = bool(self.targets["doubted"].any())
        self._gone = bool((self.members["dead"] == _BEYOND).any())
        self._next_ns = NEVER_NS

    def note(self, batch: ReadingBatch, heard: Heard, index: SeriesIndex, listening: Listening) -> None:
        """Remember who was heard, and who went beyond what it can measure after its last good reading."""
        member, row = heard
        if not self._all:
            mine = np.flatnonzero(self._mortal.take(member))
            member, row = member.take(mine), row.take(mine)
        if len(member):
            table, at_ns = self.members, heard_ns(batch, row, listening)
            table["heard_ns"][member], table["arrived_ns"][member] = at_ns, batch.arrival_ns.take(row)
            table["time_ns"][member], table["dead"][member] = batch.time_ns.take(row), _ALIVE
            table.touch(member)
            self._next_ns = min(self._next_ns, int(at_ns.min()) + self._least_ns)
        if goes_beyond(batch):
            self._go_beyond(batch, Heard(member, row), index)

    def _go_beyond(self, batch: ReadingBatch, heard: Heard, index: SeriesIndex) -> None:
        member, row = self.mortality.beyond(batch, index)
        died = self.members["dead"][member] == _ALIVE
        died &= self.mortality.is_soon(member, batch.arrival_ns[row], self.members["arrived_ns"][member])
        died &= row > last_rows(member, heard)
        self.members["dead"][member[died]] = _BEYOND
        self.members.touch(member[died])
        self._gone = self._gone or bool(died.any())

    def judged(self, samples: Samples) -> None:
        """Remember by what targets were judged last that meet a level or stand on one."""
        at = np.flatnonzero(self._ladder.is_met(samples.pair) | self._ladder.stands(samples.pair))
        if len(at):
            self.targets["value"][samples.pair.take(at)] = samples.value.take(at)
            self.targets.touch(samples.pair.take(at))

    def died(self, time_ns: int, listening: Listening) -> Ints:
        """Return who has died since the last tick, not too long ago; each death is told once."""
        dead, member = self.members["dead"], np.array([], dtype=np.int64)
        if self._gone:
            member, self._gone = np.flatnonzero(dead == _BEYOND), False
        if listening.total_ns >= self._next_ns:
            last_ns = self.members["heard_ns"].take(self._awaited)
            dies_ns = last_ns + self._dead_ns.take(self._awaited)
            lives = (dead.take(self._awaited) == _ALIVE) & (last_ns != NEVER_NS)
            silent = lives & (dies_ns <= listening.total_ns)
            self._next_ns = int(dies_ns[lives & ~silent].min(initial=ENDLESS_NS))
            member = np.concatenate([member, self._awaited[silent]])
        if not len(member):
            return member
        dead[member] = np.where(dead[member] == _BEYOND, _DEAD_BY_RANGE, _DEAD)
        self.members.touch(member)
        return member[self.mortality.matters(member, time_ns, self.members["arrived_ns"][member])]

    def fallen(self, member: Ints, living: Callable[[Ints], Floats]) -> Ints:
        """Return the targets of members that died whose level is pending, and that the living do not reach.

        `living` returns of targets the number without the dead, NaN where there is none.
        """
        target = self._of(member)
        target = target[self._ladder.is_pending(target)]
        if not len(target):
            return target
        return target[~self._ladder.met_at(target, self._ladder.highest_met(target), living(target))]

    def shaken(self, member: Ints, living: Callable[[Ints], Floats]) -> Ints:
        """Return the targets of members that died whose alarm stands and was sure, and that the living do not keep."""
        target = self._of(member)
        target = target[self._ladder.stands(target) & ~self.doubted(target)]
        return target[~self._ladder.kept_at(target, living(target))] if len(target) else target

    def _of(self, member: Ints) -> Ints:
        """Return the targets of members to which deaths matter."""
        target = np.unique(self._seating.of_members(member).group)
        return target[self._at_risk[target]]

    def _lost(self, target: int) -> tuple[Ints, Ints]:
        """Return the dead of a target, and when each said its last good word."""
        member = self._seating.slots(np.array([target])).member
        lost = member[self.is_dead(member)]
        return lost, self.members["time_ns"].take(lost)

    def is_dead(self, member: Ints) -> Flags:
        """Return which members are dead."""
        dead: Flags = self.members["dead"].take(member) != _ALIVE
        return dead

    def number(self, target: int) -> float:
        """Return by what a target was judged last that meets a level or stands on one."""
        return float(self.targets["value"][target])

    def doubted(self, target: Ints) -> Flags:
        """Return of which targets the alarm is unconfirmed."""
        doubted: Flags = self.targets["doubted"].take(target) > 0
        return doubted

    def was_sure(self, target: Ints) -> Flags:
        """Return of which targets the alarm is unconfirmed, but was sure when it was raised."""
        sure: Flags = self.targets["doubted"].take(target) == DOUBTED
        return sure

    def waver(self, target: Ints) -> None:
        """Note that the alarms of some targets, which were sure, are unconfirmed."""
        if len(target):
            self.targets["doubted"][target], self.doubts = DOUBTED, True
            self.targets.touch(target)

    def doubt(self, target: Ints) -> None:
        """Note that the alarms of some targets are unconfirmed, and when the first of their dead spoke last."""
        if len(target):
            self.targets["doubted"][target], self.doubts = UNSEEN, True
            self.targets["parted_ns"][target] = [int(self._lost(one)[1].min()) for one in target.tolist()]
            self.targets.touch(target)

    def believe(self, target: Ints) -> None:
        """Note that readings of the living have decided about some targets."""
        if len(target):
            self.targets["doubted"][target], self.targets["parted_ns"][target] = 0, NEVER_NS
            self.targets.touch(target)
            self.doubts = bool(self.targets["doubted"].any())

    def due_ns(self, batch: ReadingBatch, index: SeriesIndex, listening: Listening) -> int:
        """Return when the first may be found dead, given that these readings come and nothing else."""
        if self._gone:
            return NEVER_NS
        seen = looked_at(batch, index, NOT_MEASURED)
        fan = index.fan(seen.series)
        stamp_ns = heard_ns(batch, fan.spread(seen.row), listening)
        member = np.concatenate([self._awaited, fan.pair])
        before_ns = self.members["heard_ns"].take(self._awaited)
        before_ns[self.members["dead"].take(self._awaited) != _ALIVE] = NEVER_NS
        said_ns = np.concatenate([before_ns, stamp_ns])
        order = np.lexsort((said_ns, member))
        member, said_ns = member[order], said_ns[order]
        dies_ns = said_ns + self._dead_ns.take(member)
        again_ns = np.append(said_ns[1:], ENDLESS_NS)
        again_ns[:-1][member[1:] != member[:-1]] = ENDLESS_NS
        dies = self._mortal.take(member) & (said_ns != NEVER_NS) & (dies_ns <= again_ns)
        first_ns = int(dies_ns[dies].min(initial=ENDLESS_NS))
        due_ns = min(listening.mark_ns + max(first_ns - listening.total_ns, 0), ENDLESS_NS)
        return min(due_ns, first_beyond_ns(batch, index))

    def told(self, target: int) -> dict[str, object]:
        """Return why the alarm of a target is unconfirmed, as evidence shows it: who is dead, and when each spoke."""
        lost, last_ns = self._lost(target)
        if not len(lost):
            return {}
        by_range = (self.members["dead"][lost] == _DEAD_BY_RANGE) | (self.members["dead"][lost] == _BEYOND)
        return self.mortality.told(Last(lost, last_ns, by_range))
