"""An HTTP server inside a process of ours: it leaves signals to us, and ends with the work behind its answers."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from socket import socket as Socket

import uvicorn
from uvicorn.lifespan.on import LifespanOn

from city.errors import LiandongError


class ServerEnded(LiandongError):
    """Raised when the HTTP server ended by itself; the log says why."""

    code = "server_ended"

    def __init__(self) -> None:
        self.at = "http"
        super().__init__("The HTTP server ended by itself - at `http`")


class Server(uvicorn.Server):
    """Ends when the application's own work has failed: its live streams would be silent for as long as it answered."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield

    async def on_tick(self, counter: int) -> bool:
        """Return whether it is to end, ten times a second."""
        failed = isinstance(self.lifespan, LifespanOn) and self.lifespan.error_occurred
        return await super().on_tick(counter) or failed


async def serve(server: Server, socket: Socket, stop: asyncio.Event) -> None:
    """Serve until told to stop.

    Raises:
        ServerEnded: it ended before that: it cannot start, or its application has failed.
    """
    await server.serve(sockets=[socket])
    if not stop.is_set():
        raise ServerEnded
