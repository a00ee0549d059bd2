"""The SQL tables of telling, beside the outbox itself: every attempt with its receipt, and how each channel is."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, Table, Text

from storage.columns import RowId, TimeNs, Word
from storage.sql import METADATA

#: What was sent when, and what came back.
ATTEMPTS = Table(
    "message_attempts",
    METADATA,
    Column("id", RowId, primary_key=True),
    Column("message", ForeignKey("messages.id"), nullable=False, index=True),
    Column("channel", Word, nullable=False),
    Column("at_ns", TimeNs, nullable=False),
    Column("took_ms", Integer, nullable=False),
    Column("delivered", Boolean, nullable=False),
    Column("final", Boolean, nullable=False),
    Column("answer", Text, nullable=False),
    Index("ix_message_attempts_channel", "channel", "at_ns"),
    sqlite_autoincrement=True,
)

#: How each channel is; `failing_ns` is the first failure since it last delivered, `dead_ns` when it was given up on.
CHANNELS = Table(
    "channels",
    METADATA,
    Column("name", Word, primary_key=True),
    Column("failing_ns", TimeNs),
    Column("dead_ns", TimeNs),
    Column("tried_ns", TimeNs, nullable=False),
    Column("delivered_ns", TimeNs),
    Column("failures", Integer, nullable=False),
    Column("answer", Text, nullable=False),
)
