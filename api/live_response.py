"""A live stream over HTTP: it ends when the client leaves, falls behind or takes nothing any more."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from api.live import Hub, Stream

#: A client that takes nothing for this long is gone; browsers read at once.
SEND_TIMEOUT_S = 20.0


class LiveResponse(Response):
    """Sends `chunks` until they end; releases the stream in any case."""

    media_type = "text/event-stream"

    def __init__(self, hub: Hub, stream: Stream, chunks: AsyncGenerator[bytes]) -> None:
        super().__init__(headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"})
        del self.headers["content-length"]
        self._hub, self._stream, self._chunks = hub, stream, chunks

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the stream."""
        del scope
        try:
            async with asyncio.TaskGroup() as group:
                departure = group.create_task(self._watch(receive), name="api.live.departure")
                with suppress(TimeoutError, OSError):
                    await self._send_all(send)
                departure.cancel()
        finally:
            self._hub.release(self._stream)

    async def _send_all(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        async with aclosing(self._chunks) as chunks:
            async for chunk in chunks:
                async with asyncio.timeout(SEND_TIMEOUT_S):
                    await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _watch(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self._stream.end("left")
