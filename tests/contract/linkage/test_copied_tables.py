"""The SQL database in a copy: the same rows in the other kind of database, where the log goes on behind them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from city.errors import BadSettings
from liandong.copies.tables import contents_of, from_file, into_file, rows_in
from linkage import event_log
from storage.sql import Database
from tests.support.linkage import Town, alarm


@pytest.fixture
def other(request: pytest.FixtureRequest, database: Database, tmp_path: Path) -> Iterator[Database]:
    """Give an empty database of the kind that the town's is not."""
    if database.url.startswith("postgresql"):
        target = Database(f"sqlite:///{tmp_path}/other.sqlite")
        yield target
        target.close()
        return
    url = make_url(request.getfixturevalue("postgresql_url"))
    server = create_engine(url, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text("CREATE DATABASE other"))
        target = Database(url.set(database="other").render_as_string(hide_password=False))
        yield target
        target.close()
        connection.execute(text("DROP DATABASE other WITH (FORCE)"))
    server.dispose()


def rows(database: Database) -> dict[str, int]:
    with database.read() as connection:
        return rows_in(connection)


def head(database: Database) -> object:
    with database.read() as connection:
        return event_log.head(connection)


@pytest.mark.timeout(60)
def test_rows_are_the_same_in_the_other_kind_and_go_on_from_there(town: Town, other: Database, tmp_path: Path) -> None:
    alarms = [alarm(rule=f"rule-{number}") for number in range(3)]
    town.admitter.admit(alarms)
    file = tmp_path / "copied.sqlite"

    into_file(town.database, file)
    from_file(file, other)

    assert contents_of(file).rows == rows(town.database) == rows(other)
    assert contents_of(file).end == head(town.database) == head(other)
    again = Town(other)
    again.admitter.admit([*alarms, alarm(rule="another")])  # what was decided is not decided again
    assert rows(other)["incidents"] == 4
    assert event_log.verify(other) == []
    with pytest.raises(BadSettings, match="empty database"):
        from_file(file, other)
