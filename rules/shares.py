"""What a vote counts in its group: one, or its share in percent of the members that are installed by then."""

import numpy as np
from numpy.typing import NDArray

from rules.groups import Groups

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


class Shares:
    """Weighs votes at the time of each; who is not installed yet could not vote."""

    def __init__(self, groups: Groups, installed_ns: Ints, share: NDArray[np.bool_]) -> None:
        """Take since when each member counts, and which groups go by shares."""
        self._groups, self._installed_ns, self._share = groups, installed_ns, share
        slots = groups.slots(np.arange(len(groups)))
        #: From when on all of a group are installed, for most since long ago.
        self._whole_ns = (
            np.maximum.reduceat(installed_ns[slots.member], slots.first) if len(groups) else np.zeros(0, np.int64)
        )

    def voters(self, group: Ints, time_ns: Ints) -> Ints:
        """Return how many members of groups could vote at times; all where nobody could."""
        size = self._groups.size[group]
        early = np.flatnonzero(time_ns < self._whole_ns[group])
        if len(early):
            slots = self._groups.slots(group[early])
            there = self._installed_ns[slots.member] <= np.repeat(time_ns[early], size[early])
            installed = np.add.reduceat(there.astype(np.int64), slots.first)
            size[early] = np.where(installed > 0, installed, size[early])
        return size

    def weights(self, group: Ints, time_ns: Ints) -> Floats:
        """Return what a vote counts in groups at times."""
        return np.where(self._share[group], 100 / self.voters(group, time_ns), 1.0)
