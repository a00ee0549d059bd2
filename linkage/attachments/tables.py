"""The SQL table of photos; their bytes lie outside the database, under their SHA-256."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, text

from storage.columns import RowId, TimeNs, Word
from storage.sql import METADATA

#: The condition of photos that belong to nothing yet, word for word as the index on them has it.
UNBOUND = text("incident IS NULL")

#: One row for each photo, under the id that the device gave it; once bound it is never changed.
PHOTOS = Table(
    "photos",
    METADATA,
    Column("id", Word, primary_key=True),
    Column("incident", ForeignKey("incidents.id")),
    Column("task", RowId),
    Column("kind", Word, nullable=False),
    Column("personal", Boolean, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("original", String(64), nullable=False),
    Column("media", Word, nullable=False),
    Column("size", Integer, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("person", Word, nullable=False),
    Column("person_name", String, nullable=False),
    Column("at_ns", TimeNs, nullable=False),
    Index("ix_photos_incident", "incident", "at_ns"),
    Index("ix_photos_sha256", "sha256"),
    Index("ix_photos_unbound", "at_ns", sqlite_where=UNBOUND, postgresql_where=UNBOUND),
)
