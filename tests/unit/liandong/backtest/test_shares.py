"""Rules that are split over several judges give the alarms that one engine gives, in the same order."""

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import takewhile

import numpy as np
import pytest

from city.alarm import AlarmTransition
from city.entry import Arrivals, Context, Entry
from city.reading import ReadingBatch
from liandong.backtest.crew import Alone, Judged, Stretch
from liandong.backtest.hand import Task
from liandong.backtest.judging import Judging
from liandong.backtest.panel import in_order
from liandong.backtest.shares import Share, shares
from rules.book import RuleBook, read_book
from rules.engine import Engine
from rules.population import Population
from tests.support.judging import CATALOGUE, at, book, rule
from tests.support.judging_run import RULES, journal

#: Seconds of the recorded stream, and how many of them a stretch has.
SECONDS, STRETCH = 120, 40
BOOK = read_book(book(*RULES), CATALOGUE)

#: The same rules with another threshold, one of silence less, one that waits more, and a new one in front.
OTHER = read_book(
    book(
        rule("{notice: {above: 20}}", name="new"),
        RULES[0].replace("above: 30", "above: 35"),
        *(one for one in RULES[1:] if "id: unusual" not in one),
        rule("{notice: {above: 45}}", name="patient-too", extra="lateness: 4s"),
    ),
    CATALOGUE,
)


@cache
def recorded() -> tuple[Context, tuple[Entry, ...]]:
    """Return the context, and what came in the first while."""
    found = takewhile(lambda one: not isinstance(one, Arrivals) or _first_ns(one) < at(SECONDS), journal())
    context, _, *entries = found
    assert isinstance(context, Context)
    return Context(at(0), "test", (), context.sensors, context.quantities, context.zone), tuple(entries)


def stretches() -> Iterator[Stretch]:
    """Yield what came, in stretches."""
    arrivals = [one for one in recorded()[1] if isinstance(one, Arrivals)]
    for end in range(STRETCH, SECONDS + 1, STRETCH):
        some = [one.readings for one in arrivals if at(end - STRETCH) <= _first_ns(one) < at(end)]
        batch = ReadingBatch.concatenate(some)
        yield Stretch(Arrivals(batch), at(end), len(batch))


def _first_ns(arrivals: Arrivals) -> int:
    return int(arrivals.readings.arrival_ns.min(initial=np.iinfo(np.int64).max))


def tasks(books: Sequence[RuleBook], most: int) -> list[Task]:
    """Return what so many judges do with these books."""
    context = recorded()[0]
    split = shares(books, Population(context.sensors, context.quantities), next(stretches()).arrivals.readings, most)
    return [Task(CATALOGUE, context, share) for share in split]


def placed(judged: Sequence[Judged], side: int, book: RuleBook) -> list[AlarmTransition]:
    """Return what came of a book in its order."""
    places = {rule.id: place for place, rule in enumerate(book.rules)}
    return [one for stretch in judged for one in in_order(stretch.placed, side, places)]


@cache
def by_one_engine(number: int) -> tuple[AlarmTransition, ...]:
    """Return what an engine with all rules of a book makes of the stream."""
    engine, context = Engine(CATALOGUE), recorded()[0]
    engine.start(context, (BOOK, OTHER)[number])
    judging = Judging(engine, context.time_ns, sensors=len(context.sensors))
    return tuple(one for stretch in stretches() for one in judging.judge(stretch.arrivals, stretch.until_ns))


def split_of(books: Sequence[RuleBook], most: int) -> list[Judged]:
    """Judge the stream by each share apart, and put together what they find."""
    each = [list(Alone([task]).judged(stretches())) for task in tasks(books, most)]
    return [
        one._replace(placed=[change for every in together for change in every.placed])
        for one, *_, together in ((together[0], together) for together in zip(*each, strict=True))
    ]


@pytest.mark.parametrize("most", [1, 3])
def test_shares_give_what_one_engine_gives(most: int) -> None:
    assert tuple(placed(split_of([BOOK], most), 0, BOOK)) == by_one_engine(0)
    assert len({one.kind for one in by_one_engine(0)}) >= 9


def test_what_two_books_have_alike_is_judged_once_and_for_both() -> None:
    found = split_of([BOOK, OTHER], 2)

    assert tuple(placed(found, 0, BOOK)) == by_one_engine(0)
    assert tuple(placed(found, 1, OTHER)) == by_one_engine(1)
    assert {one.transition.rule for each in found for one in each.placed if one.sides == (0, 1)} >= {"hanging", "many"}


def held(share: Share) -> set[tuple[str, tuple[int, ...]]]:
    return {(rule.id, sides) for book, sides in share for rule in book.rules}


def test_each_rule_has_one_judge_and_those_that_know_of_one_another_the_same() -> None:
    split = [held(task.share) for task in tasks([BOOK, OTHER], 4)]
    all_held = [one for share in split for one in share]

    assert len(split) == 4
    assert len(all_held) == len(set(all_held))
    for side, whole in enumerate((BOOK, OTHER)):
        assert sorted(name for name, sides in all_held if side in sides) == sorted(one.id for one in whole.rules)
    # One rule of silence is gone, and one more waits: those that go with them are judged for each book by itself.
    assert {("quiet", (0,)), ("quiet", (1,)), ("patient", (0,)), ("patient", (1,))} <= set(all_held)
    assert any({("quiet", (0,)), ("unusual", (0,))} <= share for share in split)


def test_book_without_rules_has_a_judge() -> None:
    assert [task.share for task in tasks([RuleBook()], 2)] == [((RuleBook(), (0,)),)]
