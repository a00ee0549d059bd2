"""The linkage queue on each database it promises to run on."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from storage.migrate import upgrade
from storage.sql import METADATA, Database
from tests.support.linkage import Town
from tests.support.postgres import postgresql
from tests.support.rebuilding import facts_unlike_the_log
from tests.support.tampering import unprotected


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    with postgresql() as url:
        database = Database(url)
        upgrade(database)
        database.close()
        yield url


@pytest.fixture(scope="session")
def empty_city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a migrated SQLite file to be copied, which is much quicker than migrating."""
    path = tmp_path_factory.mktemp("empty") / "city.sqlite"
    database = Database(f"sqlite:///{path}")
    upgrade(database)
    database.close()
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path, empty_city: Path) -> Iterator[Database]:
    if request.param == "sqlite":
        database = Database(f"sqlite:///{shutil.copy(empty_city, tmp_path)}")
    else:
        database = Database(request.getfixturevalue("postgresql_url"))
        with database.write() as connection, unprotected(connection):
            # Emptying row by row beats TRUNCATE, which makes a new file for every table.
            there = set(inspect(connection).get_table_names())
            emptying = [
                f"DELETE FROM {table.name}" for table in reversed(METADATA.sorted_tables) if table.name in there
            ]
            connection.execute(text("; ".join(emptying)))
            connection.execute(text("ALTER SEQUENCE messages_id_seq RESTART"))
    yield database
    # Whatever a test did: the event log alone tells how it left every incident.
    if "rows_forged" not in request.keywords:
        assert facts_unlike_the_log(database) == []
    database.close()


@pytest.fixture
def town(database: Database) -> Town:
    return Town(database)
