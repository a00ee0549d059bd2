"""Rows of a file on their way into the registry: in a file of their own, sorted, so that memory stays small."""

import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

#: Ids that stand in a file more than once and are told of; more of them only hide the first.
_TOLD = 1000

#: Rows of the registry put beside at once.
_ROWS = 10_000


class Twice(NamedTuple):
    """An id that stands on two lines."""

    id: str
    first: str
    again: str


class Changed(NamedTuple):
    """An id whose row would become another, and the columns in which it differs."""

    id: str
    columns: tuple[str, ...]


class Stranger(NamedTuple):
    """A word that stands in a column and is not known, on how many lines and on which first."""

    column: str
    word: str
    rows: int
    at: str


class Difference(NamedTuple):
    """What the staged rows would make of those that are there: how many of each kind, and the first of them by id.

    `strangers` hinder nothing: they are what somebody should look at before the rows are taken.
    """

    added: int
    changed: int
    removed: int
    first_added: tuple[str, ...]
    first_changed: tuple[Changed, ...]
    first_removed: tuple[str, ...]
    strangers: tuple[Stranger, ...] = ()


_ADDED = "FROM staged WHERE id NOT IN (SELECT id FROM present)"
_REMOVED = "FROM present WHERE NOT stays AND id NOT IN (SELECT id FROM staged)"


class Staging:
    """A context: takes rows, tells which ids are there twice, and gives the rows back by id.

    Put beside the rows that are there (`beside`) it tells the difference.
    """

    def __init__(self, columns: Sequence[str], folder: Path | None = None) -> None:
        self._columns = tuple(columns)
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

    def beside(self, rows: Iterable[Sequence[Any]]) -> None:
        """Take the rows that are there, each with its id once and behind its columns whether it stays in any case.

        Call it once, after `repeated`.
        """
        self._file.execute(f"CREATE TABLE present ({self._names}, stays)")
        self._file.execute("BEGIN")
        insert = f"INSERT INTO present VALUES (?{', ?' * len(self._columns)})"
        waiting = iter(rows)
        while some := list(islice(waiting, _ROWS)):
            self._file.executemany(insert, some)
        self._file.execute("CREATE UNIQUE INDEX present_by_id ON present (id)")
        self._file.execute("COMMIT")

    def difference(self, most: int, *, complete: bool) -> Difference:
        """Tell what differs, the first `most` of each kind; only a `complete` file takes away what it does not name."""
        differs = " OR ".join(f'staged."{one}" IS NOT present."{one}"' for one in self._columns)
        changed = f"FROM staged JOIN present ON present.id = staged.id WHERE {differs}"
        return Difference(
            self._count(_ADDED),
            self._count(changed),
            self._count(_REMOVED) if complete else 0,
            tuple(self._first_ids(_ADDED, most)),
            tuple(self._first_changed(changed, most)),
            tuple(self._first_ids(_REMOVED, most)) if complete else (),
        )

    def strangers(self, columns: Sequence[str], known: Iterable[str], most: int) -> Iterator[Stranger]:
        """Yield words of some columns that are not `known`, of each column the first `most` in the order of the file.

        Call it once, after `repeated`.
        """
        self._file.execute("CREATE TEMP TABLE known (word TEXT PRIMARY KEY)")
        self._file.executemany("INSERT OR IGNORE INTO known VALUES (?)", [("",), *((word,) for word in known)])
        for column in columns:
            sql = f"""
            SELECT word, rows, line FROM (
                SELECT "{column}" AS word, count(*) AS rows, min(rowid) AS first FROM staged
                WHERE "{column}" NOT IN (SELECT word FROM known) GROUP BY 1 ORDER BY first LIMIT ?
            ) JOIN staged ON staged.rowid = first ORDER BY first
            """
            for row in self._file.execute(sql, (most,)):
                yield Stranger(column, *row)

    def unnamed(self) -> Iterator[str]:
        """Yield the ids of rows that are there, need not stay and are not staged, in order."""
        return self._first_ids(_REMOVED, -1)

    def _count(self, what: str) -> int:
        return int(self._file.execute(f"SELECT count(*) {what}").fetchone()[0])

    def _first_ids(self, what: str, most: int) -> Iterator[str]:
        return (one for (one,) in self._file.execute(f"SELECT id {what} ORDER BY id LIMIT ?", (most,)))

    def _first_changed(self, what: str, most: int) -> Iterator[Changed]:
        cells = ", ".join(f'staged."{one}" IS NOT present."{one}"' for one in self._columns)
        for row in self._file.execute(f"SELECT staged.id, {cells} {what} ORDER BY staged.id LIMIT ?", (most,)):
            yield Changed(row[0], tuple(one for one, other in zip(self._columns, row[1:], strict=True) if other))

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Delete the file."""
        self._file.close()
        self._folder.cleanup()
