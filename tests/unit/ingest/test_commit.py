from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from city.entry import Arrivals, SensorEvent, Tick
from city.errors import StoreUnavailable
from city.quality import Quality
from city.reading import ReadingBatch
from ingest.commit import Commit
from ingest.config import JournalSettings
from ingest.duplicates import DuplicateWindow
from ingest.failpoint import Failpoints
from ingest.journal import Journal
from ingest.journal_codec import Content, Digests, LetGo, Refused, Retried, SecondTry, ShedRow
from ingest.message import QuarantinedMessage
from ingest.stage import Work


class Numbers:
    """Something to save first; `away` makes it refuse."""

    def __init__(self) -> None:
        self.away, self.flushed_at = False, list[int]()
        self.journal: Journal | None = None

    def flush(self) -> None:
        if self.away:
            raise StoreUnavailable("identity", "told so by the test")
        assert self.journal is not None
        self.flushed_at.append(self.journal.position)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    journal = Journal(tmp_path, JournalSettings(min_free_bytes=0), readers={})
    yield journal
    journal.close()


@pytest.fixture
def numbers(journal: Journal) -> Numbers:
    numbers = Numbers()
    numbers.journal = journal
    return numbers


def counted(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(f"ingest_{name}_total", labels) or 0.0


def readings(*qualities: Quality) -> Arrivals:
    rows = [(1, 1, place, place, 0.0, int(quality)) for place, quality in enumerate(qualities)]
    return Arrivals(ReadingBatch.of(rows), (SensorEvent(1, "intrusion", 1, 1),))


def test_numbers_are_saved_before_the_row_that_uses_them(journal, numbers):
    stage = Commit(journal, DuplicateWindow(10), [numbers], Failpoints())
    stage.run(Work(1, contents=[Tick(1)]))
    stage.run(Work(1, contents=[Tick(2)]))

    assert numbers.flushed_at == [0, 1]


def test_nothing_is_committed_while_numbers_cannot_be_saved(journal, numbers):
    numbers.away = True
    work = Work(1, contents=[Tick(1)])
    with pytest.raises(StoreUnavailable):
        Commit(journal, DuplicateWindow(10), [numbers], Failpoints()).run(work)

    assert (journal.position, work.items) == (0, [])


def test_followers_get_entries_and_the_window_gets_digests(journal, numbers):
    window = DuplicateWindow(10)
    work = Work(1, contents=[readings(), Digests(b"12345678"), Refused(1, ()), Tick(5)])
    Commit(journal, window, [numbers], Failpoints()).run(work)

    assert [item.position for item in work.items] == [1, 4]
    assert window.needed_after == 1


def test_everything_that_is_committed_is_counted_by_its_kind(journal, numbers):
    qualities = {word: counted("readings_accepted", quality=word) for word in ("good", "late", "out_of_range")}
    events, refused = counted("events_accepted"), counted("messages_quarantined", reason="test_reason")
    arrivals = readings(Quality.GOOD, Quality.GOOD, Quality.LATE, Quality.LATE | Quality.OUT_OF_RANGE)
    junk = Refused(1, (QuarantinedMessage(b"a", b"b", "test_reason", ""),) * 2)
    Commit(journal, DuplicateWindow(10), [numbers], Failpoints()).run(Work(1, contents=[arrivals, junk]))

    added = {word: counted("readings_accepted", quality=word) - before for word, before in qualities.items()}
    assert added == {"good": 2, "late": 2, "out_of_range": 1}
    assert counted("events_accepted") == events + 1
    assert counted("messages_quarantined", reason="test_reason") == refused + 2


def test_work_knows_the_position_of_what_was_committed_last(journal, numbers):
    work = Work(1, contents=[Tick(1), Digests(b"12345678"), Tick(2)])
    Commit(journal, DuplicateWindow(10), [numbers], Failpoints()).run(work)

    assert work.position == journal.position == 3


def test_what_is_shed_and_what_is_tried_again_is_counted(journal, numbers):
    shed = counted("messages_shed", source="gw", reason="city_rate")
    tried = {result: counted("messages_retried", result=result) for result in ("understood", "too_deep")}
    contents: list[Content] = [
        LetGo(1, (ShedRow("gw", "city_rate", messages=7, size=700),)),
        Retried(1, (SecondTry(1, 0), SecondTry(1, 1), SecondTry(1, 2, "too_deep", "because"))),
    ]
    Commit(journal, DuplicateWindow(10), [numbers], Failpoints()).run(Work(1, contents=contents))

    assert counted("messages_shed", source="gw", reason="city_rate") == shed + 7
    assert {result: counted("messages_retried", result=result) - before for result, before in tried.items()} == {
        "understood": 2,
        "too_deep": 1,
    }
