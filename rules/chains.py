"""How far each group has come along the steps of its rule, one after the other within a while."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rules.alarms import NEVER_NS
from rules.limits import ENDLESS_NS
from rules.table import Column, StateTable

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


class Chains:
    """Remembers of each group when each step was last taken, and since when it waits for a step that should not fail.

    It waits by itself for each time that this should come: one more often than its rule counts. Of more than these the
    newest and the oldest are waited for: the oldest are missed first, and the newest keeps what then stands open.

    Steps may arrive in any order: what counts is their times. A completed chain is forgotten, so that each step is part
    of one only.
    """

    def __init__(self, name: str, keys: Ints, plan: "Plan") -> None:
        self._plan = plan
        columns: dict[str, Column] = {
            "taken_ns": (np.int64, NEVER_NS, max(1, plan.most)),
            "waits_ns": (np.int64, NEVER_NS),
        }
        self.table = StateTable(name, keys, columns)
        more: dict[str, Column] = {"waits_ns": (np.int64, NEVER_NS, max(1, plan.waits - 1))}
        self.more = StateTable(f"{name}_more", keys, more, rows_a_chunk_bits=0)

    def take(self, group: Ints, step: Ints, time_ns: Ints) -> tuple[Ints, Ints]:
        """Take one step of each of `group`; return when its chain was completed by it, NEVER_NS where it was not.

        And when each step of it was taken, so far as it was before it was forgotten.
        """
        taken_ns = self.table["taken_ns"]
        taken_ns[group, step] = np.maximum(taken_ns[group, step], time_ns)
        self.table.touch(group)
        answers = step == self._plan.steps[group]
        self._answer(group[answers], time_ns[answers])
        steps_ns = taken_ns[group]
        whole = np.flatnonzero(~answers & self._whole(group))
        done = group[whole]
        last_ns = taken_ns[done, self._plan.steps[done] - 1]
        waits = self._plan.without[done]
        self._wait(done[waits], last_ns[waits])
        taken_ns[done] = NEVER_NS
        completed = np.full(len(group), NEVER_NS)
        completed[whole[~waits]] = last_ns[~waits]
        return completed, steps_ns

    def steps(self, group: Ints) -> Ints:
        """Return when groups took each step of the chains that they are in, NEVER_NS where they did not yet."""
        return self.table["taken_ns"][group]

    def waits_ns(self, group: int) -> list[int]:
        """Return since when a group waits for what should follow, the longest first."""
        [waits_ns] = self._waits(np.array([group])).tolist()
        return sorted(since_ns for since_ns in waits_ns if since_ns != NEVER_NS)

    def _waits(self, group: Ints) -> Ints:
        """Return since when groups wait, in no order, NEVER_NS where there is room for more."""
        return np.column_stack([self.table["waits_ns"][group], self.more["waits_ns"][group]])

    def _keep(self, group: Ints, waits_ns: Ints) -> None:
        self.table["waits_ns"][group], self.more["waits_ns"][group] = waits_ns[:, 0], waits_ns[:, 1:]
        self.table.touch(group)
        self.more.touch(group)

    def _answer(self, group: Ints, time_ns: Ints) -> None:
        """Let groups no longer wait for what has come, which all may that waited for it then."""
        if len(group):
            waits_ns, at_ns = self._waits(group), time_ns[:, None]
            came = (at_ns >= waits_ns) & (at_ns <= waits_ns + self._plan.within_ns[group][:, None])
            self._keep(group, np.where(came, NEVER_NS, waits_ns))

    def _wait(self, group: Ints, since_ns: Ints) -> None:
        """Let groups wait for what should follow, unless it came already."""
        answered_ns = self.table["taken_ns"][group, self._plan.steps[group]]
        answered = (answered_ns >= since_ns) & (answered_ns <= since_ns + self._plan.within_ns[group])
        group, since_ns = group[~answered], since_ns[~answered]
        if len(group):
            waits_ns = np.sort(np.column_stack([self._waits(group), since_ns]), axis=1)
            no_room = waits_ns[:, 0] != NEVER_NS
            waits_ns[no_room, -2] = waits_ns[no_room, -1]
            waits_ns[no_room, 1:] = waits_ns[no_room, :-1]
            self._keep(group, waits_ns[:, 1:])

    def _whole(self, group: Ints) -> Flags:
        """Return which groups have taken all steps in their order within their while."""
        steps, taken_ns = self._plan.steps[group], self.table["taken_ns"][group]
        number = np.arange(taken_ns.shape[1])
        within = number < steps[:, None]
        ordered = (np.diff(taken_ns, axis=1) >= 0) | ~within[:, 1:]
        last_ns = taken_ns[np.arange(len(group)), steps - 1]
        known = ((taken_ns != NEVER_NS) | ~within).all(axis=1)
        whole: Flags = known & ordered.all(axis=1)
        whole &= last_ns - taken_ns[:, 0] <= self._plan.within_ns[group]
        return whole

    def next_ns(self) -> int:
        """Return until when the first of the waiting groups waits; ENDLESS_NS where none does."""
        group = self._waiting()
        waits_ns = self._waits(group)
        until_ns = waits_ns + self._plan.within_ns[group][:, None]
        return int(until_ns[waits_ns != NEVER_NS].min(initial=ENDLESS_NS))

    def overdue(self, time_ns: int) -> tuple[Ints, Ints]:
        """Return groups that have waited in vain, and until when; they wait no longer. The same may have so twice."""
        group = self._waiting()
        waits_ns = self._waits(group)
        until_ns = waits_ns + self._plan.within_ns[group][:, None]
        row, place = np.nonzero((waits_ns != NEVER_NS) & (until_ns <= time_ns))
        if len(row):
            missed_ns = until_ns[row, place]
            order = np.lexsort((missed_ns, row))
            waits_ns[row, place] = NEVER_NS
            changed = np.unique(row)
            self._keep(group[changed], waits_ns[changed])
            return group[row[order]], missed_ns[order]
        return row, row

    def _waiting(self) -> Ints:
        """Return the groups that wait for something."""
        some = (self.more["waits_ns"] != NEVER_NS).any(axis=1) | (self.table["waits_ns"] != NEVER_NS)
        return np.flatnonzero(some & self._plan.without)


class Plan(NamedTuple):
    """Of each group: how many steps its rule has, within what while, and whether one more should follow.

    Attributes:
        waits: how often at once a group waits for that at most, 2 or more.
    """

    steps: Ints
    within_ns: Ints
    without: Flags
    waits: int

    @property
    def most(self) -> int:
        """Return the most steps that a rule has, what should follow included."""
        return int((self.steps + self.without).max(initial=0))
