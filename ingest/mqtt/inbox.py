"""Messages that arrived and are not yet committed, and the rule by which they become batches."""

import asyncio
from collections import deque
from dataclasses import dataclass
from math import inf
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from ingest.config import BatchSettings
from ingest.fairness.order import FairOrder, Marks
from ingest.message import Message
from ingest.mqtt.codec import Parsed
from ingest.telemetry import MESSAGES_DISCARDED


class Source(Protocol):
    """One connection that delivers messages and is owed acknowledgements for them."""

    @property
    def blocked(self) -> bool:
        """Return whether the broker sends nothing more before it has been acknowledged."""
        ...

    def acknowledge(self, packet_ids: list[bytes]) -> None:
        """Send PUBACKs; does nothing once the connection has ended."""
        ...

    def pause(self) -> None:
        """Stop reading."""
        ...

    def resume(self) -> None:
        """Read again."""
        ...


@dataclass(frozen=True, slots=True)
class Received:
    """One closed batch; whoever has committed it calls `acknowledge`.

    `caught_up` says that it closed because nothing more was waiting, here or (as far as we can know) at the broker.
    """

    messages: list[Message]
    owed: tuple[tuple[Source, list[bytes]], ...] = ()
    caught_up: bool = True

    def acknowledge(self) -> None:
        """Acknowledge every message to the connection by which it came."""
        for source, packet_ids in self.owed:
            source.acknowledge(packet_ids)


class _Chunk(NamedTuple):
    """What one read of one connection brought."""

    source: Source
    messages: list[Message]
    packet_ids: list[bytes]
    size: int
    marks: Marks | None = None


