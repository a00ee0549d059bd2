"""The SQL table of leases."""

from sqlalchemy import Column, Table

from storage.columns import RowId, TimeNs, Word
from storage.sql import METADATA

#: Who does a work that only one may do, until when, and the number of the turn, which grows with every change of hands.
LEASES = Table(
    "leases",
    METADATA,
    Column("name", Word, primary_key=True),
    Column("holder", Word, nullable=False),
    Column("token", RowId, nullable=False),
    Column("expires_ns", TimeNs, nullable=False),
)
