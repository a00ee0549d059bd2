"""Whatever the moment of a crash, the same messages give the same readings: births are journaled with their batch."""

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from ingest.commit import Commit
from ingest.config import JournalSettings, QuarantineSettings
from ingest.duplicates import DuplicateWindow
from ingest.failpoint import Failpoints
from ingest.intake import Understand
from ingest.journal import Journal
from ingest.journal_codec import Learned
from ingest.lessons import Lessons
from ingest.message import Message
from ingest.mqtt.inbox import Received
from ingest.replay import relearn
from ingest.stage import Work
from tests.support.normalising import Desk, message
from tests.support.sparkplug import M, field_of, payload, single

NODE = "spBv1.0/city"
AT_NS = 1_780_000_001_000_000_000


def born(alias: int, name: str, number: int) -> list[Message]:
    metric = M(name, single(12, 1.0), alias=alias, datatype=9)
    return [
        message(f"{NODE}/NBIRTH/n", payload(M("bdSeq", field_of(11, number), datatype=4), seq=0)),
        message(f"{NODE}/DBIRTH/n/d", payload(metric, seq=1)),
    ]


def said(value: float, seq: int) -> Message:
    return message(f"{NODE}/DDATA/n/d", payload(M(value=single(12, value), alias=1), seq=seq))


#: Alias 1 means one thing, then another, then nothing.
STORY = [
    *born(1, "Temperature", 0),
    said(20.5, 2),
    said(21.5, 3),
    *born(1, "Humidity", 1),
    said(50.0, 2),
    message(f"{NODE}/DDEATH/n/d", payload(seq=3)),
    said(51.0, 4),
]


class Run:
    """What of ingest stands before the rules, on the files of `folder`; to be thrown away as a crash does."""

    def __init__(self, folder: Path) -> None:
        self.lessons = Lessons(folder / "lessons.sqlite")
        settings = JournalSettings(min_free_bytes=0)
        self.journal = Journal(folder / "journal", settings, readers={"lessons": self.lessons.position()})
        self.desk = Desk()
        relearn(self.journal, self.lessons, self.desk.normaliser.restore)
        self._understand = Understand(self.desk.normaliser, QuarantineSettings())
        self._commit = Commit(self.journal, DuplicateWindow(100), [], Failpoints())

    def take(self, heard: list[Message], *, commit: bool = True) -> list[tuple[str, float]]:
        """Return what was committed of a batch, as (series, value)."""
        work = Work(AT_NS, Received(heard), heard, bytes(8 * len(heard)))
        self._understand.run(work)
        if not commit:
            return []
        self._commit.run(work)
        assert work.batch is not None
        return [(series, value) for _, series, _, value, _ in self.desk.rows(work.batch)]

    def drain(self) -> None:
        with closing(self.journal.reader((Learned,))) as reader:
            page = reader.read(self.lessons.position(), 100)
        self.lessons.keep(page.records, page.upto)

    def close(self) -> None:
        self.journal.close()
        self.lessons.close()


def told(folder: Path, batches: list[list[Message]], *, kill_at: int, committed: bool, drained: bool) -> list[Any]:
    """Return what is committed of the batches with a crash at one of them, before or after its commit."""
    folder.mkdir()
    run = Run(folder)
    kept = []
    for number, batch in enumerate(batches):
        if number == kill_at:
            kept += run.take(batch, commit=committed)
            if drained:
                run.drain()
            run.close()
            run = Run(folder)
            if committed:
                continue
        kept += run.take(batch)
    run.close()
    return kept


WHOLE = [
    ("Temperature[?]", 1.0),
    ("Temperature[?]", 20.5),
    ("Temperature[?]", 21.5),
    ("Humidity[?]", 1.0),
    ("Humidity[?]", 50.0),
]


@pytest.mark.parametrize("drained", [False, True], ids=["from the journal", "from the file"])
@pytest.mark.parametrize("committed", [False, True], ids=["before commit", "after commit"])
@pytest.mark.parametrize("size", [1, 3])
def test_crash_at_any_batch_changes_no_reading(tmp_path: Path, size: int, committed: bool, drained: bool):  # noqa: FBT001
    batches = [STORY[start : start + size] for start in range(0, len(STORY), size)]

    for kill_at in range(len(batches)):
        kept = told(tmp_path / str(kill_at), batches, kill_at=kill_at, committed=committed, drained=drained)
        assert [(series.lower(), value) for series, value in kept] == [(s.lower(), v) for s, v in WHOLE]


def test_death_of_a_node_makes_its_devices_offline():
    desk = Desk("city/n", "city/n/d")
    desk.batch(*born(1, "Temperature", 0), at_ns=AT_NS)

    death = payload(M("bdSeq", field_of(11, 0), datatype=4))
    statuses = desk.batch(message(f"{NODE}/NDEATH/n", death), at_ns=AT_NS).arrivals.statuses

    numbers = [desk.numbering.sensor_number(sensor) for sensor in ("city/n", "city/n/d")]
    assert [(one.sensor, one.online) for one in statuses] == [(number, False) for number in numbers]


def test_batch_that_teaches_nothing_journals_no_lesson(tmp_path: Path):
    with closing(Run(tmp_path)) as run:
        run.take([message("city/environment/a/reading", {"values": {"pm25": 1}})])

        with closing(run.journal.reader((Learned,))) as reader:
            assert reader.read(0, 10).records == []
