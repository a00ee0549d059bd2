"""Whether somebody is free to take a shift: pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from linkage.roster.plan import Duty


@dataclass(frozen=True, slots=True)
class Span:
    """A shift that is swapped."""

    from_ns: int
    to_ns: int

    def meets(self, from_ns: int, to_ns: int) -> bool:
        """Tell whether the two have any time in common."""
        return self.from_ns < to_ns and from_ns < self.to_ns


#: A department's post.
Where = tuple[str, str]


def clash(
    person: str, takes: Span, gives: tuple[Where, Span], duties: Mapping[Where, Iterable[Duty]], leave: Iterable[Span]
) -> str:
    """Return what keeps `person` from taking a shift; empty when they are free.

    Args:
        person: whose time it is.
        takes: the shift.
        gives: what they give away for it, which keeps them from nothing.
        duties: everybody's duty around the shift.
        leave: of this person.
    """
    if any(takes.meets(one.from_ns, one.to_ns) for one in leave):
        return f"`{person}` is on leave"
    for where, held in duties.items():
        for duty in held:
            if person in duty.people and _keeps(duty, takes, gives[1] if where == gives[0] else None):
                return f"`{person}` has the duty of {'/'.join(where)}"
    return ""


def _keeps(duty: Duty, takes: Span, given: Span | None) -> bool:
    """Tell whether a duty falls into the shift, beside what is given away of it."""
    from_ns, to_ns = max(duty.from_ns, takes.from_ns), min(duty.to_ns, takes.to_ns)
    if from_ns >= to_ns:
        return False
    return given is None or not (given.from_ns <= from_ns and to_ns <= given.to_ns)
