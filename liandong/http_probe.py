"""Asks our own HTTP server whether it is there."""

import asyncio

from liandong.address import Address

#: Longest wait for its answer to one look, in seconds.
_TIMEOUT_S = 2.0


async def answers(address: Address, path: str) -> bool:
    """Tell whether a GET of `path` succeeds."""
    try:
        async with asyncio.timeout(_TIMEOUT_S):
            reader, writer = await asyncio.open_connection(address.host, address.port)
            writer.write(f"GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n".encode())
            status = await reader.readline()
            writer.close()
    except (OSError, TimeoutError):
        return False
    return status.split(maxsplit=2)[1:2] == [b"200"]
