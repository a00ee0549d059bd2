"""Many rows into a table of the registry at once, by the driver's own quickest way; what is there already stays."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import Connection, Table

#: Rows handed to the driver at once.
_ROWS = 10_000


class Merged(NamedTuple):
    """How many rows are new or different now, and how many are gone."""

    changed: int
    removed: int


def merge(
    connection: Connection,
    table: Table,
    columns: Sequence[str],
    rows: Iterator[tuple[Any, ...]],
    fixed: Mapping[str, Any],
) -> int:
    """Add or change rows by their `id` in the caller's transaction; return how many were not there like that.

    `fixed` are columns of the same value in each row; they are written with a row that differs, and do not count as a
    difference.
    """
    if connection.dialect.name == "postgresql":
        return _copied(connection, table, columns, rows, fixed)
    statement = _upsert(table, columns, fixed, f"VALUES ({', '.join('?' * (len(columns) + len(fixed)))})")
    driver = connection.connection.driver_connection
    assert driver is not None
    cursor, values, written = driver.cursor(), tuple(fixed.values()), 0
    while some := list(islice(rows, _ROWS)):
        cursor.executemany(statement, [(*row, *values) for row in some])
        written += cursor.rowcount
    return written


def _copied(
    connection: Connection,
    table: Table,
    columns: Sequence[str],
    rows: Iterator[tuple[Any, ...]],
    fixed: Mapping[str, Any],
) -> int:
    """Do it on PostgreSQL: COPY into a table that ends with the transaction, and from there."""
    driver = connection.connection.driver_connection
    assert driver is not None
    names = _names(columns)
    with driver.cursor() as cursor:
        cursor.execute(f'CREATE TEMPORARY TABLE staged ON COMMIT DROP AS SELECT {names} FROM "{table.name}" LIMIT 0')
        with cursor.copy(f"COPY staged ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        values = ", ".join(["%s"] * len(fixed))
        select = f"SELECT {names}, {values} FROM staged" if fixed else f"SELECT {names} FROM staged"
        cursor.execute(_upsert(table, columns, fixed, select), tuple(fixed.values()))
        return int(cursor.rowcount)


def _upsert(table: Table, columns: Sequence[str], fixed: Mapping[str, Any], source: str) -> str:
    new = ", ".join(f'"{column}" = excluded."{column}"' for column in (*columns, *fixed) if column != "id")
    differs = " OR ".join(
        f'"{table.name}"."{column}" IS DISTINCT FROM excluded."{column}"' for column in columns if column != "id"
    )
    target = f'INSERT INTO "{table.name}" ({_names((*columns, *fixed))}) {source}'
    return f'{target} ON CONFLICT ("id") DO UPDATE SET {new} WHERE {differs}'


def _names(columns: Sequence[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)
