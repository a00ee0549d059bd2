"""The SQL tables of reports: what each person said, and the calls with which callers were told how it ended."""

from sqlalchemy import Boolean, Column, Double, ForeignKey, Index, Integer, SmallInteger, String, Table, Text, text

from storage.columns import RowId, TimeNs, Word
from storage.sql import METADATA

#: The condition of reports whose caller is still to be called, word for word as the index on them has it.
WANTED = text("callback = 'wanted'")

#: One row for each report: the first opened the incident, later ones joined it. Caller's name and number are personal.
REPORTS = Table(
    "reports",
    METADATA,
    Column("id", RowId, primary_key=True),
    Column("incident", ForeignKey("incidents.id"), nullable=False),
    Column("joined", Boolean, nullable=False),
    Column("source", Word, nullable=False),
    Column("hotline", Word, nullable=False),
    Column("condition", Word, nullable=False),
    Column("component", Word, nullable=False),
    Column("person", Word, nullable=False),
    Column("person_name", String, nullable=False),
    Column("note", Text, nullable=False),
    Column("longitude", Double),
    Column("latitude", Double),
    Column("at_ns", TimeNs, nullable=False),
    Column("caller_name", String, nullable=False),
    Column("caller_phone", Word, nullable=False),
    Column("callback", Word, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("satisfaction", SmallInteger),
    Index("ix_reports_incident", "incident", "id"),
    Index("ix_reports_person", "person", "id"),
    Index("ix_reports_component", "component", "id"),
    Index("ix_reports_callback", "incident", sqlite_where=WANTED, postgresql_where=WANTED),
    sqlite_autoincrement=True,
)

#: Every attempt to call back; never changed.
CALLS = Table(
    "callback_calls",
    METADATA,
    Column("id", RowId, primary_key=True),
    Column("report", ForeignKey("reports.id"), nullable=False),
    Column("person", Word, nullable=False),
    Column("person_name", String, nullable=False),
    Column("at_ns", TimeNs, nullable=False),
    Column("reached", Boolean, nullable=False),
    Column("satisfaction", SmallInteger),
    Column("note", Text, nullable=False),
    Index("ix_callback_calls_report", "report", "id"),
    sqlite_autoincrement=True,
)
