"""The SQL table of the audit: how far the present round is."""

from sqlalchemy import Column, Integer, Table

from storage.columns import RowId, TimeNs, Word
from storage.sql import METADATA

#: How far the log has been checked, round after round, and what was found in the last whole round.
AUDIT = Table(
    "audit_rounds",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("number", RowId, nullable=False),
    Column("hash", Word, nullable=False),
    Column("began_ns", TimeNs, nullable=False),
    Column("faults", Integer, nullable=False),
    Column("first_fault", Word, nullable=False),
    Column("ended_ns", TimeNs),
    Column("ended_number", RowId, nullable=False),
    Column("ended_faults", Integer, nullable=False),
    Column("ended_first_fault", Word, nullable=False),
)
