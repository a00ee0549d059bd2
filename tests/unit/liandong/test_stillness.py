"""Ingest keeps still for a copy as long as the copier is connected, and no longer."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from city.errors import StoreUnavailable
from liandong.copies import stillness
from liandong.copies.holding import Hold, held
from liandong.copies.stillness import kept_still
from liandong.folder import DataFolder, FolderTaken
from tests.support.ingesting import MemoryHistory


@dataclass
class Town:
    """A journal and a history that say whether they are held."""

    folder: DataFolder
    pinned: list[str] = field(default_factory=list)
    still: int = 0
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    free: asyncio.Event = field(default_factory=asyncio.Event)

    def hold(self, reader: str) -> int:
        self.pinned.append(reader)
        return 17

    def let_go(self, reader: str) -> None:
        self.pinned.remove(reader)
        self.changed.set()


class Quiet(MemoryHistory):
    """A history that counts who keeps it still."""

    town: Town
    loop: asyncio.AbstractEventLoop

    @contextmanager
    def still(self) -> Iterator[None]:
        self.town.still += 1
        try:
            yield
        finally:
            self.town.still -= 1
            self.loop.call_soon_threadsafe(self.town.free.set)


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    folder = DataFolder(tmp_path / "data")
    folder.create()
    town, history = Town(folder), Quiet()
    history.town, history.loop = town, asyncio.get_running_loop()
    async with kept_still(town, history, folder.still_socket):
        yield town


async def test_journal_and_history_are_held_for_their_blocks(town: Town) -> None:
    async with held(town.folder) as hold:
        assert hold is not None
        async with hold.history_still():
            inside = (town.pinned[:], town.still)
        between = (town.pinned[:], town.still)
    await town.changed.wait()

    assert (inside, between) == ((["copy"], 1), (["copy"], 0))
    assert (town.pinned, town.still) == ([], 0)


async def test_copier_that_is_gone_holds_nothing(town: Town) -> None:
    reader, writer = await asyncio.open_unix_connection(town.folder.still_socket)
    writer.write(b"journal\nhistory\n")
    assert (await reader.readline(), await reader.readline()) == (b"17\n", b"still\n")
    writer.transport.abort()
    await town.changed.wait()

    assert (town.pinned, town.still) == ([], 0)


async def test_one_copier_at_a_time(town: Town) -> None:
    async with held(town.folder):
        reader, writer = await asyncio.open_unix_connection(town.folder.still_socket)
        writer.write(b"journal\n")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await reader.readline()
        assert town.pinned == ["copy"]
        writer.close()


async def test_copy_that_took_too_long_is_worth_nothing(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stillness, "LONGEST_S", 0.01)

    async with held(town.folder) as hold:
        assert hold is not None
        with pytest.raises(StoreUnavailable, match="so long"):
            await copied(hold, town)


async def copied(hold: Hold, town: Town) -> None:
    """Copy for longer than history is held."""
    async with hold.history_still():
        await town.free.wait()


async def test_ingest_that_does_not_run_is_kept_from_starting(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "data")
    folder.create()

    async with held(folder) as hold:
        assert hold is None
        with pytest.raises(FolderTaken), folder.held("ingest"):
            pass


async def test_unknown_word_is_answered(town: Town) -> None:
    async with held(town.folder) as hold:
        assert hold is not None
        assert await hold.ask("dance") == "unknown"
