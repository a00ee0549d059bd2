from pathlib import Path

import pytest
from sqlalchemy import text

from city.errors import BadSettings
from storage.migrate import migrating, revision, upgrade
from storage.sql import Database


def test_upgrade_twice_does_nothing_the_second_time(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/city.sqlite")

    upgrade(database)
    with database.read() as connection:
        first = revision(connection)
    upgrade(database)

    with database.read() as connection:
        assert revision(connection) == first is not None
    database.close()


def test_database_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/city.sqlite")
    upgrade(database)
    with database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'registry_9999'"))

    with pytest.raises(BadSettings, match="registry_9999"):
        upgrade(database)

    database.close()


def test_row_that_refers_to_nothing_undoes_a_migration(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'city.sqlite'}")
    with database.write() as connection:
        connection.execute(text("CREATE TABLE one (id INTEGER PRIMARY KEY)"))
        connection.execute(text("CREATE TABLE other (one INTEGER REFERENCES one (id))"))

    with (
        pytest.raises(BadSettings, match="rows of `other` that refer to rows of `one`"),
        migrating(database) as connection,
    ):
        connection.execute(text("INSERT INTO other VALUES (7)"))

    with database.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM other")).scalar_one() == 0
    database.close()
