"""Splits the rules of one or two books into shares of about the same work, which are judged apart.

What two books have alike is judged once. Together stay rules that know of one another: those of silence, which a failed
asset explains together, and those that wait for late readings, which share the room for them.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from heapq import heapify, heappop, heappush

import numpy as np
from numpy.typing import NDArray

from city.reading import ReadingBatch
from liandong.backtest.panel import Sides
from rules.baseline.judging import BOTH
from rules.book import RuleBook
from rules.kinds.baseline import BaselineTerms
from rules.kinds.silence import Silence
from rules.population import Population
from rules.rule import Rule
from rules.selection import Selection

Ints = NDArray[np.int64]

#: What a reading costs under one rule of a kind, nanoseconds: the demo city's rules over a day of a thousand sensors.
_NS = {"threshold": 190, "silence": 40, "stuck": 140, "compare": 500, "expression": 1_500}
_OTHERWISE_NS = 300

#: Under a rule of baselines, for each of what a sensor is held against (docs/rules.md, "How fast").
_BASELINE_NS = 500


@dataclass(frozen=True, slots=True)
class Bundle:
    """Rules of the same books that one engine judges, and what they cost, in nanoseconds for some readings."""

    rules: tuple[Rule, ...]
    sides: Sides
    cost_ns: float


#: What one process judges: books that need an engine each, with the books that their rules belong to.
Share = tuple[tuple[RuleBook, Sides], ...]


def shares(books: Sequence[RuleBook], population: Population, readings: ReadingBatch, most: int) -> list[Share]:
    """Return at most so many shares of about the same work over readings such as these; at least one, be it empty."""
    work = _Work(population, readings)
    bundles = _split(_bundles(books, work), most, work)
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


def _bundles(books: Sequence[RuleBook], work: "_Work") -> Iterator[Bundle]:
    """Yield rules by books, kind and lateness: such are judged in one pass."""
    alike = _alike(books)
    for side, book in enumerate(books):
        passes: dict[tuple[Sides, str, int], list[Rule]] = {}
        for rule in book.rules:
            sides = tuple(range(len(books))) if rule.id in alike else (side,)
            if sides[0] == side:
                passes.setdefault((sides, rule.kind, rule.lateness_ns), []).append(rule)
        for (sides, _, _), rules in passes.items():
            yield Bundle(tuple(rules), sides, sum(work.cost_ns(rule) for rule in rules))


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


def _split(bundles: Iterable[Bundle], most: int, work: "_Work") -> Iterator[Bundle]:
    """Yield bundles, those with more than one share of the work rule by rule, where their rules are independent."""
    found = list(bundles)
    fair_ns = sum(one.cost_ns for one in found) / most
    for bundle in found:
        if bundle.cost_ns <= fair_ns or not _belongs(bundle.rules[0])[2]:
            yield bundle
        else:
            for rule in bundle.rules:
                yield Bundle((rule,), bundle.sides, work.cost_ns(rule))


class _Work:
    """What rules cost over some readings."""

    def __init__(self, population: Population, readings: ReadingBatch) -> None:
        self._population = population
        self._of_everybody = self._counted(readings)
        self._of_quantity = {
            name: self._counted(readings.take(readings.quantity == number))
            for name, number in population.quantities.items()
        }

    def _counted(self, readings: ReadingBatch) -> Ints:
        """Return how many readings there are of each sensor, by its row."""
        numbers = self._population.numbers
        counted = np.bincount(readings.sensor, minlength=int(numbers.max(initial=-1)) + 1)
        return counted[numbers]

    def cost_ns(self, rule: Rule) -> float:
        """Return what a rule costs, nanoseconds; what it reads besides the series that it selects is anybody's."""
        rows = self._population.match(rule.select)
        count = 1 + int(self._selected(rule.select)[rows].sum())
        count += sum(int(self._of_quantity[name].sum()) for name in rule.terms.quantities)
        if isinstance(rule.terms, BaselineTerms):
            return count * _BASELINE_NS * (2 if rule.terms.against == BOTH else 1)
        return float(count * _NS.get(rule.kind, _OTHERWISE_NS))

    def _selected(self, select: Selection) -> Ints:
        return self._of_quantity[select.quantity] if select.quantity else self._of_everybody