class Inbox:
    """Collects what connections deliver, and hands it out in batches; belongs to one event loop and one taker."""

    def __init__(self, settings: BatchSettings, order: FairOrder | None = None) -> None:
        """Hand out in order of arrival; by `order` while more is waiting than goes into one batch."""
        self._settings, self._order = settings, order
        self._chunks: deque[_Chunk] = deque()
        self._paused: set[Source] = set()
        self._count = self._size = self._arrivals = 0
        self._first_s, self._closed_s = 0.0, -inf
        self._blocked = False
        self._waker: asyncio.Future[None] | None = None

    def put(self, source: Source, parsed: Parsed, size: int) -> None:
        """Add what one read brought, `size` bytes; a source that fills the inbox is paused until there is room."""
        was_empty = not self._count
        if was_empty:
            self._first_s = asyncio.get_running_loop().time()
        self._chunks.append(_Chunk(source, parsed.messages, parsed.packet_ids, size))
        self._count += len(parsed.messages)
        self._size += size
        self._arrivals += 1
        self._blocked |= source.blocked
        if self._is_full() and source not in self._paused:  # one that was paused may still bring what it had read
            self._paused.add(source)
            source.pause()
        if was_empty or self._blocked or self._is_large():
            self._wake()

    @property
    def waiting(self) -> int:
        """Return how many messages have arrived and are in no batch yet."""
        return self._count

    @property
    def paused(self) -> bool:
        """Return whether some connection is not read, since more is waiting than may."""
        return bool(self._paused)

    def sort_anew(self) -> None:
        """Forget what `order` said of what is waiting: it has other lanes now."""
        self._chunks = deque(chunk._replace(marks=None) for chunk in self._chunks)

    def drop(self, source: Source) -> None:
        """Forget what came by a connection that has ended: QoS 1 comes again; QoS 0 would not, so it is kept."""
        before = self._count
        chunks = [_unowed(chunk) if chunk.source is source else chunk for chunk in self._chunks]
        self._refill([chunk for chunk in chunks if chunk.messages])
        self._paused.discard(source)
        self._resume()
        MESSAGES_DISCARDED.labels("connection_ended").inc(before - self._count)

    async def take(self) -> Received:
        """Return the next batch, never an empty one; it closes as soon as nothing more is waiting."""
        loop = asyncio.get_running_loop()
        while True:
            if not self._count:
                await self._woken(None)
            elif self._is_large() or loop.time() >= self._first_s + self._settings.max_age_ms / 1000:
                return self._close(caught_up=False)
            elif not await self._more_came():
                pause_s = self._closed_s + self._settings.spacing_ms / 1000 - loop.time()
                if self._count and (pause_s <= 0 or self._blocked):
                    return self._close(caught_up=not self._blocked)
                await self._woken(pause_s)

    async def _more_came(self) -> bool:
        """Let the loop look at its sockets once, and return whether that brought anything.

        A callback runs before the poll of its own turn in uvloop, and before that poll's readers in asyncio, so only
        the second turn is after them.
        """
        before = self._arrivals
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        return self._arrivals != before

    async def _woken(self, pause_s: float | None) -> None:
        """Wait until there is reason to look again, or `pause_s` at most; None waits for the first arrival."""
        loop = asyncio.get_running_loop()
        self._waker = loop.create_future()
        timer = loop.call_later(pause_s, self._wake) if pause_s is not None else None
        try:
            await self._waker
        finally:
            self._waker = None
            if timer is not None:
                timer.cancel()

    def _wake(self) -> None:
        if self._waker is not None and not self._waker.done():
            self._waker.set_result(None)

    def _close(self, *, caught_up: bool) -> Received:
        backlog = self._order is not None and self._count > self._settings.max_messages
        chunks = self._picked_by(self._order) if backlog and self._order is not None else self._picked()
        messages = (
            [message for chunk in chunks for message in chunk.messages] if len(chunks) > 1 else chunks[0].messages
        )
        loop = asyncio.get_running_loop()
        self._first_s = self._closed_s = loop.time()
        self._blocked = False
        self._resume()
        return Received(messages, _owed(chunks), caught_up=caught_up)

    def _resume(self) -> None:
        """Have every connection read again, if there is room."""
        if not self._is_full():
            for source in self._paused:
                source.resume()
            self._paused.clear()

    def _picked(self) -> list[_Chunk]:
        """Remove and return the oldest chunks up to a batch's bounds, the last one cut to fit."""
        picked: list[_Chunk] = []
        count = size = 0
        while self._chunks and count < self._settings.max_messages and size < self._settings.max_bytes:
            chunk = self._chunks.popleft()
            room = self._settings.max_messages - count
            if len(chunk.messages) > room:
                chunk, rest = _cut(chunk, room)
                self._chunks.appendleft(rest)
            picked.append(chunk)
            count += len(chunk.messages)
            size += chunk.size
        self._count -= count
        self._size -= size
        return picked

    def _picked_by(self, order: FairOrder) -> list[_Chunk]:
        """Remove and return what goes first, about as many bytes as a batch holds at most."""
        room = min(self._settings.max_messages, 1 + self._count * self._settings.max_bytes // max(1, self._size))
        marks = [order.marks(one.messages) if one.marks is None else one.marks for one in self._chunks]
        self._chunks = deque(one._replace(marks=mark) for one, mark in zip(self._chunks, marks, strict=True))
        choice = order.choose(marks, room)
        if choice is None:
            return self._picked()
        picked, rest = list[_Chunk](), list[_Chunk]()
        for chunk, mark, chosen in zip(self._chunks, marks, choice, strict=True):
            picked += _part(chunk, mark, chosen)
            rest += _part(chunk, mark, ~chosen)
        self._refill(rest)
        return picked

    def _refill(self, chunks: list[_Chunk]) -> None:
        self._chunks = deque(chunks)
        self._count = sum(len(chunk.messages) for chunk in chunks)
        self._size = sum(chunk.size for chunk in chunks)

    def _is_large(self) -> bool:
        return self._count >= self._settings.max_messages or self._size >= self._settings.max_bytes

    def _is_full(self) -> bool:
        return self._count >= self._settings.max_waiting_messages or self._size >= self._settings.max_waiting_bytes


def _cut(chunk: _Chunk, count: int) -> tuple[_Chunk, _Chunk]:
    size = chunk.size * count // len(chunk.messages)
    return (
        _Chunk(chunk.source, chunk.messages[:count], chunk.packet_ids[:count], size),
        _Chunk(chunk.source, chunk.messages[count:], chunk.packet_ids[count:], chunk.size - size),
    )


def _part(chunk: _Chunk, marks: Marks, chosen: NDArray[np.bool_]) -> list[_Chunk]:
    """Return the chosen messages of a chunk as one of their own; none where none is chosen."""
    count = int(chosen.sum())
    if count == len(chosen):
        return [chunk]
    places = np.flatnonzero(chosen).tolist()
    messages, packet_ids = [chunk.messages[place] for place in places], [chunk.packet_ids[place] for place in places]
    size = chunk.size * count // len(chosen)
    return [_Chunk(chunk.source, messages, packet_ids, size, marks[chosen])] if count else []


def _unowed(chunk: _Chunk) -> _Chunk:
    messages = [message for message, packet_id in zip(chunk.messages, chunk.packet_ids, strict=True) if not packet_id]
    return _Chunk(chunk.source, messages, [b""] * len(messages), chunk.size * len(messages) // len(chunk.messages))


def _owed(chunks: list[_Chunk]) -> tuple[tuple[Source, list[bytes]], ...]:
    by_source: dict[Source, list[bytes]] = {}
    for chunk in chunks:
        by_source.setdefault(chunk.source, []).extend(filter(None, chunk.packet_ids))
    return tuple((source, packet_ids) for source, packet_ids in by_source.items() if packet_ids)
