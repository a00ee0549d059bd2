"""The SQL table of tokens with which departments' own systems answer."""

from sqlalchemy import Column, String, Table

from storage.columns import RowId, TimeNs, Word
from storage.sql import METADATA

#: A token is kept as SHA-256: 256 random bits need no slower hash.
SYSTEM_TOKENS = Table(
    "system_tokens",
    METADATA,
    Column("id", RowId, primary_key=True),
    Column("department", Word, nullable=False, index=True),
    Column("name", String, nullable=False),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("created_ns", TimeNs, nullable=False),
    Column("created_by", String, nullable=False),
    Column("used_ns", TimeNs),
    Column("revoked_ns", TimeNs),
    sqlite_autoincrement=True,
)
