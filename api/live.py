"""Live changes: one hub follows incidents and sensors and hands the same bytes to every stream that may see them."""

import asyncio
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import structlog

from api.errors import TooMany
from api.metrics import STREAMS_CLOSED
from api.sessions import Session
from api.sse import encoded
from city.clock import Clock, iso

log = structlog.get_logger()

#: Seconds between heartbeats; the console covers the wall when it hears nothing for 5 s.
BEAT_S = 2.0

#: Seconds after which a refused client may try to open a stream again.
_RETRY_S = 5


@dataclass(frozen=True, slots=True)
class Change:
    """One change as bytes, and who may see it; `number` is its place in the event log."""

    data: bytes
    number: int | None = None
    sees: Callable[[Session], bool] | None = None


class Recorder(Protocol):
    """Reads the event log: where it stands, and what came after a number. Calls block."""

    def newest(self) -> int:
        """Return the number of the newest event; 0 before the first."""
        ...

    def after(self, number: int, limit: int) -> Sequence[Change]:
        """Return the changes after `number`, oldest first."""
        ...


@dataclass(eq=False)
class Stream:
    """One client's bounded backlog of changes; it ends by itself when the client falls behind."""

    session: Session
    backlog: int
    _waiting: list[bytes] = field(default_factory=list)
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    ended: str = ""

    def offer(self, data: bytes) -> None:
        """Add a change; a full backlog ends the stream, and the client resumes from the event log."""
        if self.ended:
            return
        if len(self._waiting) >= self.backlog:
            self.end("fell_behind")
            return
        self._waiting.append(data)
        self._news.set()

    def end(self, reason: str) -> None:
        """Let the stream end; what waits is not sent any more."""
        self.ended = self.ended or reason
        self._waiting.clear()
        self._news.set()

    async def take(self) -> bytes:
        """Wait for changes and return them joined; empty when the stream has ended."""
        await self._news.wait()
        self._news.clear()
        data = b"".join(self._waiting)
        self._waiting.clear()
        return b"" if self.ended else data


class Hub:
    """Knows every open stream; used from the event loop only.

    Attributes:
        number: of the newest event that was handed out; streams opened now begin after it.
        ingest: whether ingest answers and hears its broker.
        closed: no stream can be opened any more: the program ends, or what follows the changes has failed.
    """

    def __init__(self, clock: Clock, *, streams_per_user: int, backlog: int) -> None:
        self._clock = clock
        self._streams_per_user, self._backlog = streams_per_user, backlog
        self._streams: set[Stream] = set()
        self.closed = False
        self.number = 0
        self.ingest = False

    def open(self, session: Session) -> Stream:
        """Open a stream that gets every change from now on.

        Raises:
            TooMany: this user holds as many streams as one may, or the hub is closing.
        """
        held = sum(stream.session.user.id == session.user.id for stream in self._streams)
        if held >= self._streams_per_user or self.closed:
            raise TooMany(what="live streams", retry_after_s=_RETRY_S, at="live")
        stream = Stream(session, self._backlog)
        self._streams.add(stream)
        return stream

    def release(self, stream: Stream) -> None:
        """Forget a stream that ended."""
        self._streams.discard(stream)
        STREAMS_CLOSED.labels(stream.ended or "not_taken").inc()
        log.debug("live_stream_closed", user=stream.session.user.username, reason=stream.ended or "not_taken")

    def publish(self, changes: Iterable[Change]) -> None:
        """Hand changes to those who may see them, in order."""
        for change in changes:
            if change.number is not None:
                self.number = max(self.number, change.number)
            for stream in self._streams:
                if change.sees is None or change.sees(stream.session):
                    stream.offer(change.data)

    def beat(self) -> None:
        """Tell every stream that it is alive, and how far the event log has been handed out."""
        self.publish([Change(self.beat_bytes(self.number))])

    def beat_bytes(self, number: int) -> bytes:
        """Return a heartbeat; it has an id, so that one who sees few incidents does not resume from long ago."""
        data = {"time": iso(self._clock.now_ns()), "number": number, "ingest": self.ingest}
        return encoded("beat", data, number=number)

    def sessions(self) -> dict[str, Session]:
        """Return the sessions that hold a stream, by key."""
        return {stream.session.key: stream.session for stream in self._streams}

    def end_sessions(self, keys: Collection[str], reason: str) -> None:
        """End the streams of these sessions."""
        for stream in self._streams:
            if stream.session.key in keys:
                stream.end(reason)

    def close(self) -> None:
        """End every stream and open no more."""
        self.closed = True
        for stream in self._streams:
            stream.end("closing")

    def __len__(self) -> int:
        """Return how many streams are open."""
        return len(self._streams)
