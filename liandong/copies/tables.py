"""Carries the SQL database from one kind to the other, table by table, as it is at one moment."""

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, MetaData, Table, create_engine, func, insert, inspect, select, text
from sqlalchemy.exc import DatabaseError

from city.errors import BadSettings, StoreUnavailable
from linkage import event_log
from linkage.audit.chain import Head
from linkage.tables import CHAIN
from storage.migrate import revision, upgrade
from storage.sql import Database

#: Rows carried at once.
_ROWS = 1000

#: Alembic's own table, which the target has.
_VERSION = "alembic_version"


@dataclass(frozen=True, slots=True)
class Contents:
    """What a database holds: its revision, the end of the event log, and how many rows each table has."""

    schema: str = ""
    end: Head = field(default_factory=Head)
    rows: dict[str, int] = field(default_factory=dict)


def contents_of(path: Path) -> Contents:
    """Return what is in a SQLite file that nobody has open, without changing anything beside it.

    Raises:
        StoreUnavailable: it cannot be read.
    """
    uri = f"{path.absolute().as_uri()}?immutable=1"
    engine = create_engine("sqlite://", creator=lambda: sqlite3.connect(uri, uri=True))
    try:
        with engine.connect() as connection:
            schema, rows = revision(connection), rows_in(connection)
            end = event_log.head(connection) if CHAIN.name in rows else Head()
    except DatabaseError as error:
        raise StoreUnavailable("copy", f"{path}: {error.orig}") from error
    finally:
        engine.dispose()
    return Contents(schema if schema is not None else "", end, rows)


def into_file(source: Database, path: Path) -> None:
    """Write everything in `source` into a new SQLite file, in one snapshot.

    Raises:
        BadSettings: its schema is not this program's.
        StoreUnavailable: it does not answer.
    """
    target = Database(f"sqlite:///{path}")
    try:
        upgrade(target)
        _carry(source, target)
    finally:
        target.close()


def from_file(path: Path, target: Database) -> None:
    """Fill an empty database from a SQLite file, whose schema is brought up to date.

    Raises:
        BadSettings: the target is not empty, or a newer program made the file.
        StoreUnavailable: the target does not answer.
    """
    require_empty(target)
    source = Database(f"sqlite:///{path}")
    try:
        upgrade(source)
        upgrade(target)
        _carry(source, target)
    finally:
        source.close()


def require_empty(target: Database) -> None:
    """Raise BadSettings when somebody's tables stand in the database."""
    with target.read() as connection:
        found = inspect(connection).get_table_names()
    if found:
        raise BadSettings(expected="an empty database", got=f"{len(found)} tables", at=target.url)


def rows_in(connection: Connection) -> dict[str, int]:
    """Return how many rows each table has."""
    return {
        table.name: int(connection.execute(select(func.count()).select_from(table)).scalar_one())
        for table in _tables(connection)
    }


def _carry(source: Database, target: Database) -> None:
    with source.read() as reading, target.write(references=False) as writing:
        there, wanted = revision(reading), revision(writing)
        if there != wanted:
            raise BadSettings(expected=f"a schema at `{wanted}`", got=there if there is not None else "", at=source.url)
        tables = {table.name: table for table in _tables(writing)}
        for name, rows in reversed(rows_in(writing).items()):  # what a revision put in is in the source too
            if rows:
                writing.execute(tables[name].delete())
        for table in _tables(reading):
            for page in _pages(reading, table):
                writing.execute(insert(tables[table.name]), page)
        if writing.dialect.name == "postgresql":
            _go_on_counting(writing, tables.values())


def _tables(connection: Connection) -> list[Table]:
    """Return the tables as they stand there, those that others refer to first."""
    metadata = MetaData()
    metadata.reflect(connection)
    return [table for table in metadata.sorted_tables if table.name != _VERSION]


def _pages(connection: Connection, table: Table) -> Iterator[list[dict[str, Any]]]:
    result = connection.execution_options(yield_per=_ROWS).execute(select(table))
    for rows in result.mappings().partitions(_ROWS):
        yield [dict(row) for row in rows]


def _go_on_counting(connection: Connection, tables: Iterable[Table]) -> None:
    """Let PostgreSQL's sequences give numbers from behind those that are taken."""
    for table in tables:
        for column in table.primary_key.columns:
            name = connection.execute(
                text("SELECT pg_get_serial_sequence(:table, :column)"), {"table": table.name, "column": column.name}
            ).scalar_one_or_none()
            if name is not None:
                newest = connection.execute(select(func.coalesce(func.max(column), 0))).scalar_one()
                connection.execute(text("SELECT setval(:name, :next, false)"), {"name": name, "next": newest + 1})
