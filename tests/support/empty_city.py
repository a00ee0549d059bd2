"""One SQLite database for all tests of a process: emptied for each, so that its statements are compiled once."""

import shutil
from pathlib import Path

from storage.migrate import upgrade
from storage.sql import Database


class EmptyCity:
    """A migrated file, and a database on a copy of it."""

    def __init__(self, folder: Path) -> None:
        self._empty, self._path = folder / "empty.sqlite", folder / "city.sqlite"
        migrated = Database(f"sqlite:///{self._empty}")
        upgrade(migrated)
        migrated.close()
        self.database = Database(f"sqlite:///{self._path}")

    def fresh(self) -> Database:
        """Return the database as it was before anything was written to it, triggers and all."""
        self.database.close()
        # A new file each time: who still reads the old one, in a thread of a test that has ended, goes on reading that.
        for part in ("", "-wal", "-shm"):
            self._path.with_name(self._path.name + part).unlink(missing_ok=True)
        shutil.copy(self._empty, self._path)
        return self.database
