from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from linkage import event_log
from linkage.audit.chain import SEALED, Damage, Fault, Head
from linkage.deed import Deed
from linkage.event_log import Stamp
from storage.sql import Database
from tests.support.tampering import unprotected

#: What each sealed column is changed to, as SQL.
CHANGES = {
    **dict.fromkeys(SEALED, "'changed'"),
    "incident": "NULL",
    "version": "9",
    "task": "9",
    "at_ns": "at_ns + 1",
    "data": "'{\"due_ns\": 0}'",
}


def write(database: Database, count: int = 5) -> None:
    with database.write() as connection:
        for number in range(count):
            deed = Deed(step="note", note=f"水深 {number} cm", data={"n": number})
            event_log.append(connection, [(deed, Stamp(at_ns=number, actor="fang", actor_name="方"))])


@contextmanager
def tampering(database: Database) -> Iterator[Connection]:
    with database.write() as connection, unprotected(connection):
        yield connection


def run(*statements: str) -> Callable[[Connection], None]:
    def tamper(connection: Connection) -> None:
        for statement in statements:
            connection.execute(text(statement))

    return tamper


@pytest.mark.parametrize("column", [name for name in SEALED if name != "incident"])
def test_change_of_any_column_is_found_and_named(database: Database, column: str) -> None:
    write(database)
    with tampering(database) as connection:
        connection.execute(text(f"UPDATE events SET {column} = {CHANGES[column]} WHERE number = 3"))

    assert event_log.verify(database) == [Fault(Damage.CHANGED, 3)]


@pytest.mark.parametrize("column", ["before", "hash"])
def test_change_of_a_seal_is_found_and_named(database: Database, column: str) -> None:
    write(database)
    with tampering(database) as connection:
        connection.execute(text(f"UPDATE events SET {column} = '{'f' * 64}' WHERE number = 3"))

    assert event_log.verify(database)[0] == Fault(Damage.CHANGED, 3)


def test_row_added_behind_the_end_is_found(database: Database) -> None:
    write(database)
    columns = "version, step, from_state, to_state, actor_name, at_ns, note, data, before, hash"
    copied = f"INSERT INTO events (number, {columns}) SELECT 6, {columns} FROM events WHERE number = 5"
    with database.write() as connection:
        connection.execute(text(copied))

    assert Fault(Damage.ADDED, 6) in event_log.verify(database)


def test_tail_cut_off_with_the_head_is_found_by_the_anchor(database: Database) -> None:
    write(database)
    with database.read() as connection:
        end = event_log.head(connection)
    with tampering(database) as connection:
        connection.execute(text("DELETE FROM events WHERE number >= 4"))
        connection.execute(text("UPDATE event_chain SET number = 3, hash = (SELECT hash FROM events WHERE number = 3)"))

    assert event_log.verify(database) == []
    assert event_log.verify(database, {end.number: end.hash}) == [Fault(Damage.MISSING, 4), Fault(Damage.MISSING, 5)]


def test_log_written_anew_is_found_by_the_anchor(database: Database) -> None:
    write(database)
    with database.read() as connection:
        anchors = {end.number: end.hash for end in [event_log.head(connection)]}
    with tampering(database) as connection:
        run("DELETE FROM events", "DELETE FROM event_chain")(connection)
    with database.write() as connection:
        event_log.append(connection, [(Deed(step="note", note="dry"), Stamp(at_ns=n)) for n in range(7)])

    assert event_log.verify(database) == []
    assert event_log.verify(database, anchors) == [Fault(Damage.REWRITTEN, 5)]


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param("UPDATE events SET note = 'dry' WHERE number = 2", id="a change"),
        pytest.param("DELETE FROM events WHERE number = 2", id="a deletion"),
    ],
)
def test_database_refuses(database: Database, statement: str) -> None:
    write(database)

    with pytest.raises(DBAPIError, match="append-only"), database.write() as connection:
        connection.execute(text(statement))

    assert event_log.verify(database) == []


def test_following_goes_on_where_it_stopped(database: Database) -> None:
    write(database, 10)
    with database.read() as connection:
        chain = event_log.following(connection)
        list(chain.follow(event_log.rows_after(connection, 0, most=4)))
        middle = chain.end
        rest = event_log.following(connection, end=middle)
        faults = [
            *rest.follow(event_log.rows_after(connection, middle.number)),
            *rest.finish(event_log.head(connection)),
        ]

    assert (middle.number, faults) == (4, [])


def test_empty_log_is_whole(database: Database) -> None:
    assert event_log.verify(database) == []
    with database.read() as connection:
        assert event_log.head(connection) == Head()
