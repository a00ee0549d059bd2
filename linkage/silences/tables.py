"""The SQL table of silences."""

from sqlalchemy import Boolean, Column, Index, Integer, String, Table, Text, text

from storage.columns import Json, RowId, TimeNs, Word
from storage.sql import METADATA

_KEPT = text("ended_ns IS NULL")

#: Silences, one row each; what follows from the times is computed, not stored. `wake_ns` is the next look at it.
SILENCES = Table(
    "silences",
    METADATA,
    Column("id", RowId, primary_key=True, autoincrement=False),
    Column("kind", Word, nullable=False),
    Column("matchers", Json, nullable=False),
    Column("starts_ns", TimeNs, nullable=False),
    Column("until_ns", TimeNs, nullable=False),
    Column("with_alarm", Boolean, nullable=False),
    Column("alarms", Json, nullable=False),
    Column("windows", Json, nullable=False),
    Column("reason", Text, nullable=False),
    Column("author", Word, nullable=False),
    Column("author_name", String, nullable=False),
    Column("department", Word, nullable=False),
    Column("created_ns", TimeNs, nullable=False),
    Column("ended_ns", TimeNs),
    Column("ended_how", Word, nullable=False),
    Column("warned_ns", TimeNs, nullable=False),
    Column("hidden", Integer, nullable=False),
    Column("wake_ns", TimeNs, nullable=False),
    Index("ix_silences_wake", "wake_ns", sqlite_where=_KEPT, postgresql_where=_KEPT),
    Index("ix_silences_ended", "ended_ns", "id"),
)
