"""What people change in a roster: overrides, swaps and leave, laid over the planned shifts."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from linkage.roster.plan import Duty


class Kind(StrEnum):
    """Why somebody else stands in."""

    OVERRIDE = "override"
    SWAP = "swap"
    LEAVE = "leave"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """For a span of time somebody stands in for somebody.

    Attributes:
        post: empty for every post of the department, as with leave.
        person: whose place it is; empty for everybody's.
        instead: who stands in, the main officer first; nobody where a leave has no substitute.
        number: later ones go over earlier ones.
    """

    kind: Kind
    department: str
    post: str
    from_ns: int
    to_ns: int
    person: str
    instead: tuple[str, ...]
    number: int = 0

    def concerns(self, department: str, post: str) -> bool:
        """Tell whether it can change this post."""
        return self.department == department and self.post in {"", post}


def applied(duties: Iterable[Duty], changes: Iterable[Change]) -> tuple[Duty, ...]:
    """Return the shifts of one post as the changes that concern it leave them, cut where one begins or ends."""
    ordered = sorted(changes, key=lambda change: change.number)
    return tuple(part for duty in duties for part in _parts(duty, ordered))


def _parts(duty: Duty, changes: Sequence[Change]) -> Iterator[Duty]:
    marks = {duty.from_ns, duty.to_ns}
    for change in changes:
        marks.update(at for at in (change.from_ns, change.to_ns) if duty.from_ns < at < duty.to_ns)
    edges = sorted(marks)
    before: Duty | None = None
    for start, end in pairwise(edges):
        people = duty.people
        for change in changes:
            if change.from_ns <= start and end <= change.to_ns:
                people = _changed(people, change)
        if before is not None and before.people == people:
            before = Duty(before.from_ns, end, people)
            continue
        if before is not None:
            yield before
        before = Duty(start, end, people)
    if before is not None:
        yield before


def _changed(people: tuple[str, ...], change: Change) -> tuple[str, ...]:
    if not change.person:
        return change.instead
    if change.person not in people:
        return people
    place = people.index(change.person)
    return tuple(dict.fromkeys((*people[:place], *change.instead, *people[place + 1 :])))
