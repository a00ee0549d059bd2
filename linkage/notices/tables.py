"""The SQL table of notices for the public."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, String, Table, Text

from storage.columns import Json, RowId, TimeNs, Word
from storage.sql import METADATA

#: What was drafted for the public, and who decided on it; its messages carry the number of its newest event.
NOTICES = Table(
    "public_notices",
    METADATA,
    Column("id", RowId, primary_key=True, autoincrement=False),
    Column("warning", RowId),
    Column("activation", RowId),
    Column("incident", ForeignKey("incidents.id")),
    Column("drill", Boolean, nullable=False),
    Column("signer", Word, nullable=False),
    Column("text", Json, nullable=False),
    Column("state", Word, nullable=False),
    Column("drafted_ns", TimeNs, nullable=False),
    Column("drafted_by", Word, nullable=False),
    Column("drafted_name", String, nullable=False),
    Column("decided_ns", TimeNs),
    Column("decided_by", Word, nullable=False),
    Column("decided_name", String, nullable=False),
    Column("note", Text, nullable=False),
    Column("event", RowId, nullable=False),
    Index("ix_public_notices_event", "event"),
    Index("ix_public_notices_decided", "state", "decided_ns"),
)
