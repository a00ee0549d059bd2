"""A SQLite database with the present schema, copied from one that was migrated once in this process."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from storage.migrate import upgrade
from storage.sql import Database


@cache
def _file() -> bytes:
    with TemporaryDirectory(prefix="liandong-migrated-") as folder:
        path = Path(folder) / "city.sqlite"
        database = Database(f"sqlite:///{path}")
        upgrade(database)
        database.close()
        return path.read_bytes()


def write_migrated(path: Path) -> None:
    """Make the file `path` a database with the present schema and nothing in it."""
    path.write_bytes(_file())


def migrated(path: Path) -> Database:
    """Return a database in the new file `path`."""
    write_migrated(path)
    return Database(f"sqlite:///{path}")
