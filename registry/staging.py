"""Rows of a file on their way into the registry: in a file of their own, sorted, so that memory stays small."""

import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

#: Ids that stand in a file more than once and are told of; more of them only hide the first.
_TOLD = 1000


class Twice(NamedTuple):
    """An id that stands on two lines."""

    id: str
    first: str
    again: str


class Staging:
    """A context: takes rows, tells which ids are there twice, and gives the rows back by id."""

    def __init__(self, columns: Sequence[str], folder: Path | None = None) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="liandong-import-", dir=folder)
        self._file = sqlite3.connect(Path(self._folder.name) / "staged.sqlite", isolation_level=None)
        names = ", ".join(f'"{column}"' for column in columns)
        self._names = names
        # Nobody needs it after a crash, and it is deleted in the end.
        self._file.executescript(
            f"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; CREATE TABLE staged (line TEXT, {names});"
        )
        self._file.execute("BEGIN")
        self._insert = f"INSERT INTO staged VALUES (?{', ?' * len(columns)})"

    def add(self, rows: Sequence[Sequence[Any]]) -> None:
        """Take rows, each with its `file:line` in front."""
        self._file.executemany(self._insert, rows)

    def repeated(self) -> list[Twice]:
        """Return ids that stand there more than once, in the order of the file; call it after the last `add`."""
        self._file.execute("CREATE INDEX by_id ON staged (id)")
        self._file.execute("COMMIT")
        sql = """
        SELECT later.id, (SELECT line FROM staged WHERE rowid = first), later.line FROM staged AS later JOIN (
            SELECT id, min(rowid) AS first FROM staged GROUP BY id HAVING count(*) > 1
        ) AS several ON several.id = later.id AND later.rowid > first ORDER BY later.rowid LIMIT ?
        """
        return [Twice(*row) for row in self._file.execute(sql, (_TOLD,))]

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """Yield all rows by id, without their lines."""
        return self._file.execute(f"SELECT {self._names} FROM staged ORDER BY id")

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Delete the file."""
        self._file.close()
        self._folder.cleanup()
