"""The link's client side: ingest's Feed as the other processes hold it, connected again by itself."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from itertools import count
from pathlib import Path
from random import Random
from typing import TypeVar

import msgspec
import structlog

from city.errors import StoreUnavailable
from city.feed import (
    Concerned,
    Discovered,
    IngestStatus,
    OutboxItem,
    QuarantineCount,
    Quarantined,
    Refusals,
    Replayed,
    RuleSummary,
    SensorChange,
    StatesPage,
)
from city.history import KeptEvent, LatestReading, Series, SeriesQuery
from city.intake import Shed
from ingest.backoff import Backoff
from liandong.link.calls import CHANGES
from liandong.link.errors import error_of
from liandong.link.frame import Answer, BadFrame, Call, Refusal, framed, read_frame
from liandong.link.place import reachable

#: Longest wait for an answer in seconds, beside what the call itself asks to wait.
_PATIENCE_S = 15.0

#: First and longest pause before connecting again in seconds: ingest is on this machine.
_PAUSES_S = (0.05, 2.0)

#: Longest wait for the first connection in seconds.
_FIRST_S = 0.5

#: Bytes buffered of what has not been read; a frame may be longer.
_BUFFER_BYTES = 1024 * 1024

log = structlog.get_logger()

Result = TypeVar("Result")

_changes_decoder: msgspec.msgpack.Decoder[list[SensorChange]] = msgspec.msgpack.Decoder(list[SensorChange])


@asynccontextmanager
async def linked(path: Path) -> AsyncIterator["LinkClient"]:
    """Yield a Feed that speaks to the socket `path`, and keeps connecting to it, while the block lasts.

    Enters the block when it is connected, or after half a second while nobody is there.
    """
    client = LinkClient(path)
    async with asyncio.TaskGroup() as tasks:
        connection = tasks.create_task(client.stay_connected(), name="link.connection")
        try:
            await client.wait_connected(_FIRST_S)
            yield client
        finally:
            connection.cancel()
            client.lose("the link was closed")


class LinkClient:
    """Implements `city.feed.Feed`; calls share one connection, each stream has its own."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._writer: asyncio.StreamWriter | None = None
        self._first = asyncio.Event()
        self._waiting: dict[int, asyncio.Future[msgspec.Raw]] = {}
        self._numbers = count(1)
        self._cause = "not connected yet"

    @property
    def connected(self) -> bool:
        """Return whether a call can be made now."""
        # One that is closing takes nothing any more, and uvloop's says so by RuntimeError, before its end was read.
        return self._writer is not None and not self._writer.is_closing()

    async def wait_connected(self, patience_s: float) -> None:
        """Return at the first connection, or when patience ends."""
        with suppress(TimeoutError):
            async with asyncio.timeout(patience_s):
                await self._first.wait()

    async def stay_connected(self) -> None:
        """Connect, give out answers, and begin again when the connection ends; never returns."""
        backoff = Backoff(*_PAUSES_S, Random())
        while True:
            try:
                async with _opened(self._path) as (reader, self._writer):
                    log.info("link_connected")
                    self._first.set()
                    backoff.reset()
                    await self._give_out(reader)
                cause = "the connection ended"
            except OSError as exc:
                cause = exc.strerror or str(exc)
            except BadFrame as exc:
                cause = str(exc)
            if self._writer is not None:
                log.warning("link_lost", cause=cause)
            self.lose(cause)
            await asyncio.sleep(backoff.next_s())

    async def _give_out(self, reader: asyncio.StreamReader) -> None:
        while (message := await read_frame(reader)) is not None:
            waiting = self._waiting.pop(message.id, None)
            # Nobody waits for the answer to a call that was given up.
            if waiting is None or waiting.done():
                continue
            if isinstance(message, Answer):
                waiting.set_result(message.body)
            elif isinstance(message, Refusal):
                waiting.set_exception(error_of(message))

    def lose(self, cause: str) -> None:
        """End every call in hand with StoreUnavailable."""
        self._writer, self._cause = None, cause
        lost, self._waiting = self._waiting, {}
        for waiting in lost.values():
            if not waiting.done():
                waiting.set_exception(StoreUnavailable("ingest", cause))

    async def _call(self, kind: type[Result], name: str, *arguments: object, wait_s: float = 0.0) -> Result:
        if self._writer is None or not self.connected:
            raise StoreUnavailable("ingest", self._cause if self._writer is None else "the connection ends")
        number, answer = next(self._numbers), asyncio.get_running_loop().create_future()
        self._writer.write(framed(_asked(number, name, arguments)))
        self._waiting[number] = answer
        try:
            body = await asyncio.wait_for(answer, _PATIENCE_S + wait_s)
        except TimeoutError as exc:
            raise StoreUnavailable("ingest", f"no answer within {_PATIENCE_S + wait_s:g} s") from exc
        finally:
            self._waiting.pop(number, None)
        return msgspec.msgpack.decode(body, type=kind)

    async def latest(self, sensors: Sequence[str]) -> list[LatestReading]:
        """Return the newest readings of these sensors."""
        return await self._call(list[LatestReading], "latest", list(sensors))

    async def series_heard(self, after: int, limit: int) -> list[tuple[str, str]]:
        """Return sensor and quantity of series heard lately, in order of first hearing, behind the `after` first."""
        return await self._call(list[tuple[str, str]], "series_heard", after, limit)

    async def states(self, after: str, limit: int) -> StatesPage:
        """Return the states of the first `limit` sensors with ids beyond `after`."""
        return await self._call(StatesPage, "states", after, limit)

    async def readings(self, query: SeriesQuery) -> Series:
        """Return one series from history, with what is not yet written there."""
        return await self._call(Series, "readings", query)

    async def events(self, sensor: str, start_ns: int, end_ns: int, limit: int) -> list[KeptEvent]:
        """Return a sensor's events, newest first."""
        return await self._call(list[KeptEvent], "events", sensor, start_ns, end_ns, limit)

    async def discovered(self, after: str, limit: int) -> list[Discovered]:
        """Return sensors that send but are not registered, by id, from after `after`."""
        return await self._call(list[Discovered], "discovered", after, limit)

    async def stranger(self, sensor: str) -> Discovered:
        """Return one sensor that sends but is not registered; raises NotFound."""
        return await self._call(Discovered, "stranger", sensor)

    async def quarantined(self, before: int, limit: int, wanted: Refusals) -> list[Quarantined]:
        """Return quarantined messages, newest first, without bytes."""
        return await self._call(list[Quarantined], "quarantined", before, limit, wanted)

    async def quarantine_counts(self) -> list[QuarantineCount]:
        """Return how many messages are in quarantine, by reason and source."""
        return await self._call(list[QuarantineCount], "quarantine_counts")

    async def replay_quarantined(self, wanted: Refusals, after: int, limit: int) -> Replayed:
        """Understand wanted messages with ids beyond `after` anew."""
        return await self._call(Replayed, "replay_quarantined", wanted, after, limit)

    async def quarantined_bytes(self, number: int) -> Quarantined:
        """Return one quarantined message whole; raises NotFound."""
        return await self._call(Quarantined, "quarantined_bytes", number)

    async def shed(self, before: int, limit: int) -> list[Shed]:
        """Return what was shed by hour, source and reason, newest first, with ids below `before` (0: the newest)."""
        return await self._call(list[Shed], "shed", before, limit)

    async def outbox(self, limit: int, wait_s: float) -> list[OutboxItem]:
        """Return the oldest unsettled transitions; when there are none, wait up to `wait_s` for one."""
        return await self._call(list[OutboxItem], "outbox", limit, wait_s, wait_s=wait_s)

    async def settle(self, upto: int) -> None:
        """Forget outbox items up to and including this number."""
        await self._call(type(None), "settle", upto)

    async def rules(self) -> list[RuleSummary]:
        """Return the rule book in force."""
        return await self._call(list[RuleSummary], "rules")

    async def concerning(self, sensor: str) -> list[str]:
        """Return the ids of the rules in force that judge a sensor or a place."""
        return await self._call(list[str], "concerning", sensor)

    async def concerned(self, rule: str, sensor: str) -> Concerned:
        """Return what a rule in force looks at for a sensor or a place; raises NotFound."""
        return await self._call(Concerned, "concerned", rule, sensor)

    async def status(self) -> IngestStatus:
        """Return how ingest is."""
        return await self._call(IngestStatus, "status")

    async def refresh(self) -> None:
        """Have registry and rule book read again."""
        await self._call(type(None), "refresh")

    async def changes(self, version: int) -> AsyncIterator[list[SensorChange]]:
        """Yield what changed until ingest is away, which raises StoreUnavailable; a slow reader slows only itself."""
        try:
            async with _opened(self._path) as (reader, writer):
                writer.write(framed(_asked(0, CHANGES, (version,))))
                while isinstance(message := await read_frame(reader), Answer):
                    yield _changes_decoder.decode(message.body)
        except (OSError, BadFrame) as exc:
            raise StoreUnavailable("ingest", str(exc)) from exc
        raise error_of(message) if isinstance(message, Refusal) else StoreUnavailable("ingest", "the stream ended")


def _asked(number: int, name: str, arguments: tuple[object, ...]) -> Call:
    return Call(number, name, msgspec.Raw(msgspec.msgpack.encode(arguments)))


@asynccontextmanager
async def _opened(path: Path) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    with reachable(path) as name:
        reader, writer = await asyncio.open_unix_connection(name, limit=_BUFFER_BYTES)
    try:
        yield reader, writer
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


async def is_listening(path: Path) -> bool:
    """Tell whether a server accepts connections at the socket `path`."""
    try:
        async with _opened(path):
            return True
    except OSError:
        return False
