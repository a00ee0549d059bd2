"""What the journal still tells of when ingest heard the broker."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from city.clock import SECOND_NS, ManualClock
from city.entry import Connection, Tick
from city.errors import NotFound
from ingest.config import JournalSettings
from ingest.journal import Journal
from liandong.concerns import Concerns
from tests.support.judging import START_NS, Bench, at, book, context, rule, sensor

DAY_NS = 86_400 * SECOND_NS


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    journal = Journal(tmp_path / "journal", JournalSettings(min_free_bytes=0), readers={})
    yield journal
    journal.close()


@pytest.fixture
def flood() -> Bench:
    bench = Bench()
    bench.feed(context(book(rule("{notice: {above: 3}}")), [sensor(1), sensor(2)]))
    return bench


def concerns(journal: Journal, retention_days: int | None = None) -> Concerns:
    return Concerns(journal, ManualClock(datetime.fromtimestamp(START_NS / 1e9, UTC)), retention_days)


def test_what_a_rule_reads_of_one_sensor_is_told_with_the_book(journal: Journal, flood: Bench) -> None:
    found = concerns(journal, 30).of(flood.engine, "flood", "level-1")

    assert (found.series, [one.id for one in found.sensors]) == ((("level-1", "water_level"),), ["level-1"])
    assert (found.book[0][0], found.forgotten_ns) == ("rules/test.yaml", START_NS - 30 * DAY_NS)


@pytest.mark.parametrize(("rule_id", "sensor_id"), [("no", "level-1"), ("flood", "no")])
def test_what_is_unknown_is_not_found(journal: Journal, flood: Bench, rule_id: str, sensor_id: str) -> None:
    with pytest.raises(NotFound):
        concerns(journal).of(flood.engine, rule_id, sensor_id)


def test_time_in_which_nobody_ran_is_time_in_which_nobody_listened(journal: Journal, flood: Bench) -> None:
    journal.append([Connection(at(0), listening=True), Tick(at(1)), Tick(at(2))])
    journal.append([Connection(at(60), listening=False), Tick(at(61)), Connection(at(62), listening=True)])
    known = concerns(journal)

    found = known.with_connections(known.of(flood.engine, "flood", "level-1"))

    assert [(one.time_ns, one.listening) for one in found.connections] == [
        (at(0), True),
        (at(2), False),
        (at(60), False),
        (at(62), True),
    ]
    assert found.heard_since_ns == 0, "nothing was given back: the journal holds everything"
