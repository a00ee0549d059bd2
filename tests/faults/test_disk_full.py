"""The journal's disk runs full: nothing is acknowledged that is not kept, and all goes on when there is room."""

import os
import shutil
from collections.abc import Iterator
from contextlib import closing, suppress
from io import RawIOBase
from pathlib import Path

import pytest

from city.catalogue import default_catalogue
from city.clock import SystemClock
from city.entry import Journaled, Tick
from city.errors import StoreUnavailable
from ingest.config import JournalSettings
from ingest.journal import Journal
from rules.checkpoint import Judge
from tests.support.brokers import KINDS, City, running
from tests.support.ingest_process import running_ingest
from tests.support.oracle import Oracle
from tests.support.small_disk import small_disk

_DISK_BYTES = 4 * 2**20
_COUNT = 400
_MEMORY = 2**20


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path / "disk", _DISK_BYTES) as folder:
        yield folder


@pytest.fixture(params=KINDS)
def city(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[City]:
    with running(request.param, tmp_path / "broker") as city:
        yield city


@pytest.mark.timeout(90)
def test_full_disk_holds_up_and_loses_nothing(city: City, disk: Path) -> None:
    folder, oracle = disk / "ingest", Oracle()
    journal = {"min_free_bytes": 0, "segment_bytes": 2**20}  # larger segments have room of their own for what comes
    with running_ingest(folder, city.settings, journal=journal) as ingest:
        ingest.until(lambda seen: bool(seen["connected"]))
        oracle.publish(city, 50)
        ingest.until(lambda seen: seen["readings"] >= 50)
        fill(disk / "ballast")
        oracle.publish(city, _COUNT - 50)
        ingest.until(lambda seen: "journal" in seen["error"] and "intake_stopped" in seen["troubles"])
        held_up = dict(ingest.seen)
        (disk / "ballast").unlink()
        ingest.until(lambda seen: seen["readings"] >= _COUNT)
        ingest.until(lambda seen: seen["troubles"] == [])
        after = dict(ingest.seen)
        oracle.flows(city, ingest)

    assert held_up["readings"] < _COUNT
    assert (after["readings"], after["connected"]) == (_COUNT, True)
    oracle.judge(folder)


def fill(ballast: Path) -> None:
    """Leave no byte on the disk."""
    with ballast.open("wb", buffering=0) as file:
        for size in (2**16, 1):
            write_until_refused(file, bytes(size))


def write_until_refused(file: RawIOBase, data: bytes) -> None:
    with suppress(OSError):
        while file.write(data):
            continue


@pytest.mark.timeout(90)
def test_little_space_is_left_to_others(city: City, disk: Path) -> None:
    folder, oracle = disk / "ingest", Oracle()
    with running_ingest(folder, city.settings, journal={"min_free_bytes": _MEMORY}) as ingest:
        ingest.until(lambda seen: bool(seen["connected"]))
        oracle.publish(city, 20)
        ingest.until(lambda seen: seen["readings"] >= 20)
        free = os.statvfs(disk)
        (disk / "ballast").write_bytes(bytes(free.f_bavail * free.f_frsize - _MEMORY // 2))
        oracle.publish(city, 20)
        ingest.until(lambda seen: "almost full" in seen["error"])
        (disk / "ballast").unlink()
        oracle.flows(city, ingest)

    oracle.judge(folder)


def left_by_a_kill(file: Path, folder: Path) -> Path:
    """Copy a database and its log as `kill -9` leaves them, but for the log's index, which a start makes anew."""
    folder.mkdir()
    for suffix in ("", "-wal"):
        shutil.copy(f"{file}{suffix}", folder)
    return folder / file.name


def test_start_on_a_full_disk_takes_no_segment_for_damaged(disk: Path) -> None:
    settings = JournalSettings(segment_bytes=2**20, min_free_bytes=0)
    with closing(Journal(disk / "running", settings, readers={})) as journal:
        for time_ns in range(50):
            journal.append([Tick(time_ns)])
        folder = left_by_a_kill(next((disk / "running").glob("*.sqlite")), disk / "killed").parent

    fill(disk / "ballast")
    with pytest.raises(StoreUnavailable, match="journal"):
        Journal(folder, settings, readers={})
    (disk / "ballast").unlink()

    with closing(Journal(folder, settings, readers={})) as journal:
        assert journal.position == 50
    assert not (folder / "damaged").exists()


def test_start_on_a_full_disk_takes_no_checkpoint_for_damaged(disk: Path) -> None:
    (disk / "running").mkdir()
    with closing(Judge.open(disk / "running" / "rules.sqlite", default_catalogue(), SystemClock())) as judge:
        judge.apply(Journaled(7, Tick(10**12)))
        file = left_by_a_kill(disk / "running" / "rules.sqlite", disk / "killed")

    fill(disk / "ballast")
    with pytest.raises(StoreUnavailable, match="rules"):
        Judge.open(file, default_catalogue(), SystemClock())
    (disk / "ballast").unlink()

    with closing(Judge.open(file, default_catalogue(), SystemClock())) as judge:
        assert (judge.position, judge.damage) == (7, "")
