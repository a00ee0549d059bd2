"""A copy's side: asks ingest to keep still, or holds its folder where ingest does not run."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import NoReturn

from city.errors import StoreUnavailable
from liandong.copies.stillness import SILENCE_S
from liandong.folder import DataFolder
from liandong.link.place import reachable


@asynccontextmanager
async def held(folder: DataFolder) -> AsyncIterator["Hold | None"]:
    """Keep ingest's journal from giving anything back while the block lasts; None where ingest does not run.

    Raises:
        FolderTaken: ingest is starting or ending.
        StoreUnavailable: ingest went away meanwhile.
    """
    try:
        with reachable(folder.still_socket) as name:
            reader, writer = await asyncio.open_unix_connection(name)
    except OSError:
        with folder.held("ingest"):
            yield None
        return
    hold = Hold(reader, writer)
    try:
        async with asyncio.TaskGroup() as group:
            living = group.create_task(hold.stay(), name="copies.here")
            await hold.ask("journal")
            yield hold
            living.cancel()
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


class Hold:
    """A connection to a running ingest, which keeps still as long as it lasts."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._turn = asyncio.Lock()

    async def stay(self) -> NoReturn:
        """Say now and then that we are here."""
        while True:
            await asyncio.sleep(SILENCE_S / 3)
            await self.ask("here")

    @asynccontextmanager
    async def history_still(self) -> AsyncIterator[None]:
        """Have history's files left as they are while the block lasts.

        Raises:
            StoreUnavailable: they were not, or ingest went away; what was copied of them is worth nothing.
        """
        await self.ask("history")
        yield
        if await self.ask("release") != "held":
            raise StoreUnavailable("copy", "ingest did not keep still for so long")

    async def ask(self, word: str) -> str:
        """Return ingest's answer to one word; raises StoreUnavailable when there is none."""
        async with self._turn:
            try:
                self._writer.write(f"{word}\n".encode())
                await self._writer.drain()
                answer = (await self._reader.readline()).decode().strip()
            except ConnectionError as error:
                raise StoreUnavailable("copy", f"ingest went away: {error}") from error
        if not answer:
            raise StoreUnavailable("copy", "ingest went away")
        return answer
