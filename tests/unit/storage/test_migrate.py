from pathlib import Path

import pytest
from sqlalchemy import text

from city.errors import BadSettings
from storage.migrate import revision, upgrade
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
