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
    """Remembers of each group when each step was last taken, and which group waits for a step that should not fail.

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

    def take(self, group: Ints, step: Ints, time_ns: Ints) -> tuple[Ints, Ints]:
        """Take one step of each of `group`; return when its chain was completed by it, NEVER_NS where it was not.

        And when each step of it was taken, so far as it was before it was forgotten.
        """
        taken_ns, waits_ns = self.table["taken_ns"], self.table["waits_ns"]
        taken_ns[group, step] = np.maximum(taken_ns[group, step], time_ns)
        self.table.touch(group)
        answers = step == self._plan.steps[group]
        in_time = (time_ns >= waits_ns[group]) & (time_ns <= waits_ns[group] + self._plan.within_ns[group])
        waits_ns[group[answers & in_time]] = NEVER_NS
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

    def waits_ns(self, group: int) -> int:
        """Return since when a group waits for what should follow; NEVER_NS where it does not."""
        return int(self.table["waits_ns"][group])

    def _wait(self, group: Ints, since_ns: Ints) -> None:
        """Let groups wait for what should follow, unless it came already; whoever waits goes on waiting."""
        answered_ns = self.table["taken_ns"][group, self._plan.steps[group]]
        waits_ns = self.table["waits_ns"]
        answered = (answered_ns >= since_ns) & (answered_ns <= since_ns + self._plan.within_ns[group])
        begins = ~answered & (waits_ns[group] == NEVER_NS)
        waits_ns[group[begins]] = since_ns[begins]

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
        waits_ns = self.table["waits_ns"]
        waiting = waits_ns != NEVER_NS
        return int((waits_ns + self._plan.within_ns)[waiting].min(initial=ENDLESS_NS))

    def overdue(self, time_ns: int) -> tuple[Ints, Ints]:
        """Return groups that have waited in vain, and until when; they wait no longer."""
        waits_ns = self.table["waits_ns"]
        waiting = np.flatnonzero(waits_ns != NEVER_NS)
        group = waiting[waits_ns[waiting] + self._plan.within_ns[waiting] <= time_ns]
        until_ns = waits_ns[group] + self._plan.within_ns[group]
        waits_ns[group] = NEVER_NS
        self.table.touch(group)
        return group, until_ns


class Plan(NamedTuple):
    """Of each group: how many steps its rule has, within what while, and whether one more should follow."""

    steps: Ints
    within_ns: Ints
    without: Flags

    @property
    def most(self) -> int:
        """Return the most steps that a rule has, what should follow included."""
        return int((self.steps + self.without).max(initial=0))
