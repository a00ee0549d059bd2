"""Column types that mean the same on SQLite and on PostgreSQL."""

from sqlalchemy import JSON, BigInteger, Integer, String
from sqlalchemy.dialects.postgresql import JSONB

#: UTC nanoseconds since 1970.
TimeNs = BigInteger

#: Text that sorts and compares by code point on both, so that a page can go on after its last key.
Word = String().with_variant(String(collation="C"), "postgresql")

#: A row number given by the database; SQLite numbers only `INTEGER` keys by itself (and never reuses a number only
#: where the table says `sqlite_autoincrement=True`).
RowId = BigInteger().with_variant(Integer, "sqlite")

#: A JSON value; Python None is SQL NULL.
Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
