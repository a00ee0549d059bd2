"""Passes over groups of sensors that also remember something of each sensor."""

from typing import Self

from rules.groups import Groups
from rules.kind import Verdict
from rules.metered import MeteredPass
from rules.pairs import Pairs
from rules.table import StateTable


class GroupedPass(MeteredPass):
    """A metered pass whose targets are groups; a kind names in `_of_members` what it keeps of their members."""

    def __init__(self, name: str, members: Pairs, groups: Groups) -> None:
        super().__init__(name, groups, members.population)
        self._members, self._groups = members, groups
        self._of_members: tuple[StateTable, ...] = ()

    @property
    def tables(self) -> tuple[StateTable, ...]:
        """Return the tables that hold all its state."""
        return (*super().tables, *self._of_members)

    def adopt(self, old: Self, time_ns: int) -> list[Verdict]:
        """Take over the state of groups that judge as before, and what is kept of their members."""
        known = self._members.survivors(old._members)
        for table, before in zip(self._of_members, old._of_members, strict=True):
            table.carry(before, known.old, known.new)
        return super().adopt(old, time_ns)
