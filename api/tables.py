"""Who may sign in, who is signed in, and the one-time links that sign in."""

from sqlalchemy import Column, ForeignKey, Index, String, Table

from storage.columns import Json, RowId, TimeNs, Word
from storage.sql import METADATA

#: `password_hash` is empty for one who signs in by link only; `disabled_ns` is null while the user may sign in.
USERS = Table(
    "users",
    METADATA,
    Column("id", RowId, primary_key=True),
    Column("username", Word, nullable=False, unique=True),
    Column("name", String, nullable=False),
    Column("password_hash", String, nullable=False),
    Column("roles", Json, nullable=False),
    Column("department", Word, nullable=False),
    Column("district", Word, nullable=False),
    Column("language", String, nullable=False),
    Column("created_ns", TimeNs, nullable=False),
    Column("disabled_ns", TimeNs),
    sqlite_autoincrement=True,
)

#: Tokens are kept as SHA-256, so that a copy of the database signs nobody in.
SESSIONS = Table(
    "sessions",
    METADATA,
    Column("token_hash", String(64), primary_key=True),
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("created_ns", TimeNs, nullable=False),
    Column("seen_ns", TimeNs, nullable=False),
    Column("expires_ns", TimeNs, nullable=False),
    Column("address", String, nullable=False),
    Index(None, "expires_ns"),
)

SIGN_IN_LINKS = Table(
    "sign_in_links",
    METADATA,
    Column("token_hash", String(64), primary_key=True),
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("created_ns", TimeNs, nullable=False),
    Column("expires_ns", TimeNs, nullable=False),
    Column("used_ns", TimeNs),
)
