"""Splits the rules of one or two books into shares of about the same work, which are judged apart.

What two books have alike is judged once. Together stay rules that know of one another: those of silence, which a failed
asset explains together, and those that wait for late readings, which share the room for them.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from heapq import heapify, heappop, heappush

import numpy as np

from liandong.backtest.panel import Sides
from rules.book import RuleBook
from rules.kinds.silence import Silence
from rules.population import Population
from rules.rule import Rule

#: What a reading costs under one rule of each kind, nanoseconds (docs/rules.md, "How fast": rules alone on a series).
_NS = {"threshold": 80, "quorum": 250, "count": 250, "sequence": 250, "compare": 550, "expression": 550, "silence": 100}
_OTHERWISE_NS, _BASELINE_NS = 300, 9_000
_BASELINE = "baseline"

#: A sensor that promises nothing is taken to speak so often, seconds.
_USUAL_S = 60.0


@dataclass(frozen=True, slots=True)
class Bundle:
    """Rules of the same books that one engine judges, and what a second of them costs, in nanoseconds."""

    rules: tuple[Rule, ...]
    sides: Sides
    cost_ns: float


#: What one process judges: books that need an engine each, with the books that their rules belong to.
Share = tuple[tuple[RuleBook, Sides], ...]


def shares(books: Sequence[RuleBook], population: Population, most: int) -> list[Share]:
    """Return at most so many shares of about the same work; at least one, be it empty."""
    bundles = _split(_bundles(books, population), most, population)
    heap: list[tuple[float, int, list[Bundle]]] = [(0.0, number, []) for number in range(most)]
    heapify(heap)
    for bundle in sorted(bundles, key=lambda one: -one.cost_ns):
        cost_ns, number, held = heappop(heap)
        heappush(heap, (cost_ns + bundle.cost_ns, number, [*held, bundle]))
    places = [{rule.id: place for place, rule in enumerate(book.rules)} for book in books]
    found = [_share(held, places) for _, _, held in sorted(heap, key=lambda one: one[1]) if held]
    return found if found else [((RuleBook(), (0,)),)]


def _share(bundles: Iterable[Bundle], places: Sequence[dict[str, int]]) -> Share:
    of_sides: dict[Sides, list[Rule]] = {}
    for bundle in bundles:
        of_sides.setdefault(bundle.sides, []).extend(bundle.rules)
    return tuple(
        (RuleBook(tuple(sorted(rules, key=lambda rule: places[sides[0]][rule.id]))), sides)
        for sides, rules in sorted(of_sides.items())
    )


def _bundles(books: Sequence[RuleBook], population: Population) -> Iterator[Bundle]:
    """Yield rules by books, kind and lateness: such are judged in one pass."""
    alike = _alike(books)
    for side, book in enumerate(books):
        passes: dict[tuple[Sides, str, int], list[Rule]] = {}
        for rule in book.rules:
            sides = tuple(range(len(books))) if rule.id in alike else (side,)
            if sides[0] == side:
                passes.setdefault((sides, rule.kind, rule.lateness_ns), []).append(rule)
        for (sides, _, _), rules in passes.items():
            yield Bundle(tuple(rules), sides, sum(_cost_ns(rule, population) for rule in rules))


def _alike(books: Sequence[RuleBook]) -> frozenset[str]:
    """Return the rules that all books judge alike, those that belong together only if all of them are."""
    if len(books) < 2:
        return frozenset()
    known = [{rule.id: _judged(rule) for rule in book.rules} for book in books]
    alike = {name for name, rule in known[0].items() if all(one.get(name) == rule for one in known[1:])}
    groups: dict[tuple[str, int, str], set[str]] = {}
    for book in books:
        for rule in book.rules:
            groups.setdefault(_belongs(rule), set()).add(rule.id)
    return frozenset(name for together in groups.values() if together <= alike for name in together)


def _judged(rule: Rule) -> Rule:
    """Return a rule without where it stands."""
    return replace(rule, file="", line=0, text="")


def _belongs(rule: Rule) -> tuple[str, int, str]:
    """Return what rules that know of one another have in common."""
    alone = rule.kind != Silence.name and not rule.lateness_ns
    return (rule.kind, rule.lateness_ns, rule.id if alone else "")


def _split(bundles: Iterable[Bundle], most: int, population: Population) -> Iterator[Bundle]:
    """Yield bundles, those with more than one share of the work rule by rule, where their rules are independent."""
    found = list(bundles)
    fair_ns = sum(one.cost_ns for one in found) / most
    for bundle in found:
        if bundle.cost_ns <= fair_ns or not _belongs(bundle.rules[0])[2]:
            yield bundle
        else:
            for rule in bundle.rules:
                yield Bundle((rule,), bundle.sides, _cost_ns(rule, population))


def _cost_ns(rule: Rule, population: Population) -> float:
    """Return what a second of the readings costs that a rule looks at, nanoseconds."""
    interval_s = population.intervals_s[population.match(rule.select)]
    each_ns = _OTHERWISE_NS if rule.kind != _BASELINE else _BASELINE_NS
    return float(np.sum(1 / np.where(np.isfinite(interval_s), interval_s, _USUAL_S))) * _NS.get(rule.kind, each_ns)
