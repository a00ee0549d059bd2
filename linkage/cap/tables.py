"""SQL tables of CAP: what the city published, in order, and what it received, word for word."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text, UniqueConstraint

from storage.columns import Json, RowId, TimeNs, Word
from storage.sql import METADATA

#: What was published; a later message about the same subject refers to the earlier ones.
CAP_MESSAGES = Table(
    "cap_messages",
    METADATA,
    Column("id", RowId, primary_key=True),
    Column("subject", Word, nullable=False),
    Column("incident", ForeignKey("incidents.id")),
    Column("identifier", Word, nullable=False, unique=True),
    Column("sender", Word, nullable=False),
    Column("sent_ns", TimeNs, nullable=False),
    Column("msg_type", Word, nullable=False),
    Column("status", Word, nullable=False),
    Column("scope", Word, nullable=False),
    Column("headline", Json, nullable=False),
    Column("expires_ns", TimeNs, nullable=False),
    Column("newest", Boolean, nullable=False),  # nothing was said about the subject since
    Column("digest", String(64), nullable=False),
    Column("xml", Text, nullable=False),
    Index("ix_cap_messages_subject", "subject", "id"),
    Index("ix_cap_messages_scope", "scope", "newest", "expires_ns"),
    Index("ix_cap_messages_incident", "incident"),
    sqlite_autoincrement=True,
)

#: Up to which entry of the event log incidents have been published.
CAP_POSITION = Table(
    "cap_position",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("number", RowId, nullable=False),
)

#: What was received; `text` is as it came.
CAP_RECEIVED = Table(
    "cap_received",
    METADATA,
    Column("id", RowId, primary_key=True),
    Column("sender", Word, nullable=False),
    Column("identifier", Word, nullable=False),
    Column("sent_ns", TimeNs, nullable=False),
    Column("source", Word, nullable=False),
    Column("received_ns", TimeNs, nullable=False),
    Column("msg_type", Word, nullable=False),
    Column("status", Word, nullable=False),
    Column("state", Word, nullable=False),
    Column("reason", Word, nullable=False),
    Column("category", Word, nullable=False),
    Column("level", Word, nullable=False),
    Column("level_from", Word, nullable=False),
    Column("districts", Json, nullable=False),
    Column("headline", Json, nullable=False),
    Column("starts_ns", TimeNs, nullable=False),
    Column("expires_ns", TimeNs, nullable=False),
    Column("drill", Boolean, nullable=False),
    Column("text", LargeBinary, nullable=False),
    UniqueConstraint("sender", "identifier", "sent_ns"),
    Index("ix_cap_received_state", "state", "expires_ns"),
    sqlite_autoincrement=True,
)

#: Which messages a received one speaks of; the earlier one may come later.
CAP_REFERENCES = Table(
    "cap_references",
    METADATA,
    Column("message", ForeignKey("cap_received.id"), primary_key=True),
    Column("sender", Word, primary_key=True),
    Column("identifier", Word, primary_key=True),
    Column("sent_ns", TimeNs, primary_key=True),
    Index("ix_cap_references_named", "sender", "identifier", "sent_ns"),
)
