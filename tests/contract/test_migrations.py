"""The schema goes down to nothing and up again, revision by revision, with rows in every table."""

from collections.abc import Callable
from typing import Any

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Double,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    String,
    func,
    insert,
    inspect,
    select,
    table,
)

from storage.migrate import configuration, migrating, revision, upgrade
from storage.sql import Database

pytestmark = [pytest.mark.timeout(180), pytest.mark.slow]

#: Rows put into each table.
ROWS = 3

#: What stands in a column of each type, by the number of the row; text is JSON too, for columns that hold JSON as text.
_VALUES: tuple[tuple[type[Any], Callable[[int], object]], ...] = (
    (Boolean, lambda number: False),
    (Integer, lambda number: number),
    (Float, lambda number: number + 0.5),
    (Double, lambda number: number + 0.5),
    (Numeric, lambda number: number),
    (LargeBinary, lambda number: bytes([number])),
    (JSON, lambda number: {}),
    (String, lambda number: f'{{"n":{number}}}'),
)


def names(connection: Connection) -> list[str]:
    """Return what stands in the database but for Alembic's own table."""
    return [name for name in inspect(connection).get_table_names() if name != "alembic_version"]


def fill(connection: Connection) -> None:
    """Put rows into every table that has none, those that others refer to first."""
    empty = [name for name, rows in counted(connection).items() if rows == 0]
    metadata = MetaData()
    metadata.reflect(connection, only=empty)
    for one in metadata.sorted_tables:
        if one.name in empty:
            rows = [{column.name: value(connection, column, number) for column in one.columns} for number in ROW]
            connection.execute(insert(one), rows)


ROW = range(1, ROWS + 1)


def value(connection: Connection, column: Column[Any], number: int) -> object:
    for key in column.foreign_keys:
        known = connection.execute(select(key.column).order_by(key.column).limit(ROWS)).scalars().all()
        if known:
            return known[number % len(known)]
    if column.nullable:
        return None
    return next(make(number) for kind, make in _VALUES if isinstance(column.type, kind))


def counted(connection: Connection) -> dict[str, int]:
    return {
        name: connection.execute(select(func.count()).select_from(table(name))).scalar_one()
        for name in names(connection)
    }


def move(database: Database, to: Callable[[Any, str], None], where: str) -> None:
    with migrating(database) as connection:
        to(configuration(connection), where)


def steps(database: Database) -> int:
    with database.read() as connection:
        return len(list(ScriptDirectory.from_config(configuration(connection)).walk_revisions()))


def test_schema_goes_down_and_up_with_rows_in_every_table(database: Database) -> None:
    upgrade(database)
    with database.write() as connection:
        fill(connection)
        before = counted(connection)
    for _ in range(steps(database)):
        move(database, command.downgrade, "-1")
    with database.read() as connection:
        bottom = names(connection), revision(connection)
    for _ in range(steps(database)):
        move(database, command.upgrade, "+1")
        with database.write() as connection:
            fill(connection)
    with database.read() as connection:
        after = counted(connection)

    assert bottom == ([], None)
    assert min(before.values()) > 0
    assert after.keys() == before.keys()
    assert min(after.values()) > 0


def test_rows_outlive_the_way_down_to_a_revision_that_has_their_table(database: Database) -> None:
    upgrade(database)
    with database.write() as connection:
        fill(connection)
    move(database, command.downgrade, "linkage_0002")
    with database.write() as connection:
        kept = counted(connection)
    move(database, command.upgrade, "head")
    with database.read() as connection:
        again = counted(connection)

    assert {kept[name] for name in ("incidents", "tasks", "users")} == {ROWS}
    assert {name: again[name] for name in kept} == kept
