"""What is wrong with who is on duty: moments at which nobody is, and people who are in two posts at once."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from linkage.roster.plan import Duty
from linkage.roster.roster import Post


@dataclass(frozen=True, slots=True)
class Gap:
    """A span in which nobody is on duty in a post; `absent` were to be."""

    department: str
    post: str
    from_ns: int
    to_ns: int


@dataclass(frozen=True, slots=True)
class Overlap:
    """A span in which one person is on duty in two posts, or twice in one."""

    person: str
    posts: tuple[tuple[str, str], tuple[str, str]]
    from_ns: int
    to_ns: int


def gaps(post: Post, duties: Iterable[Duty], from_ns: int, to_ns: int) -> tuple[Gap, ...]:
    """Return when nobody is on duty within a span of time, though a shift or `always` says that somebody is."""
    if from_ns >= to_ns:
        return ()
    manned = [duty for duty in duties if duty.people]
    wanted = [Duty(from_ns, to_ns, ())] if post.always else [duty for duty in duties if not duty.people]
    found = [
        Gap(post.department, post.id, max(start, from_ns), min(end, to_ns))
        for want in wanted
        for start, end in _without(want, manned)
        if start < to_ns and end > from_ns
    ]
    return tuple(found)


def overlaps(duties: Mapping[tuple[str, str], Sequence[Duty]]) -> tuple[Overlap, ...]:
    """Return who is on duty twice at once; `duties` by department and post."""
    by_person: dict[str, list[tuple[tuple[str, str], Duty]]] = {}
    for where, spans in duties.items():
        for duty in spans:
            for person in duty.people:
                by_person.setdefault(person, []).append((where, duty))
    found = [overlap for person, spans in by_person.items() for overlap in _twice(person, spans)]
    return tuple(sorted(found, key=lambda overlap: (overlap.from_ns, overlap.person)))


def _without(want: Duty, manned: Sequence[Duty]) -> Iterator[tuple[int, int]]:
    """Yield the parts of a span that no manned shift covers."""
    at = want.from_ns
    for duty in sorted(manned, key=lambda duty: duty.from_ns):
        if duty.from_ns > at and at < want.to_ns:
            yield at, min(duty.from_ns, want.to_ns)
        at = max(at, duty.to_ns)
    if at < want.to_ns:
        yield at, want.to_ns


def _twice(person: str, spans: Sequence[tuple[tuple[str, str], Duty]]) -> Iterator[Overlap]:
    ordered = sorted(spans, key=lambda one: one[1].from_ns)
    for (where, duty), (other, later) in combinations(ordered, 2):
        start, end = max(duty.from_ns, later.from_ns), min(duty.to_ns, later.to_ns)
        if start < end:
            yield Overlap(person, (where, other), start, end)
