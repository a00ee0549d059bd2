"""Reads a response that never ends, in-process: httpx's ASGI transport waits for the end."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx
from starlette.types import ASGIApp, Message


@dataclass(frozen=True)
class Event:
    """One server-sent event."""

    event: str
    data: object
    id: str = ""


@dataclass
class EventStream:
    """A stream that is being read."""

    status: int = 0
    headers: httpx.Headers = field(default_factory=httpx.Headers)
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    started: asyncio.Event = field(default_factory=asyncio.Event)
    taking: asyncio.Event = field(default_factory=asyncio.Event)
    left: asyncio.Event = field(default_factory=asyncio.Event)
    _events: asyncio.Queue[Event] = field(default_factory=asyncio.Queue)

    async def receive(self) -> Message:
        """Say nothing until the client leaves."""
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        """Take what the application sends; a client that takes nothing blocks it."""
        await self.taking.wait()
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = httpx.Headers(message["headers"])
            self.started.set()
            return
        for block in message.get("body", b"").decode().split("\n\n"):
            self._parse(block)
        if not message.get("more_body", False):
            self.ended.set()

    async def next(self, *names: str) -> Event:
        """Return the next event with one of these names, leaving out others."""
        async with asyncio.timeout(5):
            while True:
                event = await self._events.get()
                if not names or event.event in names:
                    return event

    async def before(self, name: str) -> list[Event]:
        """Return the events up to the next one with this name."""
        events = []
        while (event := await self.next()).event != name:
            events.append(event)
        return events

    def _parse(self, block: str) -> None:
        fields = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line)
        if "event" in fields:
            self._events.put_nowait(Event(fields["event"], json.loads(fields["data"]), fields.get("id", "")))


@asynccontextmanager
async def streaming(
    app: ASGIApp, path: str, client: httpx.AsyncClient, headers: dict[str, str] | None = None
) -> AsyncIterator[EventStream]:
    """Open `path` with the cookies of `client` and read it while the block lasts."""
    request = client.build_request("GET", path, headers=headers)
    scope: dict[str, object] = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": request.url.path,
        "raw_path": request.url.raw_path,
        "query_string": request.url.query,
        "root_path": "",
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "client": ("127.0.0.1", 50000),
        "server": ("127.0.0.1", 8470),
    }
    stream = EventStream()
    stream.taking.set()
    async with asyncio.TaskGroup() as group:
        group.create_task(_run(app, scope, stream), name="stream")
        await stream.started.wait()
        yield stream
        stream.left.set()


async def _run(app: ASGIApp, scope: dict[str, object], stream: EventStream) -> None:
    await app(scope, stream.receive, stream.send)
    stream.ended.set()
    stream.started.set()
