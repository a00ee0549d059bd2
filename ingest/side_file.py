"""SQLite files beside the journal that can be done without: a damaged one is set aside for a fresh one."""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from inspect import signature
from pathlib import Path
from threading import Lock
from typing import Any

from city.errors import StoreUnavailable
from ingest.set_aside import put_aside

#: What SQLite says of a file that is no database, or no longer one.
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


class SideFile:
    """One file with its schema.

    Attributes:
        writer: the connection for changes; one call at a time.
        reader: the connection for questions beside them; `asked` lets in one thread after the other.
        renewed: whether what was there turned out damaged, and was set aside.
    """

    def __init__(
        self,
        path: Path,
        schema: str,
        added: Mapping[str, Mapping[str, str]] | None = None,
        functions: Sequence[Callable[..., str | bool]] = (),
    ) -> None:
        """Open the file at `path`.

        `added` are columns, by table, that files of earlier versions lack; questions may call `functions`, which
        depend on nothing but what they are given, by their names.
        """
        self._path, self._schema, self._functions = path, schema, functions
        self.renewed = False
        #: Questions may call functions of ours: a thread within one waits for another that waits for the connection.
        self._reading = Lock()
        self._added = added if added is not None else {}
        try:
            self._open()
        except sqlite3.DatabaseError as error:
            if not self.is_renewed(error):
                raise

    def is_renewed(self, error: sqlite3.Error) -> bool:
        """Return whether `error` says that the file is damaged; it is set aside then, and an empty one is open."""
        if not _is_damage(error):
            return False
        with self._reading:
            self._close()
            put_aside(self._path, error)
            self._open()
        self.renewed = True
        return True

    def asked(self, sql: str, values: Mapping[str, object] | Sequence[object] = ()) -> list[Any]:
        """Return the rows that answer a question.

        Raises:
            StoreUnavailable: the file cannot be read.
        """
        try:
            with self._reading:
                return self.reader.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise StoreUnavailable(self._path.stem, str(error)) from error

    def asked_at_start(self, sql: str) -> list[Any]:
        """Return the rows that answer a question before anybody writes; none where the file turns out damaged.

        Raises:
            StoreUnavailable: the file cannot be read now.
        """
        try:
            return self.reader.execute(sql).fetchall()
        except sqlite3.Error as error:
            if self.is_renewed(error):
                return []
            raise StoreUnavailable(self._path.stem, str(error)) from error

    def position(self) -> int:
        """Return the journal position up to which everything is kept, where a table `drained` holds it."""
        (position,) = self.asked("SELECT position FROM drained")[0]
        return int(position)

    def close(self) -> None:
        """Release the file, after the question that is being answered."""
        with self._reading:
            self._close()

    def _close(self) -> None:
        self.reader.close()
        self.writer.close()

    def _open(self) -> None:
        self.writer = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False)
        self.reader = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False)
        for function in self._functions:
            arity = len(signature(function).parameters)
            self.reader.create_function(function.__name__, arity, function, deterministic=True)
        self.writer.executescript(self._schema)
        for table, columns in self._added.items():
            there = {row[1] for row in self.writer.execute(f"PRAGMA table_info({table})")}
            for column in columns.keys() - there:
                self.writer.execute(f"ALTER TABLE {table} ADD COLUMN {column} {columns[column]}")


def _is_damage(error: sqlite3.Error) -> bool:
    """Return whether an error means that the file is damaged; of a text that is no UTF-8 Python says so, by no code."""
    code = getattr(error, "sqlite_errorcode", None)
    return code in _DAMAGED or (code is None and "UTF-8" in str(error))
