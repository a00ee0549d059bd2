"""A context that was prepared comes to what one comes to that was not, and is put in force without reading its book."""

import pytest

from city.alarm import AlarmTransition
from city.entry import Connection, Context
from city.errors import BadCityFile
from rules.book import RuleBook
from rules.faults import BadRuleBook
from rules.library import Library
from tests.support.judging import CATALOGUE, Bench, at, book, context, readings, rule, sensor

SENSORS = [sensor(1), sensor(2)]
OLD = context(book(rule("{notice: {above: 10}}"), rule("{notice: {above: 90}}", name="deep")), SENSORS)
NEW = context(book(rule("{notice: {above: 20}}"), rule("{notice: {above: 90}}", name="deep")), SENSORS, seconds=5)
BAD = context(book(rule("{notice: {above: much}}")), SENSORS, seconds=5)


def judged(bench: Bench, entry: Context) -> list[AlarmTransition]:
    before = bench.feed(OLD, Connection(at(0), listening=True), readings((1, 1, 0.15), (2, 1, 0.95)))
    return [*before, *bench.feed(entry, readings((1, 6, 0.15), (2, 6, 0.15), (1, 7, 0.3)))]


@pytest.mark.parametrize("entry", [NEW, BAD, OLD], ids=["another book", "one with mistakes", "the same"])
def test_prepared_or_not_it_comes_to_the_same(entry: Context) -> None:
    plain, prepared = Bench(), Bench()
    prepared.engine.prepare(OLD)
    expected = judged(plain, entry)
    prepared.feed(OLD)
    prepared.engine.prepare(entry)

    assert judged(prepared, entry) == expected
    assert prepared.engine.book_error == plain.engine.book_error
    assert expected


def test_what_was_prepared_is_not_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    bench, read = Bench(), list[object]()
    bench.feed(OLD)
    bench.engine.prepare(NEW)
    monkeypatch.setattr("rules.library.read_book", lambda *asked: read.append(asked))
    bench.feed(NEW, readings((1, 6, 0.3)))

    assert read == []
    assert [one.rule.terms.described() for one in bench.engine.open_alarms()] == [{"notice": "above 0.2 m"}]


def test_something_else_than_was_prepared_is_put_in_force_as_it_is() -> None:
    bench = Bench()
    bench.engine.prepare(NEW)
    bench.feed(OLD)

    assert bench.engine.context == OLD


def test_a_library_remembers_two_books_and_their_mistakes(monkeypatch: pytest.MonkeyPatch) -> None:
    library, reads = Library(CATALOGUE), 0

    def counted(*_: object) -> RuleBook:
        nonlocal reads
        reads += 1
        raise BadRuleBook((BadCityFile(expected="a number", got="much", at="rules/test.yaml:3"),))

    monkeypatch.setattr("rules.library.read_book", counted)
    for files in (OLD.book, NEW.book, OLD.book, NEW.book, BAD.book, NEW.book):
        with pytest.raises(BadRuleBook):
            library.read(files)

    assert reads == 3
