"""The SQL tables of escalation: one row for each answer that is waited for, and the phone calls that were asked for."""

from sqlalchemy import Column, ForeignKey, Index, SmallInteger, String, Table, Text

from linkage.tables import NEVER_NS
from storage.columns import RowId, TimeNs, Word
from storage.sql import METADATA

__all__ = ["CALLS", "ESCALATIONS", "NEVER_NS"]

#: Without a task it is the incident itself that waits; `next_ns` is when somebody looks at it again.
ESCALATIONS = Table(
    "escalations",
    METADATA,
    Column("id", RowId, primary_key=True),
    Column("incident", ForeignKey("incidents.id"), nullable=False),
    Column("task", RowId),
    Column("department", Word, nullable=False),
    Column("state", Word, nullable=False),
    Column("rung", SmallInteger, nullable=False),
    Column("round", SmallInteger, nullable=False),
    Column("since_ns", TimeNs, nullable=False),
    Column("started_ns", TimeNs, nullable=False),
    Column("next_ns", TimeNs, nullable=False),
    Column("answered_ns", TimeNs),
    Column("answered_by", String, nullable=False),
    Index("ix_escalations_next", "next_ns", "id"),
    Index("ix_escalations_incident", "incident", "id"),
    sqlite_autoincrement=True,
)

#: A phone call is a step that a person takes and ticks; `outcome` is empty while nobody has.
CALLS = Table(
    "escalation_calls",
    METADATA,
    Column("id", RowId, primary_key=True),
    Column("escalation", ForeignKey("escalations.id"), nullable=False, index=True),
    Column("incident", ForeignKey("incidents.id"), nullable=False, index=True),
    Column("department", Word, nullable=False),
    Column("person", Word, nullable=False),
    Column("person_name", String, nullable=False),
    Column("phone", String, nullable=False),
    Column("asked_ns", TimeNs, nullable=False),
    Column("outcome", Word, nullable=False),
    Column("called_ns", TimeNs),
    Column("caller", Word, nullable=False),
    Column("caller_name", String, nullable=False),
    Column("note", Text, nullable=False),
    sqlite_autoincrement=True,
)
