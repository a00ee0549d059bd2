from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, exc, func, select, text

from city.errors import BadSettings, StoreUnavailable
from storage.columns import Json, RowId, TimeNs, Word
from storage.sql import Database, insert

OWN = MetaData()
NOTE = Table(
    "note", OWN, Column("id", RowId, primary_key=True), Column("word", Word, unique=True), Column("body", Json)
)
COUNTER = Table("counter", OWN, Column("id", Integer, primary_key=True), Column("value", TimeNs, nullable=False))


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path}/new/city.sqlite", busy_timeout_s=5)
    with database.write() as connection:
        OWN.create_all(connection)
        connection.execute(COUNTER.insert().values(id=1, value=0))
    yield database
    database.close()


def write_and_fail(database: Database, statement: str) -> None:
    with database.write() as connection:
        connection.execute(text(statement))
        raise KeyError


def test_write_commits_at_the_end(database: Database) -> None:
    with database.write() as connection:
        connection.execute(NOTE.insert().values(word="积水", body={"cm": 27.5}))

    with database.read() as connection:
        assert connection.execute(select(NOTE.c.word, NOTE.c.body)).all() == [("积水", {"cm": 27.5})]


def test_write_rolls_back_whole_on_any_exception(database: Database) -> None:
    with pytest.raises(KeyError):
        write_and_fail(database, "INSERT INTO note (word) VALUES ('lost')")

    with database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(NOTE)) == 0


def test_ddl_rolls_back_too(database: Database) -> None:
    with pytest.raises(KeyError):
        write_and_fail(database, "CREATE TABLE half (id INTEGER)")

    with database.read() as connection, pytest.raises(exc.OperationalError, match="no such table"):
        connection.execute(text("SELECT * FROM half"))


def test_read_sees_one_snapshot(database: Database) -> None:
    with database.read() as reader:
        before = reader.scalar(select(func.count()).select_from(NOTE))
        with database.write() as writer:
            writer.execute(NOTE.insert().values(word="meanwhile"))
        after = reader.scalar(select(func.count()).select_from(NOTE))

    assert (before, after) == (0, 0)


def test_read_cannot_write(database: Database) -> None:
    with pytest.raises(StoreUnavailable, match="readonly"), database.read() as connection:
        connection.execute(NOTE.insert().values(word="sneaked"))


def test_writers_take_turns(database: Database) -> None:
    def count_up(_: int) -> None:
        with database.write() as connection:
            value = connection.scalar(select(COUNTER.c.value))
            connection.execute(COUNTER.update().values(value=(value or 0) + 1))

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(count_up, range(200)))

    with database.read() as connection:
        assert connection.scalar(select(COUNTER.c.value)) == 200


def test_writer_of_another_process_is_waited_for_then_named(database: Database, tmp_path: Path) -> None:
    other = Database(f"sqlite:///{tmp_path}/new/city.sqlite", busy_timeout_s=0.05)

    with database.write(), pytest.raises(StoreUnavailable, match="database is locked"), other.write():
        pass

    other.close()


def test_second_write_inside_the_first_is_refused_not_awaited_for_ever(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/city.sqlite", busy_timeout_s=0.05)

    with database.write(), pytest.raises(StoreUnavailable, match="another writer"), database.write():
        pass

    database.close()


def test_mistake_in_sql_is_not_called_unavailable(database: Database) -> None:
    with pytest.raises(exc.OperationalError, match="no such column"), database.read() as connection:
        connection.execute(text("SELECT absent FROM note"))


def test_broken_file_is_unavailable(tmp_path: Path) -> None:
    path = tmp_path / "city.sqlite"
    path.write_bytes(b"no database at all" * 1000)
    database = Database(f"sqlite:///{path}")

    with pytest.raises(StoreUnavailable, match="not a database"), database.read():
        pass

    database.close()


def test_refused_server_is_unavailable() -> None:
    database = Database("postgresql+psycopg://someone:secret@127.0.0.1:1/none")

    with pytest.raises(StoreUnavailable) as caught, database.read():
        pass

    assert "secret" not in str(caught.value)
    assert database.url == "postgresql+psycopg://someone:***@127.0.0.1:1/none"


def test_durability_is_as_promised(database: Database) -> None:
    names = ("journal_mode", "synchronous", "foreign_keys", "query_only")

    with database.write() as connection:
        writer = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names]
    with database.read() as connection:
        reader = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names]

    assert writer == ["wal", 2, 1, 0]
    assert reader == ["wal", 2, 1, 1]


def test_insert_knows_conflicts(database: Database) -> None:
    with database.write() as connection:
        for _ in range(2):
            connection.execute(insert(connection, NOTE).values(word="once").on_conflict_do_nothing())

    with database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(NOTE)) == 1


@pytest.mark.parametrize(
    "url", ["mysql://someone:secret@host/db", "city.sqlite secret", "", "sqlite://", "sqlite:///:memory:"]
)
def test_url_of_another_kind_is_refused(url: str) -> None:
    with pytest.raises(BadSettings, match="Expected `sqlite") as caught:
        Database(url)

    assert "secret" not in str(caught.value)


def test_file_and_its_log_are_for_their_owner_only(database: Database, tmp_path: Path) -> None:
    with database.write() as connection:
        connection.execute(NOTE.insert().values(word="secret"))

    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "new").iterdir()} == {0o600}
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700
