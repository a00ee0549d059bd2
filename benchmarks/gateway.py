"""A message gateway on the loopback, in a process of its own: prints its port, then each message's key and its time."""

import asyncio
import json
import sys
import time

_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


async def _take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    length = int(head.partition("content-length:")[2].split("\r\n")[0])
    key = json.loads(await reader.readexactly(length))["key"]
    sys.stdout.write(f"{key} {time.time_ns()}\n")
    sys.stdout.flush()
    writer.write(_ANSWER)
    await writer.drain()
    writer.close()


async def _serve() -> None:
    server = await asyncio.start_server(_take, "127.0.0.1", 0, backlog=1024)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve())
