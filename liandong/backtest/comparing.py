"""Holds the incidents of two books against each other: new, gone, earlier, later, or of another level."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from city.backtest import Difference, Differing
from city.clock import SECOND_NS, iso
from city.level import Level
from liandong.backtest.admitting import Opened

#: The kinds of difference, in the order in which they are told, and what is alike.
NEW, GONE, EARLIER, LATER, LEVEL, SAME = "new", "gone", "earlier", "later", "level", "same"
KINDS = (NEW, GONE, EARLIER, LATER, LEVEL)

#: So many differences of each kind are told one by one.
TOLD = 200

#: Two incidents of a rule and target that lie apart by no more are the same one, an hour earlier or later.
_APART_NS = 3600 * SECOND_NS


def difference(proposed: Sequence[Opened], live: Sequence[Opened]) -> Difference:
    """Return how the incidents of the proposed book differ from those of the one in force, both in order of time."""
    counts, items = Counter[str](), list[Differing]()
    for one, other in sorted(_pairs(proposed, live), key=_when):
        what = _what(one, other)
        counts[what] += 1
        if what != SAME and counts[what] <= TOLD:
            items.append(_differing(what, one, other))
    items.sort(key=lambda item: KINDS.index(item.what))
    return Difference({kind: counts[kind] for kind in (*KINDS, SAME)}, items)


#: An incident of the proposed book and the one in force that it is; None where there is none.
_Pair = tuple[Opened | None, Opened | None]


def _pairs(proposed: Sequence[Opened], live: Sequence[Opened]) -> Iterator[_Pair]:
    both: defaultdict[tuple[str, str], tuple[list[Opened], list[Opened]]] = defaultdict(lambda: ([], []))
    for side, incidents in enumerate((proposed, live)):
        for one in incidents:
            both[one.rule, one.target][side].append(one)
    for ours, theirs in both.values():
        yield from _matched(ours, theirs)


def _matched(ours: list[Opened], theirs: list[Opened]) -> Iterator[_Pair]:
    """Pair the incidents of one rule and target in order of time; those that lie in one another's time belong."""
    one, other = 0, 0
    while one < len(ours) and other < len(theirs):
        mine, its = ours[one], theirs[other]
        if _belong(mine, its):
            yield mine, its
            one, other = one + 1, other + 1
        elif mine.opened_ns < its.opened_ns:
            yield mine, None
            one += 1
        else:
            yield None, its
            other += 1
    yield from ((mine, None) for mine in ours[one:])
    yield from ((None, its) for its in theirs[other:])


def _belong(mine: Opened, its: Opened) -> bool:
    first, second = sorted((mine, its), key=lambda incident: incident.opened_ns)
    apart_ns = second.opened_ns - first.opened_ns
    return apart_ns <= _APART_NS or first.ended_ns is None or second.opened_ns < first.ended_ns


def _what(one: Opened | None, other: Opened | None) -> str:
    if other is None:
        return NEW
    if one is None:
        return GONE
    if abs(one.opened_ns - other.opened_ns) >= SECOND_NS:
        return EARLIER if one.opened_ns < other.opened_ns else LATER
    return SAME if one.level == other.level else LEVEL


def _when(pair: _Pair) -> int:
    return min(one.opened_ns for one in pair if one is not None)


def _differing(what: str, one: Opened | None, other: Opened | None) -> Differing:
    some = one if one is not None else other
    assert some is not None  # one of the two is there
    return Differing(
        what=what,
        rule=some.rule,
        target=some.target,
        at="" if one is None else iso(one.opened_ns),
        live_at="" if other is None else iso(other.opened_ns),
        seconds=0.0 if one is None or other is None else (one.opened_ns - other.opened_ns) / SECOND_NS,
        level="" if one is None else Level(one.level).word,
        live_level="" if other is None else Level(other.level).word,
        alarms=some.alarms,
    )
