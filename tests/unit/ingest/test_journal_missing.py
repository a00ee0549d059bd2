"""Segments of the journal that are gone: missed by name where somebody needed them, and told once."""

import pytest

from tests.unit.ingest.test_journal import bulk, damaged, journal_in, read_all, segments


@pytest.mark.parametrize("again", [1, 2], ids=["at once", "at every start"])
def test_segment_that_is_missing_from_the_middle_is_told_once(tmp_path, again):
    with journal_in(tmp_path) as journal:
        for number in range(20):
            journal.append([bulk(number)])
    gone = segments(tmp_path)[1]
    gone.unlink()
    before = damaged("missing")

    for _ in range(again):
        with journal_in(tmp_path, history=0) as journal:
            kept = read_all(journal)

    assert (kept[0], kept[-1]) == (1, 20)
    assert len(kept) < 20
    assert damaged("missing") == before + 1
    assert [path.name for path in (tmp_path / "damaged").iterdir()] == [f"{gone.stem}.missing"]


@pytest.mark.parametrize(
    ("gone", "missed"), [pytest.param(0, 0, id="given back"), pytest.param(1, 1, id="from the middle")]
)
def test_segment_is_missed_for_a_reader_that_began_anew_unless_it_was_given_back(tmp_path, gone, missed):
    with journal_in(tmp_path) as journal:
        for number in range(20):
            journal.append([bulk(number)])
    segments(tmp_path)[gone].unlink()
    before = damaged("missing")

    with journal_in(tmp_path, history=0, rules=20):
        assert damaged("missing") == before + missed


def test_oldest_segment_that_nobody_has_read_is_missed_and_one_given_back_is_not(tmp_path):
    with journal_in(tmp_path) as journal:
        for number in range(20):
            journal.append([bulk(number)])
    segments(tmp_path)[0].unlink()
    before = damaged("missing")

    with journal_in(tmp_path, history=20, rules=3) as journal:
        given_back = journal.given_back
    assert damaged("missing") == before
    with journal_in(tmp_path, history=0):
        assert damaged("missing") == before + 1

    assert given_back >= 1


def test_segment_set_aside_is_not_missed_as_well(tmp_path):
    with journal_in(tmp_path) as journal:
        for number in range(20):
            journal.append([bulk(number)])
    segments(tmp_path)[1].write_bytes(b"no database at all" * 100)
    before = damaged("missing")

    for _ in range(2):
        with journal_in(tmp_path, history=0) as journal:
            read_all(journal)

    assert damaged("missing") == before
