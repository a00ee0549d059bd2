"""The SQL tables of warnings: how each stands, and every time that it was issued, changed or cancelled."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, Text

from storage.columns import Json, RowId, TimeNs, Word
from storage.sql import METADATA

#: A warning as it stands; what it says is its newest issue.
WARNINGS = Table(
    "warnings",
    METADATA,
    Column("id", RowId, primary_key=True, autoincrement=False),
    Column("category", Word, nullable=False),
    Column("level", Word, nullable=False),
    Column("districts", Json, nullable=False),
    Column("drill", Boolean, nullable=False),
    Column("source", Word, nullable=False),
    Column("incident", ForeignKey("incidents.id")),
    Column("issues", Integer, nullable=False),
    Column("issued_ns", TimeNs, nullable=False),
    Column("starts_ns", TimeNs, nullable=False),
    Column("ends_ns", TimeNs),
    Column("cancelled_ns", TimeNs),
    Index("ix_warnings_cancelled_ns", "cancelled_ns", "id"),
)

#: What was said each time: the content that Art. 64 of the Emergency Response Law asks for. `kind` is issue, update or
#: cancel; the trail that a CAP message refers to.
WARNING_ISSUES = Table(
    "warning_issues",
    METADATA,
    Column("warning", ForeignKey("warnings.id"), primary_key=True),
    Column("serial", Integer, primary_key=True, autoincrement=False),
    Column("kind", Word, nullable=False),
    Column("level", Word, nullable=False),
    Column("starts_ns", TimeNs, nullable=False),
    Column("ends_ns", TimeNs),
    Column("area", Text, nullable=False),
    Column("districts", Json, nullable=False),
    Column("cautions", Text, nullable=False),
    Column("measures", Text, nullable=False),
    Column("issuer", String, nullable=False),
    Column("issued_ns", TimeNs, nullable=False),
    Column("actor", Word),
    Column("actor_name", String, nullable=False),
    Column("note", Text, nullable=False),
    Column("event", RowId, nullable=False),
)

#: Which department was told of which issue, and who of it has said that it was seen.
WARNING_TOLD = Table(
    "warning_told",
    METADATA,
    Column("warning", ForeignKey("warnings.id"), primary_key=True),
    Column("serial", Integer, primary_key=True, autoincrement=False),
    Column("department", Word, primary_key=True),
    Column("told_ns", TimeNs, nullable=False),
    Column("acknowledged_ns", TimeNs),
    Column("acknowledged_by", Word, nullable=False),
    Column("acknowledged_name", String, nullable=False),
)
