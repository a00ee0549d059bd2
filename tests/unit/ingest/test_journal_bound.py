"""The journal within its bound: full of what somebody needs it refuses, and what nobody needs it gives back."""

import sqlite3

import pytest
from prometheus_client import REGISTRY

from city.entry import Tick
from city.errors import StoreUnavailable
from ingest.config import JournalSettings
from ingest.journal import Journal
from ingest.segment import Segment
from tests.unit.ingest.test_journal import SMALL, bulk, journal_in, segments


def test_full_journal_refuses_and_takes_again_when_there_is_room(tmp_path):
    bounded = SMALL.model_copy(update={"max_bytes": 2**20})
    with journal_in(tmp_path, bounded, history=0) as journal:
        with pytest.raises(StoreUnavailable, match="as many as it may"):
            fill(journal)
        last = journal.position
        journal.passed("history", last)
        wait_for_janitor(journal)

        assert journal.append([Tick(1)]) == last + 1


def test_journal_smaller_than_a_segment_gives_back_what_everybody_has_read(tmp_path):
    bounded = JournalSettings(max_bytes=2**20, min_free_bytes=0)
    with journal_in(tmp_path, bounded, history=0) as journal:
        for number in range(200):  # some three times what it may hold
            journal.append([bulk(number)])
            journal.passed("history", journal.position)
            wait_for_janitor(journal)

        assert bounded.segment_bytes > bounded.max_bytes > journal.size
        assert journal.given_back > 0


def test_journal_whose_bound_was_lowered_below_one_segment_goes_on_once_all_is_read(tmp_path):
    with journal_in(tmp_path, JournalSettings(min_free_bytes=0), history=0) as journal:
        for number in range(100):
            journal.append([bulk(number)])
        last = journal.position

    bounded = JournalSettings(max_bytes=2**20, min_free_bytes=0)
    with journal_in(tmp_path, bounded, history=0) as journal:
        with pytest.raises(StoreUnavailable, match="as many as it may"):
            journal.append([Tick(1)])
        journal.passed("history", last)
        first = journal.append([Tick(1)])
        journal.passed("history", first)
        wait_for_janitor(journal)

        assert (first, journal.given_back) == (last + 1, last)
        assert journal.size < bounded.max_bytes


def test_segment_is_given_back_when_its_last_row_was_passed_and_not_before(tmp_path):
    with journal_in(tmp_path, history=0) as journal:
        for number in range(20):
            journal.append([bulk(number)])
        oldest, second = segments(tmp_path)[:2]
        last = int(second.stem) - 1
        there = []
        for position in (last - 1, last):
            journal.passed("history", position)
            wait_for_janitor(journal)
            there.append(oldest.exists())

        assert (there, second.exists()) == ([True, False], True)


def test_what_is_held_is_given_back_only_when_it_was_let_go(tmp_path):
    with journal_in(tmp_path, history=3, rules=9) as journal:
        for number in range(20):
            journal.append([bulk(number)])
        held = journal.hold("copy")
        oldest, kept = segments(tmp_path)[0], []
        for let_go in (False, True):
            if let_go:
                journal.let_go("copy")
            for reader in ("history", "rules"):
                journal.passed(reader, journal.position)
            wait_for_janitor(journal)
            kept.append(oldest.exists())

        assert (held, kept) == (3, [True, False])


def test_refused_commits_and_readers_that_are_behind_are_counted(tmp_path):
    bounded = SMALL.model_copy(update={"max_bytes": 2**20})
    before = counted("commits_refused_total", reason="full")
    with journal_in(tmp_path, bounded, history=0) as journal:
        with pytest.raises(StoreUnavailable):
            fill(journal)
        journal.passed("history", 5)

        assert counted("commits_refused_total", reason="full") == before + 1
        assert counted("behind", reader="history") == journal.position - 5


def test_segment_that_cannot_be_sealed_is_counted_and_holds_up_nobody(tmp_path, monkeypatch):
    before = counted("untidy_total")
    with journal_in(tmp_path, history=0) as journal:
        with monkeypatch.context() as broken:
            broken.setattr(Segment, "seal", _refuse)
            for number in range(20):
                journal.append([bulk(number)])
            wait_for_janitor(journal)
        *sealed, newest = segments(tmp_path)

        assert counted("untidy_total") == before + len(sealed) > before
        assert journal.append([Tick(1)]) == 21
        assert journal.size >= sum(path.stat().st_size for path in [*sealed, newest])


@pytest.mark.parametrize("fails", [True, False], ids=["given up after a commit that failed", "sealed"])
def test_segment_that_is_not_written_any_more_still_counts(tmp_path, monkeypatch, fails):
    with journal_in(tmp_path, history=0) as journal:
        journal.append([bulk(1)])
        if fails:
            monkeypatch.setattr("ingest.journal.write", _fail)
            with pytest.raises(StoreUnavailable):
                journal.append([Tick(1)])
        else:
            journal._seal_writer()
        wait_for_janitor(journal)

        assert journal.size >= segments(tmp_path)[0].stat().st_size > 17_000


def _fail(*_: object) -> None:
    raise sqlite3.OperationalError


def _refuse(_: Segment, writer: sqlite3.Connection) -> None:
    writer.close()
    raise sqlite3.OperationalError


def counted(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(f"ingest_journal_{name}", labels) or 0.0


def fill(journal: Journal) -> None:
    for number in range(1000):
        journal.append([bulk(number)])


def wait_for_janitor(journal: Journal) -> None:
    journal._janitor.submit(lambda: None).result()
