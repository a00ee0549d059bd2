"""What can still be read of a damaged checkpoint: the context, and the alarms that nobody has decided on yet."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from city.alarm import AlarmTransition
from city.entry import Context
from rules.checkpoint_file import context_read, unsealed

T = TypeVar("T")

#: Where the context is, and where it was in files of earlier versions.
_CONTEXTS = ("SELECT body FROM context", "SELECT body FROM meta WHERE key = 'context'")


@dataclass(frozen=True, slots=True)
class Salvage:
    """What was found; each outbox item with its journal position."""

    context: Context | None = None
    outbox: list[tuple[int, AlarmTransition]] = field(default_factory=list)


def salvage(path: Path) -> Salvage:
    """Return what of the checkpoint at `path` is whole, as far as it can be read at all."""
    try:
        with closing(sqlite3.connect(path)) as connection:
            contexts = [
                context
                for query in _CONTEXTS
                for (body,) in _rows(connection, query)
                if (context := _context(body)) is not None
            ]
            outbox = [
                (position, transition)
                for position, body in _rows(connection, "SELECT position, body FROM outbox ORDER BY number")
                if (transition := _opened(body, AlarmTransition)) is not None
            ]
    except sqlite3.Error:
        return Salvage()
    return Salvage(contexts[0] if contexts else None, outbox)


def _rows(connection: sqlite3.Connection, query: str) -> Iterator[tuple[Any, ...]]:
    """Yield rows until the damage."""
    try:
        yield from connection.execute(query)
    except sqlite3.Error:
        return


def _context(body: bytes) -> Context | None:
    """Return the last whole context; what changed of it since is put in force again at the start."""
    content = unsealed(body)
    try:
        return context_read(content) if content is not None else None
    except (ValueError, msgspec.MsgspecError):
        return None


def _opened(body: bytes, kind: type[T]) -> T | None:
    content = unsealed(body)
    try:
        return msgspec.msgpack.decode(content, type=kind) if content is not None else None
    except msgspec.MsgspecError:
        return None
