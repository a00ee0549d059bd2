"""Who looked at what is personal: callers' names and numbers, camera snapshots, photos that show people."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Column, Connection, Index, String, Table, insert, select

from linkage.person import Person
from storage.columns import RowId, TimeNs, Word
from storage.sql import METADATA


class Looked(StrEnum):
    """What was looked at."""

    CALLER = "caller"  #: the name and number of somebody who called
    SNAPSHOT = "snapshot"  #: a picture of a camera
    PHOTO = "photo"  #: a photo marked as personal
    QUARANTINED = "quarantined"  #: the bytes of a message that was set aside


#: Rows are only ever added; `key` is the report or photo looked at, `incident` where it belongs.
ACCESS_LOG = Table(
    "access_log",
    METADATA,
    Column("id", RowId, primary_key=True),
    Column("at_ns", TimeNs, nullable=False),
    Column("person", Word, nullable=False),
    Column("person_name", String, nullable=False),
    Column("what", Word, nullable=False),
    Column("key", Word, nullable=False),
    Column("incident", RowId),
    Index("ix_access_log_at", "at_ns", "id"),
    Index("ix_access_log_person", "person", "id"),
    sqlite_autoincrement=True,
)


@dataclass(frozen=True, slots=True)
class Look:
    """One look at one thing."""

    what: Looked
    key: str
    incident: int | None = None


def log_look(connection: Connection, person: Person, look: Look, at_ns: int) -> None:
    """Write that `person` looks at something, in the transaction before it is shown: no row, no look."""
    row = {"at_ns": at_ns, "person": person.id, "person_name": person.name}
    connection.execute(insert(ACCESS_LOG), {**row, "what": str(look.what), "key": look.key, "incident": look.incident})


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """A look as it stands in the log."""

    id: int
    at_ns: int
    person: str
    person_name: str
    what: str
    key: str
    incident: int | None


def looks(connection: Connection, *, before: int = 0, limit: int = 100, person: str = "") -> Sequence[Logged]:
    """Return looks newest first, from before the row `before` (0: the newest), of one person where one is named."""
    query = select(ACCESS_LOG).order_by(ACCESS_LOG.c.id.desc()).limit(limit)
    if before:
        query = query.where(ACCESS_LOG.c.id < before)
    if person:
        query = query.where(ACCESS_LOG.c.person == person)
    return [Logged(**row) for row in connection.execute(query).mappings()]
