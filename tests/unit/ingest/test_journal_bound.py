"""The journal within its bound: full of what somebody needs it refuses, and what nobody needs it gives back."""

import pytest

from city.entry import Tick
from city.errors import StoreUnavailable
from ingest.config import JournalSettings
from ingest.journal import Journal
from tests.unit.ingest.test_journal import SMALL, bulk, journal_in


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


def fill(journal: Journal) -> None:
    for number in range(1000):
        journal.append([bulk(number)])


def wait_for_janitor(journal: Journal) -> None:
    journal._janitor.submit(lambda: None).result()
