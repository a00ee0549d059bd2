"""What only somebody with the database's own password can do: changing rows that its triggers protect."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, text


@contextmanager
def unprotected(connection: Connection) -> Iterator[Connection]:
    """Yield the connection with the event log's rows open to change; SQLite's triggers are gone for good."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("ALTER TABLE events DISABLE TRIGGER USER"))
        yield connection
        connection.execute(text("ALTER TABLE events ENABLE TRIGGER USER"))
        return
    for verb in ("update", "delete"):
        connection.execute(text(f"DROP TRIGGER IF EXISTS events_no_{verb}"))
    yield connection
