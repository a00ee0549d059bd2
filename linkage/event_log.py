"""The event log: append-only rows, each sealed with a hash over itself and the seal before it."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from linkage.audit.chain import COLUMNS, Chain, Fault, Head, seal
from linkage.deed import Deed
from linkage.tables import CHAIN, EVENTS
from storage.sql import Database

#: Rows read at a time.
_BATCH = 2000

_HEAD = select(CHAIN.c.number, CHAIN.c.hash)
_COLUMNS = [EVENTS.c[name] for name in COLUMNS]
_NEXT = select(*_COLUMNS).where(EVENTS.c.number > bindparam("last")).order_by(EVENTS.c.number).limit(bindparam("limit"))
_LINKED = select(EVENTS.c.number).where(EVENTS.c.hash == bindparam("seal")).limit(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """By whom and when a deed was done; without an actor it was the system, without an incident it concerns none."""

    at_ns: int
    incident: int | None = None
    version: int = 0
    actor: str | None = None
    actor_name: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A deed as it stands in the log."""

    number: int
    hash: str
    deed: Deed


def canonical(value: object) -> str:
    """Return the one JSON text of `value`: sorted keys, no spaces."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))


def head(connection: Connection) -> Head:
    """Return the end of the log."""
    row = connection.execute(_HEAD).one_or_none()
    return Head() if row is None else Head(row.number, row.hash)


def append(connection: Connection, deeds: Iterable[tuple[Deed, Stamp]]) -> list[Entry]:
    """Add deeds to the end of the log, in order, inside the caller's write transaction."""
    start = end = head(connection)
    rows: list[dict[str, Any]] = []
    entries: list[Entry] = []
    for deed, stamp in deeds:
        row = _row(deed, stamp)
        sealed = seal(row, end.hash)
        rows.append({**row, "number": end.number + 1, "before": end.hash, "hash": sealed})
        end = Head(end.number + 1, sealed)
        entries.append(Entry(end.number, end.hash, deed))
    if rows:
        connection.execute(insert(EVENTS), rows)
        _move_head(connection, start, end)
    return entries


def verify(database: Database, anchors: Mapping[int, str] | None = None) -> list[Fault]:
    """Return every place where the log was tampered with; nothing when it is whole.

    Args:
        database: where the log is.
        anchors: seals noted outside the database, by row number; the log must still have these rows.
    """
    with database.read() as connection:
        chain = following(connection, anchors)
        return [*chain.follow(rows_after(connection, 0)), *chain.finish(head(connection))]


def following(connection: Connection, anchors: Mapping[int, str] | None = None, end: Head | None = None) -> Chain:
    """Return a chain that follows the log from `end` on, from its beginning when there is none."""

    def linked(sealed: str) -> bool:
        return connection.execute(_LINKED, {"seal": sealed}).first() is not None

    return Chain(linked, Head() if end is None else end, anchors)


def rows_after(connection: Connection, number: int, most: int | None = None) -> Iterator[dict[str, Any]]:
    """Yield rows from after `number` in order, read in batches; at most `most` of them."""
    left = most
    while left is None or left > 0:
        limit = _BATCH if left is None else min(left, _BATCH)
        # Plain dicts: what reads every column of every row looks names up faster in them than in SQLAlchemy's rows.
        found = connection.execute(_NEXT, {"last": number, "limit": limit}).all()
        batch = [dict(zip(COLUMNS, row, strict=True)) for row in found]
        yield from batch
        if len(batch) < limit:
            return
        number = batch[-1]["number"]
        left = None if left is None else left - limit


def _row(deed: Deed, stamp: Stamp) -> dict[str, Any]:
    return {
        "incident": stamp.incident,
        "version": stamp.version,
        "task": deed.task,
        "department": deed.department,
        "step": str(deed.step),
        "from_state": str(deed.from_state),
        "to_state": str(deed.to_state),
        "actor": stamp.actor,
        "actor_name": stamp.actor_name,
        "at_ns": stamp.at_ns,
        "note": deed.note,
        "data": canonical(deed.data),
    }


def _move_head(connection: Connection, start: Head, end: Head) -> None:
    if start.number == 0:
        connection.execute(insert(CHAIN), {"id": 1, "number": end.number, "hash": end.hash})
    else:
        connection.execute(update(CHAIN), {"number": end.number, "hash": end.hash})
