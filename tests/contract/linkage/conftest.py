"""The linkage queue on each database it promises to run on."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from storage.migrate import upgrade
from storage.sql import METADATA, Database
from tests.support.linkage import Town
from tests.support.postgres import postgresql


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    with postgresql() as url:
        database = Database(url)
        upgrade(database)
        database.close()
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    if request.param == "sqlite":
        database = Database(f"sqlite:///{tmp_path}/city.sqlite")
        upgrade(database)
    else:
        database = Database(request.getfixturevalue("postgresql_url"))
        with database.write() as connection:
            connection.execute(text("TRUNCATE " + ", ".join(METADATA.tables) + " RESTART IDENTITY"))
    yield database
    database.close()


@pytest.fixture
def town(database: Database) -> Town:
    return Town(database)
