"""The event log: append-only rows, each sealed with a hash over itself and the seal before it.

The hash covers everything but the number: a number says where the row stands, the link to the row before proves it. So
a changed row, a missing one and two that changed places can be told apart.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, RowMapping, insert, select, update

from linkage.deed import Deed
from linkage.tables import CHAIN, EVENTS
from storage.sql import Database

#: What the first row of a log is linked to.
GENESIS = "0" * 64

#: The columns that the hash covers, in no order that matters: canonical JSON sorts them.
_SEALED = (
    "incident",
    "version",
    "task",
    "department",
    "step",
    "from_state",
    "to_state",
    "actor",
    "actor_name",
    "at_ns",
    "note",
    "data",
)

_BATCH = 1000

_HEAD = select(CHAIN.c.number, CHAIN.c.hash)


class Damage(StrEnum):
    """What is wrong with a row of the log."""

    CHANGED = "changed"  #: its seal does not fit its content
    MISSING = "missing"  #: it, or the row it was linked to, is not there
    REORDERED = "reordered"  #: it is linked to a row that stands elsewhere
    ADDED = "added"  #: it stands behind the end that was noted


@dataclass(frozen=True, slots=True)
class Fault:
    """A place where the log is not as it was written."""

    damage: Damage
    number: int


@dataclass(frozen=True, slots=True)
class Head:
    """The newest row's number and seal; 0 and GENESIS for an empty log."""

    number: int
    hash: str


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
    return Head(0, GENESIS) if row is None else Head(row.number, row.hash)


def append(connection: Connection, deeds: Iterable[tuple[Deed, Stamp]]) -> list[Entry]:
    """Add deeds to the end of the log, in order, inside the caller's write transaction."""
    start = end = head(connection)
    rows: list[dict[str, Any]] = []
    entries: list[Entry] = []
    for deed, stamp in deeds:
        row = _row(deed, stamp)
        seal = _seal(row, end.hash)
        rows.append({**row, "number": end.number + 1, "before": end.hash, "hash": seal})
        end = Head(end.number + 1, seal)
        entries.append(Entry(end.number, end.hash, deed))
    if rows:
        connection.execute(insert(EVENTS), rows)
        _move_head(connection, start, end)
    return entries


def verify(database: Database) -> list[Fault]:
    """Return every place where the log was tampered with; nothing when it is whole."""
    with database.read() as connection:
        return list(_faults(connection))


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


def _seal(row: dict[str, Any] | RowMapping, before: str) -> str:
    content = canonical({name: row[name] for name in _SEALED})
    return hashlib.sha256(f"{before}\n{content}".encode()).hexdigest()


def _move_head(connection: Connection, start: Head, end: Head) -> None:
    if start.number == 0:
        connection.execute(insert(CHAIN), {"id": 1, "number": end.number, "hash": end.hash})
    else:
        connection.execute(update(CHAIN), {"number": end.number, "hash": end.hash})


def _faults(connection: Connection) -> Iterator[Fault]:
    expected, before = 1, GENESIS
    for row in _rows(connection):
        for number in range(expected, row["number"]):
            yield Fault(Damage.MISSING, number)
        if _seal(row, row["before"]) != row["hash"]:
            yield Fault(Damage.CHANGED, row["number"])
        elif row["before"] != before and row["number"] == expected:
            yield Fault(_unlinked(connection, row["before"]), row["number"])
        expected, before = row["number"] + 1, row["hash"]
    end = head(connection)
    for number in range(expected, end.number + 1):
        yield Fault(Damage.MISSING, number)
    for number in range(end.number + 1, expected):
        yield Fault(Damage.ADDED, number)
    if expected == end.number + 1 and before != end.hash:
        yield Fault(Damage.CHANGED, end.number)


def _unlinked(connection: Connection, before: str) -> Damage:
    """Say why a row with a good seal does not follow the one it stands after."""
    known = connection.execute(select(EVENTS.c.number).where(EVENTS.c.hash == before).limit(1)).one_or_none()
    return Damage.MISSING if known is None and before != GENESIS else Damage.REORDERED


def _rows(connection: Connection) -> Iterator[RowMapping]:
    last = 0
    while batch := list(
        connection.execute(
            select(EVENTS).where(EVENTS.c.number > last).order_by(EVENTS.c.number).limit(_BATCH)
        ).mappings()
    ):
        yield from batch
        last = batch[-1]["number"]
