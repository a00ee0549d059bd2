import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import uvicorn
from starlette.applications import Starlette

from liandong.serving import Server, ServerEnded, serve


async def served(stop: asyncio.Event) -> None:
    """Serve, on an address of its own, an application that fails when it has begun, unless it is to stop."""

    async def fails() -> None:
        if stop.is_set():
            return
        raise ZeroDivisionError

    @asynccontextmanager
    async def working(_: Starlette) -> AsyncIterator[None]:
        async with asyncio.TaskGroup() as group:
            task = group.create_task(fails())
            yield
            task.cancel()

    server = Server(uvicorn.Config(Starlette(lifespan=working), log_config=None, lifespan="on"))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server.should_exit = stop.is_set()
        await serve(server, listener, stop)


async def test_server_whose_application_has_failed_ends():
    with pytest.raises(ServerEnded):
        await served(asyncio.Event())


async def test_server_that_is_told_to_stop_ends_quietly():
    stop = asyncio.Event()
    stop.set()

    await served(stop)
