"""The linkage queue on each database it promises to run on."""

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from storage.migrate import upgrade
from storage.sql import METADATA, Database
from tests.support.empty_city import EmptyCity
from tests.support.linkage import Town
from tests.support.postgres import postgresql
from tests.support.rebuilding import facts_unlike_the_log
from tests.support.tampering import unprotected


@pytest.fixture(scope="session")
def sqlite_city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmptyCity]:
    city = EmptyCity(tmp_path_factory.mktemp("sqlite"))
    yield city
    city.database.close()


@pytest.fixture(scope="session")
def postgresql_city() -> Iterator[Database]:
    with postgresql() as url:
        database = Database(url)
        upgrade(database)
        yield database
        database.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    if request.param == "sqlite":
        database = request.getfixturevalue("sqlite_city").fresh()
    else:
        database = request.getfixturevalue("postgresql_city")
        empty(database)
    yield database
    # Whatever a test did: the event log alone tells how it left every incident.
    if "rows_forged" not in request.keywords:
        assert facts_unlike_the_log(database) == []


def empty(database: Database) -> None:
    """Delete every row; row by row beats TRUNCATE, which makes a new file for every table."""
    emptying = [f"DELETE FROM {table.name}" for table in reversed(METADATA.sorted_tables)]
    with database.write() as connection, unprotected(connection):
        connection.execute(text("; ".join(emptying)))
        connection.execute(text("ALTER SEQUENCE messages_id_seq RESTART"))


@pytest.fixture
def town(database: Database) -> Town:
    return Town(database)
