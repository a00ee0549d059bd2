"""What a rule may say, but hardly means: it is about no sensor, or its numbers are such that no reading meets them."""

from collections.abc import Iterator

import numpy as np

from city.catalogue import Catalogue, Quantity
from rules.bands import Band
from rules.book import RuleBook
from rules.groups import Groups
from rules.kinds.compare import CompareTerms
from rules.kinds.count import CountTerms
from rules.kinds.expression import ExpressionTerms, merged
from rules.kinds.quorum import QuorumTerms
from rules.kinds.sequence import SequenceTerms
from rules.kinds.threshold import ThresholdTerms
from rules.pairs import Pairs
from rules.population import Population
from rules.rule import Rule, Terms
from rules.selection import Selection

#: A tag that `liandong replay` gives: rules about recordings wait for sensors that no file has.
_RECORDED = "recorded"


def rule_doubts(book: RuleBook, population: Population, catalogue: Catalogue) -> Iterator[str]:
    """Yield each doubt as one line: expected, got, and where."""
    for rule in book.rules:
        at = f"`{rule.file}:{rule.line}`"
        yield from (f"{said} - at {at}" for said in _unreached(rule, catalogue))
        if _RECORDED in rule.select.tags:
            continue
        selected = population.match(rule.select)
        if not len(selected):
            yield f"Expected a rule about some sensor, got `{rule.id}` about none - at {at}"
            continue
        for what, select in _others(rule):
            if not len(population.match(select)):
                yield f"Expected some sensor of {what} in `{rule.id}`, got none - at {at}"
        for variant in rule.exceptions:
            if not len(np.intersect1d(population.match(variant.select), selected)):
                yield f"Expected some sensor of `{rule.id}` in its exception, got none: {variant.source} - at {at}"
        yield from (f"{said} - at {at}" for said in _too_few(rule, population))


def _others(rule: Rule) -> Iterator[tuple[str, Selection]]:
    """Yield what a rule looks at besides the sensors that it selects, and what that is called."""
    match rule.terms:
        case CompareTerms(against=against):
            yield "`against`", against
        case SequenceTerms(then=then):
            yield from ((f"`{step.told.shown}`", step.select) for step in then)
        case ExpressionTerms(values=values):
            yield from ((f"`{value.name}`", merged(rule, value.select)) for value in values)


def _too_few(rule: Rule, population: Population) -> Iterator[str]:
    """Yield whether no place has the sensors that a quorum wants."""
    terms = rule.terms
    if not isinstance(terms, QuorumTerms):
        return
    members = Pairs([(0, rule)], population, population.everybody)
    most = int(Groups(members, [terms.same]).size.max(initial=0))
    for band in () if terms.share and most else terms.bands:
        if band.limit.low <= most <= band.limit.high:
            wanted = f"a place with {band.shown} sensors for `{rule.id}`"
            yield f"Expected {wanted}, got at most {most} {terms.same.described()}"


def _unreached(rule: Rule, catalogue: Catalogue) -> Iterator[str]:
    quantity = catalogue.of_series(rule.select.quantity) if rule.select.quantity else None
    if quantity is None:
        return
    every = [rule.terms, *(one.terms for one in rule.exceptions if one.terms is not None)]
    for band in dict.fromkeys(band for terms in every for band in _of_readings(terms)):
        yield from _beyond(rule, band, quantity)


def _of_readings(terms: Terms) -> tuple[Band, ...]:
    """Return the bands that readings themselves are held against."""
    match terms:
        case ThresholdTerms(over_ns=0):
            return terms.bands
        case QuorumTerms(each=each):
            return (each,)
        case CountTerms(told=told) | SequenceTerms(first=told) if not told.events:
            return (told.each,)
    return ()


def _beyond(rule: Rule, band: Band, quantity: Quantity) -> Iterator[str]:
    """Yield whether only readings that are out of range, which are not judged, would reach or leave a level."""
    least = -np.inf if quantity.minimum is None else quantity.minimum
    most = np.inf if quantity.maximum is None else quantity.maximum
    within = f"{least:g} to {most:g} {quantity.unit}".rstrip()
    if band.limit.low <= least and most <= band.limit.high:
        yield f"Expected a limit of `{rule.id}` that a reading can reach, {within}, got `{band.shown}`"
    elif band.clear.high < least or band.clear.low > most:
        yield f"Expected a `clear` of `{rule.id}` that a reading can reach, {within}, got `{band.clear.shown()}`"
