"""A restored copy keeps to itself until somebody calls it the city."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from city.clock import ManualClock
from city.errors import Conflict
from city.restored import Restored
from liandong.cli import run
from liandong.copies import schedule
from liandong.copies.config import BackupSettings
from liandong.copies.restored import RestoredMark, mark
from liandong.copies.schedule import Schedule
from liandong.copies.standing import Standings
from liandong.exits import Exit

CLOCK = ManualClock(datetime(2026, 11, 20, 8, tzinfo=UTC))
MADE = "2026-11-20T07:00:00.000Z"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir(mode=0o700)
    return tmp_path / "data" / "restored.json"


def test_city_without_a_mark_acts(path: Path) -> None:
    restored = RestoredMark(path, CLOCK)

    assert restored.standing() is None
    with pytest.raises(Conflict):
        restored.acknowledge("li")


def test_mark_stands_until_somebody_takes_it_and_says_who(path: Path) -> None:
    mark(path, MADE, 5)
    restored = RestoredMark(path, CLOCK)
    before = restored.standing()
    restored.acknowledge("li")

    assert (before, restored.standing()) == (Restored(MADE, 5), None)
    assert '"by":"li"' in path.read_text()
    with pytest.raises(Conflict):
        restored.acknowledge("wang")


def test_mark_that_cannot_be_read_stands(path: Path) -> None:
    path.write_text("{")

    assert RestoredMark(path, CLOCK).standing() == Restored("", 0)


async def test_scheduled_copies_wait_for_the_city(path: Path) -> None:
    mark(path, MADE, 5)
    asked: list[tuple[str, ...]] = []

    def command(*words: str) -> list[str]:
        asked.append(words)
        return ["true"]

    restored, standings = RestoredMark(path, CLOCK), Standings(path.with_name("copies.json"), CLOCK)
    task = asyncio.create_task(Schedule(BackupSettings(), standings, CLOCK, command, restored.lifted).run())
    for _ in range(5):
        await asyncio.sleep(0)
    waiting = list(asked), standings.now().since_ns
    task.cancel()

    assert waiting == ([], 0)


async def test_full_disk_puts_scheduled_copies_off_and_ends_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schedule, "_LOOK_S", 0.0)
    file, asked = tmp_path / "copies.json", asyncio.Event()
    file.mkdir()  # what cannot be written, whatever the disk
    mark = RestoredMark(tmp_path / "restored.json", CLOCK)

    def command(*_: str) -> list[str]:
        asked.set()
        return ["true"]

    async with asyncio.TaskGroup() as group:
        running = Schedule(BackupSettings(), Standings(file, CLOCK), CLOCK, command, mark.lifted).run()
        task = group.create_task(running)
        for _ in range(20):
            await asyncio.sleep(0)
        waiting = asked.is_set()
        file.rmdir()
        await asked.wait()
        task.cancel()

    assert not waiting


def test_command_tells_and_calls_it_the_city(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mark(path, MADE, CLOCK.now_ns())

    def said(*words: str) -> str:
        assert run(["restored", *words, "--data", str(path.parent)]) == Exit.OK
        return capsys.readouterr().out

    assert said() == f"restored 2026-11-20T08:00:00.000Z from what was copied at {MADE}; it sends nothing yet\n"
    assert [said("--live"), said()] == ["this is the city\n"] * 2
    assert run(["restored", "--live", "--data", str(path.parent)]) == Exit.USAGE
