"""The journal's disk runs full: nothing is acknowledged that is not kept, and all goes on when there is room."""

import os
from collections.abc import Iterator
from contextlib import suppress
from io import RawIOBase
from pathlib import Path

import pytest

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
