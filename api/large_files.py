"""Files that pass through the API and may be too large for memory: they lie in a folder, without a name."""

import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, cast

import anyio.to_thread
from fastapi import Request

from city.errors import BadRequest, StoreUnavailable

#: Bytes written or sent at once.
_CHUNK = 1 << 20


async def received(request: Request, folder: Path) -> BinaryIO:
    """Return a request's body as a file at its beginning, which is gone when the caller closes it.

    Raises:
        BadRequest: there is none.
        StoreUnavailable: there is no room for it.
    """
    content = _unnamed(folder)
    waiting = bytearray()
    try:
        async for chunk in request.stream():
            waiting += chunk
            if len(waiting) >= _CHUNK:
                await anyio.to_thread.run_sync(_write, content, bytes(waiting))
                waiting.clear()
        await anyio.to_thread.run_sync(_write, content, bytes(waiting))
        _require_something(content)
        _rewind(content)
    except BaseException:
        _let_go(content)
        raise
    return content


def spooled(pieces: Iterator[str], folder: Path) -> BinaryIO:
    """Return a text as a file at its beginning, so that a slow reader of it keeps no database waiting; blocks.

    Raises:
        StoreUnavailable: there is no room for it.
    """
    content = _unnamed(folder)
    try:
        for piece in pieces:
            _write(content, piece.encode())
        _rewind(content)
    except BaseException:
        _let_go(content)
        raise
    return content


async def sent(content: BinaryIO) -> AsyncIterator[bytes]:
    """Yield a file in pieces and close it."""
    with content:
        while piece := await anyio.to_thread.run_sync(content.read, _CHUNK):
            yield piece


def _unnamed(folder: Path) -> BinaryIO:
    try:
        return cast("BinaryIO", tempfile.TemporaryFile(dir=folder))
    except OSError as error:
        raise StoreUnavailable("import", str(error)) from error


def _let_go(content: BinaryIO) -> None:
    """Close a file; on a full disk what it kept back is lost with it, and no second mistake hides the first."""
    with suppress(OSError):
        content.close()


def _require_something(content: BinaryIO) -> None:
    if not content.tell():
        raise BadRequest(expected="a file", got="no bytes", at="body")


def _rewind(content: BinaryIO) -> None:
    """Go to the beginning, which writes what was kept back."""
    try:
        content.seek(0)
    except OSError as error:
        raise StoreUnavailable("import", str(error)) from error


def _write(content: BinaryIO, piece: bytes) -> None:
    try:
        content.write(piece)
    except OSError as error:
        raise StoreUnavailable("import", str(error)) from error
