"""The history file's own numbers for names, so that it can be read without anything beside it."""

from collections.abc import Callable

import duckdb
import numpy as np
from numpy.typing import NDArray


class Numbering:
    """Translates the city's permanent numbers to those of one names table, giving new names the next free number.

    The two differ only after a restore of one without the other; then this keeps old rows under their own names.
    Not safe between threads: it belongs to the one writer.
    """

    def __init__(self, table: str) -> None:
        self._table = table
        self._known = np.full(0, -1, np.int32)

    def forget(self) -> None:
        """Look everything up again: the transaction that gave new numbers was not committed."""
        self._known = np.full(0, -1, np.int32)

    def translate(
        self, cursor: duckdb.DuckDBPyConnection, numbers: NDArray[np.int32], name_of: Callable[[int], str]
    ) -> NDArray[np.int32]:
        """Return the file's numbers for `numbers`, writing the names that are new within the cursor's transaction."""
        if len(numbers) == 0:
            return numbers
        self._grow(int(numbers.max()) + 1)
        kept = self._known[numbers]
        if (kept < 0).any():
            unknown = np.unique(numbers[kept < 0])
            self._known[unknown] = self._numbered(cursor, [name_of(number) for number in unknown.tolist()])
            kept = self._known[numbers]
        return kept

    def _grow(self, size: int) -> None:
        if size > len(self._known):
            larger = np.full(max(size, 2 * len(self._known)), -1, np.int32)
            larger[: len(self._known)] = self._known
            self._known = larger

    def _numbered(self, cursor: duckdb.DuckDBPyConnection, names: list[str]) -> NDArray[np.int32]:
        cursor.register("wanted", {"name": np.array(names, dtype=object)})
        cursor.execute(
            f"INSERT INTO {self._table} "
            f"SELECT row_number() OVER () + (SELECT coalesce(max(number), -1) FROM {self._table}), name "
            f"FROM (SELECT DISTINCT name FROM wanted ANTI JOIN {self._table} USING (name))"
        )
        rows = cursor.execute(f"SELECT name, number FROM {self._table} SEMI JOIN wanted USING (name)").fetchall()
        cursor.unregister("wanted")
        numbers = dict(rows)
        return np.array([numbers[name] for name in names], np.int32)


def number_of(cursor: duckdb.DuckDBPyConnection, table: str, name: str) -> int | None:
    """Return the number that `table` keeps for `name`; None when it was never heard."""
    found = cursor.execute(f"SELECT number FROM {table} WHERE name = ?", [name]).fetchall()
    return int(found[0][0]) if found else None
