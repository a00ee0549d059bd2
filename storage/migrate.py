"""Bring a database to the schema that this program expects."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Connection, text

from city.errors import BadSettings
from storage.patience import wait_for_ever
from storage.sql import Database

#: Where the revisions are.
SCRIPTS = Path(__file__).with_name("migrations")

log = structlog.get_logger()


def upgrade(database: Database) -> None:
    """Run the missing revisions, all in one transaction; nothing happens when there are none.

    Raises:
        BadSettings: the database was made by a newer version of this program.
        StoreUnavailable: the database does not answer.
    """
    with migrating(database) as connection:
        before = revision(connection)
        try:
            command.upgrade(configuration(connection), "head")
        except CommandError as error:
            newest = ScriptDirectory.from_config(configuration(connection)).get_current_head()
            raise BadSettings(
                expected=f"a schema up to `{newest}`", got=before if before is not None else "", at=database.url
            ) from error
        after = revision(connection)
    if after != before:
        log.info("database_upgraded", database=database.url, before=before, after=after)


@contextmanager
def migrating(database: Database) -> Iterator[Connection]:
    """Yield a connection in a write transaction that may take its time and make tables anew.

    SQLite changes most of a table by making it anew, which empties the tables that refer to it, or refuses, while it
    looks after references; so it looks after them at the end.
    """
    with database.write(references=False) as connection:
        wait_for_ever(connection)
        yield connection
        if connection.dialect.name == "sqlite":
            check_references(connection)


def check_references(connection: Connection) -> None:
    """Make sure that every row refers to one that is there.

    Raises:
        BadSettings: one does not; the migration is undone.
    """
    row = connection.execute(text("PRAGMA foreign_key_check")).first()
    if row is not None:
        raise BadSettings(expected=f"rows of `{row[0]}` that refer to rows of `{row[2]}`", got=row[1], at="database")


def revision(connection: Connection) -> str | None:
    """Return the revision that the database is at; None for an empty one."""
    return MigrationContext.configure(connection).get_current_revision()


def configuration(connection: Connection) -> Config:
    """Return Alembic's configuration for this connection."""
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    return config
