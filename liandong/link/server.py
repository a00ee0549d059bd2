"""The link's server side: answers calls to ingest's Feed, many at a time, on each connection."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import msgspec
import structlog
from prometheus_client import Counter

from city.errors import BadRequest, LiandongError, StoreUnavailable
from city.feed import Feed
from liandong.link.calls import CALLS, CHANGES
from liandong.link.errors import refusal_of
from liandong.link.frame import Answer, BadFrame, Call, FrameTooLong, Message, framed, read_frame
from liandong.link.place import listening

#: Calls of one connection in hand at a time; beyond them its next one is not read.
MAX_CALLS = 64

log = structlog.get_logger()

_FAILED = Counter(
    "liandong_link_calls_failed_total", "Calls of ingest's feed that ended in a fault of ours", ["reason"]
)


@asynccontextmanager
async def served(feed: Feed, path: Path) -> AsyncIterator[None]:
    """Answer calls to `feed` at the socket `path` while the block lasts; then end every connection."""
    with listening(path) as socket:
        async with _conversing(feed) as converse:
            server = await asyncio.start_unix_server(converse, sock=socket)
            try:
                yield
            finally:
                server.close()


@asynccontextmanager
async def _conversing(feed: Feed) -> AsyncIterator[Callable[[asyncio.StreamReader, asyncio.StreamWriter], None]]:
    """Yield what takes up a connection; connections end with the block."""
    conversations: set[asyncio.Task[None]] = set()
    async with asyncio.TaskGroup() as group:

        def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = group.create_task(_Conversation(feed, writer).run(reader), name="link.conversation")
            conversations.add(task)
            task.add_done_callback(conversations.discard)

        try:
            yield converse
        finally:
            for task in conversations:
                task.cancel()


class _Conversation:
    """One client's connection."""

    def __init__(self, feed: Feed, writer: asyncio.StreamWriter) -> None:
        self._feed, self._writer = feed, writer
        self._places = asyncio.Semaphore(MAX_CALLS)

    async def run(self, reader: asyncio.StreamReader) -> None:
        """Answer until the client is gone; what it still waited for is then given up."""
        try:
            async with asyncio.TaskGroup() as answers:
                tasks = await self._read(reader, answers)
                for task in tasks:
                    task.cancel()
        finally:
            self._writer.close()
            with suppress(ConnectionError):
                await self._writer.wait_closed()

    async def _read(self, reader: asyncio.StreamReader, answers: asyncio.TaskGroup) -> set[asyncio.Task[None]]:
        tasks: set[asyncio.Task[None]] = set()
        while True:
            await self._places.acquire()
            try:
                message = await read_frame(reader)
            except BadFrame as exc:
                log.warning("link_frame_refused", cause=str(exc))
                return tasks
            if not isinstance(message, Call):
                return tasks
            task = answers.create_task(self._answer(message), name=f"link.{message.name}")
            tasks.add(task)
            task.add_done_callback(tasks.discard)
            task.add_done_callback(lambda _: self._places.release())

    async def _answer(self, call: Call) -> None:
        try:
            arguments = _arguments(call)
            if call.name == CHANGES:
                async for item in self._feed.changes(*arguments):
                    await self._send(_answer(call, item))
            else:
                await self._send(_answer(call, await getattr(self._feed, call.name)(*arguments)))
        except LiandongError as exc:
            await self._send(refusal_of(call.id, exc))
        except Exception:
            # The boundary of one call: a fault in it must not take the others with it.
            log.exception("link_call_failed", call=call.name)
            _FAILED.labels(reason="fault").inc()
            await self._send(refusal_of(call.id, StoreUnavailable("ingest", "a fault, described in its log")))

    async def _send(self, message: Message) -> None:
        """Send; to one that is gone, and asks again when it comes back, nothing."""
        try:
            frame = framed(message)
        except FrameTooLong as exc:
            frame = framed(refusal_of(message.id, BadRequest(expected="a smaller question", got=str(exc), at="link")))
        if self._writer.is_closing():  # uvloop's refuses it by RuntimeError
            return
        self._writer.write(frame)
        with suppress(ConnectionError):
            await self._writer.drain()


def _arguments(call: Call) -> tuple[Any, ...]:
    """Return what a call was given; raises BadRequest for one that there is not, or with other arguments."""
    decoder = CALLS.get(call.name)
    if decoder is None:
        raise BadRequest(expected="a call of the feed", got=call.name, at="link")
    try:
        return decoder.decode(call.arguments)
    except msgspec.DecodeError as exc:
        raise BadRequest(expected=f"arguments of `{call.name}`", got=str(exc), at="link") from exc


def _answer(call: Call, result: object) -> Answer:
    return Answer(call.id, msgspec.Raw(msgspec.msgpack.encode(result)))
