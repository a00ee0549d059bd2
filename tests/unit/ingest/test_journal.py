import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Event, Thread

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client import REGISTRY

from city.entry import Arrivals, Tick
from city.errors import StoreUnavailable
from city.reading import ReadingBatch
from ingest.config import JournalSettings
from ingest.journal import Journal
from ingest.journal_codec import Content, Digests

SMALL = JournalSettings(segment_bytes=64 * 2**10, min_free_bytes=0)


@contextmanager
def journal_in(folder: Path, settings: JournalSettings = SMALL, **readers: int) -> Iterator[Journal]:
    journal = Journal(folder, settings, readers=readers)
    try:
        yield journal
    finally:
        journal.close()


def bulk(value: int, rows: int = 500) -> Arrivals:
    return Arrivals(ReadingBatch.of([(value, 1, value, value, float(value), 0)] * rows))


def read_all(
    journal: Journal, after: int = 0, *, limit: int = 1000, kinds: tuple[type[Content], ...] = ()
) -> list[int]:
    reader, positions = journal.reader(kinds), []
    while after < journal.position:
        page = reader.read(after, limit)
        positions += [record.position for record in page.records]
        after = page.upto
    reader.close()
    return positions


def ticks_of(journal: Journal) -> list[int]:
    reader = journal.reader((Tick,))
    records = reader.read(0, 10_000).records
    reader.close()
    return [record.content.time_ns for record in records if isinstance(record.content, Tick)]


def damaged(part: str) -> float:
    return REGISTRY.get_sample_value("ingest_journal_damaged_total", {"part": part}) or 0.0


