"""Ingest's side of a copy: it keeps journal and history still for whoever is connected, and no longer."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, contextmanager, suppress
from pathlib import Path
from threading import Lock, Timer
from typing import Protocol

import structlog
from prometheus_client import Counter

from city.history import HistoryStore
from liandong.link.place import listening

#: Longest silence of a copier that still lives, and longest time for which history waits for one: the journal takes
#: what comes meanwhile, and at 200 MB/s, which one disk reads, 120 GB are copied in that time.
SILENCE_S, LONGEST_S = 30.0, 600.0

#: Name of the copy among those who need the journal.
_READER = "copy"

log = structlog.get_logger()

_LAPSED = Counter("liandong_holds_lapsed_total", "Times that a copy took longer than ingest kept still.", ["reason"])


class HeldJournal(Protocol):
    """The journal, as far as a copy must know it."""

    def hold(self, reader: str) -> int:
        """Keep what lies behind the position that is returned."""
        ...

    def let_go(self, reader: str) -> None:
        """Keep it no longer."""
        ...


@asynccontextmanager
async def kept_still(journal: HeldJournal, history: HistoryStore, path: Path) -> AsyncIterator[None]:
    """Keep still for one copier at a time at the socket `path` while the block lasts; then let go of everything."""
    turn, tasks = asyncio.Lock(), set[asyncio.Task[None]]()
    async with AsyncExitStack() as opened:
        socket = opened.enter_context(listening(path))
        group = await opened.enter_async_context(asyncio.TaskGroup())

        def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = group.create_task(_Copier(journal, history, turn).serve(reader, writer), name="copies.hold")
            tasks.add(task)
            task.add_done_callback(tasks.discard)

        server = await asyncio.start_unix_server(converse, sock=socket)
        try:
            yield
        finally:
            server.close()
            for task in tasks:
                task.cancel()


class _Copier:
    """One connection: what it holds goes with it, however it ends."""

    def __init__(self, journal: HeldJournal, history: HistoryStore, turn: asyncio.Lock) -> None:
        self._journal, self._pause, self._turn = journal, _Pause(history), turn

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Do what it asks, line by line, until it is gone."""
        try:
            async with self._turn:
                await self._answer(reader, writer)
        except (ConnectionError, TimeoutError) as error:
            log.warning("copier_lost", cause=type(error).__name__)
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with ExitStack() as held:
            held.callback(self._pause.end)
            while word := await self._word(reader):
                writer.write(f"{await self._do(word, held)}\n".encode())
                await writer.drain()

    async def _word(self, reader: asyncio.StreamReader) -> str:
        async with asyncio.timeout(SILENCE_S):
            return (await reader.readline()).decode("ascii", "replace").strip()

    async def _do(self, word: str, held: ExitStack) -> str:
        match word:
            case "journal":
                return str(held.enter_context(self._journal_held()))
            case "history":
                await asyncio.to_thread(self._pause.begin)
                return "still"
            case "release":
                return "held" if self._pause.end() else "lapsed"
            case "here":
                return "here"
            case _:
                return "unknown"

    @contextmanager
    def _journal_held(self) -> Iterator[int]:
        try:
            yield self._journal.hold(_READER)
        finally:
            self._journal.let_go(_READER)


class _Pause:
    """A stretch in which history does not write; it is begun in a thread, since it waits for the write in hand."""

    def __init__(self, history: HistoryStore) -> None:
        self._history, self._change = history, Lock()
        self._held: ExitStack | None = None
        self._ended = False

    def begin(self) -> None:
        """Return when history is still; it stays so until `end`, at the longest for LONGEST_S."""
        held = ExitStack()
        held.enter_context(self._history.still())
        with self._change:
            if self._ended:  # whoever asked is gone by now
                held.close()
                return
            self._held = held
        timer = Timer(LONGEST_S, self._lapse)
        timer.daemon = True
        timer.start()
        held.callback(timer.cancel)

    def end(self) -> bool:
        """Let history write; return whether it was still until now."""
        with self._change:
            self._ended, held, self._held = True, self._held, None
        if held is None:
            return False
        held.close()
        return True

    def _lapse(self) -> None:
        if self.end():
            _LAPSED.labels("too_long").inc()
            log.warning("copy_too_slow", kept_still_s=LONGEST_S)
