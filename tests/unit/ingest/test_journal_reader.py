"""A reader of the journal: how far one page goes, and what it leaves to the next."""

from contextlib import closing

from city.entry import Tick
from ingest import journal_reader
from ingest.damage import Damage
from ingest.journal_reader import Extent, JournalReader
from tests.unit.ingest.test_journal import bulk, journal_in


def test_page_ends_when_it_holds_enough_bytes(tmp_path, monkeypatch):
    monkeypatch.setattr(journal_reader, "_PAGE_BYTES", 30_000)
    with journal_in(tmp_path) as journal:
        journal.append([bulk(number) for number in range(5)])  # 17 kB each
        with closing(journal.reader()) as reader:
            page = reader.read(0, 1000)

    assert ([record.position for record in page.records], page.upto) == ([1, 2], 2)


def test_row_that_is_not_committed_yet_is_not_read(tmp_path):
    with journal_in(tmp_path) as journal:
        journal.append([Tick(1), Tick(2)])
        reader = JournalReader(lambda: Extent(journal._segments, 1), Damage(tmp_path / "damaged"))
        with closing(reader):
            page = reader.read(0, 10)

    assert ([record.position for record in page.records], page.upto) == ([1], 1)


def test_page_never_leads_back(tmp_path):
    with journal_in(tmp_path) as journal:
        journal.append([Tick(1)])
        with closing(journal.reader()) as reader:
            assert reader.read(9, 10).upto == 9