def segments(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.sqlite"))


def test_what_was_appended_is_read_in_order(tmp_path):
    with journal_in(tmp_path) as journal:
        first = journal.append([Tick(1), Digests(b"12345678")])
        second = journal.append([Tick(2)])

        assert (first, second, journal.position) == (1, 3, 3)
        assert read_all(journal, limit=1) == [1, 2, 3]
        assert read_all(journal, kinds=(Tick,)) == [1, 3]
        assert read_all(journal, after=2) == [3]


def test_page_of_wanted_kinds_says_how_far_nothing_else_lies(tmp_path):
    with journal_in(tmp_path) as journal:
        journal.append([Tick(number) for number in range(50)])
        reader = journal.reader((Digests,))

        page = reader.read(0, 10)
        reader.close()

    assert (page.records, page.upto) == ([], 50)


def test_segments_fill_one_after_the_other(tmp_path):
    with journal_in(tmp_path) as journal:
        for number in range(30):
            journal.append([bulk(number)])

        assert len(segments(tmp_path)) > 3
        assert read_all(journal) == list(range(1, 31))


def test_segment_that_everyone_has_passed_is_given_back(tmp_path):
    with journal_in(tmp_path, history=0, rules=0) as journal:
        for number in range(30):
            journal.append([bulk(number)])
        journal.passed("history", 30)
        kept = len(segments(tmp_path))
        journal.passed("rules", 20)

        assert read_all(journal, after=20) == list(range(21, 31))
    assert kept > len(segments(tmp_path)) >= 1


def test_pinned_segments_are_kept_until_the_journal_is_half_full(tmp_path):
    bounded = SMALL.model_copy(update={"max_bytes": 2**20})
    with journal_in(tmp_path, bounded, rules=0) as journal:
        journal.pin("duplicates", 0)
        for number in range(10):
            journal.append([bulk(number)])
        journal.passed("rules", 10)
        early, sizes = read_all(journal), []
        for number in range(60):
            journal.append([bulk(number)])
            journal.passed("rules", journal.position)
            sizes.append(journal.size)

        assert early == list(range(1, 11))
        assert bounded.max_bytes * 0.4 < max(sizes) < bounded.max_bytes * 0.75


@settings(max_examples=20)
@given(st.lists(st.sampled_from(["append", "restart", "pass"]), max_size=12))
def test_position_is_never_used_twice(tmp_path_factory, steps):
    folder = tmp_path_factory.mktemp("journal")
    journal, used, passed = Journal(folder, SMALL, readers={"history": 0}), [], 0
    for step in steps:
        if step == "append":
            used.append(journal.append([bulk(1, rows=2000)]))
        elif step == "pass":
            passed = journal.position
            journal.passed("history", passed)
        else:
            journal.close()
            journal = Journal(folder, SMALL, readers={"history": passed})
    journal.close()

    assert used == sorted(set(used))


def test_position_goes_on_behind_a_reader_that_is_ahead(tmp_path):
    with journal_in(tmp_path, rules=500) as journal:
        assert journal.append([Tick(1)]) == 501


def test_damaged_row_is_set_aside_once_and_the_others_are_read(tmp_path):
    with journal_in(tmp_path) as journal:
        journal.append([Tick(1), Tick(2), Tick(3)])
    with sqlite3.connect(segments(tmp_path)[0]) as file:
        file.execute("UPDATE row SET blob = x'00' WHERE position = 2")
    file.close()
    before = damaged("row")

    with journal_in(tmp_path) as journal:
        assert read_all(journal) == [1, 3]
        assert read_all(journal) == [1, 3]

    assert damaged("row") == before + 1
    assert [path.name for path in (tmp_path / "damaged").iterdir()] == ["00000000000000000001-2.row"]


def test_damaged_row_that_somebody_looked_at_is_not_told_at_the_next_start(tmp_path):
    with journal_in(tmp_path) as journal:
        journal.append([Tick(1), Tick(2), Tick(3)])
    with closing(sqlite3.connect(segments(tmp_path)[0])) as file, file:
        file.execute("UPDATE row SET blob = x'00' WHERE position = 2")

    before = damaged("row")
    with journal_in(tmp_path) as journal:
        read_all(journal)
    (tmp_path / "damaged" / "00000000000000000001-2.row").unlink()
    with journal_in(tmp_path) as journal:
        assert read_all(journal) == [1, 3]

    assert damaged("row") == before + 1
    assert list((tmp_path / "damaged").iterdir()) == []


def test_rows_of_segments_that_are_gone_are_noted_no_more(tmp_path):
    note = tmp_path / "damaged-rows-told"
    with journal_in(tmp_path) as journal:
        journal.append([Tick(1)])
    note.write_text("00000000000000000001-1.row\n00000000000000000009-9.row\n")

    with journal_in(tmp_path):
        assert note.read_text() == "00000000000000000001-1.row\n"


@pytest.mark.parametrize(
    "ruin",
    [
        pytest.param(lambda path: path.write_bytes(b"no database at all" * 100), id="overwritten"),
        pytest.param(lambda path: path.write_bytes(b""), id="emptied"),
        pytest.param(lambda path: path.write_bytes(path.read_bytes()[:5000]), id="cut off"),
    ],
)
def test_damaged_segment_is_set_aside_and_work_goes_on(tmp_path, ruin: Callable[[Path], None]):
    with journal_in(tmp_path) as journal:
        for number in range(6):
            journal.append([bulk(number)])
    ruined = segments(tmp_path)[0]
    ruin(ruined)
    before = damaged("segment") + damaged("page")

    with journal_in(tmp_path) as journal:
        kept = read_all(journal)
        position = journal.append([Tick(1)])

    assert kept == sorted(set(kept))
    assert kept[-1] == 6
    assert position > 6
    assert damaged("segment") + damaged("page") > before


def crash(folder: Path, *contents: Content) -> Path:
    """Leave a segment as a killed process does, and return its write-ahead log."""
    journal = Journal(folder / "crashed", JournalSettings(min_free_bytes=0), readers={})
    for content in contents:
        journal.append([content])
    shutil.copytree(folder / "crashed", folder / "found")
    journal.close()
    return next((folder / "found").glob("*-wal"))


def test_segment_of_a_killed_process_is_read_to_its_end(tmp_path):
    crash(tmp_path, *map(Tick, range(10)))

    with journal_in(tmp_path / "found") as journal:
        assert ticks_of(journal) == list(range(10))
    assert not (tmp_path / "found" / "damaged").exists()


def test_commit_that_was_not_finished_is_no_damage(tmp_path):
    log = crash(tmp_path, *map(Tick, range(10)))
    log.write_bytes(log.read_bytes().rstrip(b"\x00")[:-100])  # behind it is room for more

    with journal_in(tmp_path / "found") as journal:
        assert ticks_of(journal) == list(range(9))
    assert not (tmp_path / "found" / "damaged").exists()


@pytest.mark.parametrize("place", [20, 40, 20_000], ids=["header", "first frame", "in the middle"])
def test_commits_behind_a_flipped_bit_in_the_log_are_missed_by_name(tmp_path, place):
    log = crash(tmp_path, *map(Tick, range(10)))
    data = bytearray(log.read_bytes())
    data[place] ^= 1
    log.write_bytes(data)
    commits, whole = damaged("commit"), damaged("segment")

    with journal_in(tmp_path / "found") as journal:
        times = ticks_of(journal)
        position = journal.append([Tick(99)])

    assert times == list(range(len(times)))
    assert damaged("segment") == whole + 1 or len(times) + damaged("commit") - commits >= 9
    assert position > 10
    assert (tmp_path / "found" / "damaged").exists()


def test_disk_that_is_almost_full_refuses(tmp_path):
    with journal_in(tmp_path, JournalSettings(min_free_bytes=2**60)) as journal:
        with pytest.raises(StoreUnavailable, match="disk is almost full"):
            journal.append([Tick(1)])

        assert (journal.position, segments(tmp_path)) == (0, [])


def test_reader_in_another_thread_misses_nothing_while_rows_are_written(tmp_path):
    with journal_in(tmp_path, history=0) as journal:
        seen: list[int] = []
        written = Event()

        def follow() -> None:
            reader, after = journal.reader((Tick,)), 0
            while after < 900:
                written.clear()
                page = reader.read(after, 64)
                seen.extend(record.position for record in page.records)
                if page.upto == after:  # reading without an end would take the writer's core
                    written.wait()
                after = page.upto
            reader.close()

        thread = Thread(target=follow)
        thread.start()
        for number in range(300):
            journal.append([Tick(number), bulk(number, rows=20), Tick(number)])
            written.set()
        thread.join()

    assert seen == [position for position in range(1, 901) if position % 3 != 2]
