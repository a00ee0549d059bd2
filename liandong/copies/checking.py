"""Looks into a restored copy as a start does: every file opened, the event log verified, the journal judged."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from city.catalogue import default_catalogue
from city.clock import SystemClock
from city.errors import LiandongError
from ingest.config import JournalSettings
from ingest.identity import Identity
from ingest.journal import Journal
from ingest.replay import replay
from liandong.copies.manifest import Manifest, sha256_of
from liandong.copies.tables import contents_of
from liandong.folder import DataFolder
from linkage.audit.anchors import read_anchors
from linkage.event_log import verify
from rules.checkpoint import Judge
from storage.config import HistorySettings
from storage.history import open_history
from storage.sql import Database


def damage_of(copy: Path, manifest: Manifest) -> Iterator[str]:
    """Yield what is not as it was written: files that are missing, changed, or were never in the copy."""
    for item in manifest.items:
        path = copy / item.path
        if not path.is_file():
            yield f"`{item.path}` is missing"
        elif path.stat().st_size != item.size or sha256_of(path) != item.sha256:
            yield f"`{item.path}` is not what was written"


@dataclass(frozen=True, slots=True)
class Finding:
    """What looking into a restored folder found: faults, and how many alarms' changes wait for the desk."""

    faults: list[str]
    journal_position: int
    history_position: int
    waiting: int


def looked_into(folder: DataFolder, manifest: Manifest) -> Finding:
    """Open everything in a restored folder that nobody runs on; it is changed by that, as by a start."""
    faults = [*_sqlite_faults(folder.root), *_database_faults(folder, manifest)]
    journal_position, waiting = _judged(folder, manifest, faults)
    history_position = _history(folder, manifest, faults)
    if history_position > journal_position:
        faults.append(f"history is at {history_position}, beyond the journal's {journal_position}")
    return Finding(faults, journal_position, history_position, waiting)


def _sqlite_faults(root: Path) -> Iterator[str]:
    for path in sorted(root.rglob("*.sqlite")):
        if "damaged" in path.parent.name:
            continue  # set aside long before the copy, for somebody to look at
        try:
            with closing(sqlite3.connect(path)) as connection:
                (said,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        except sqlite3.DatabaseError as error:
            said = str(error)
        if said != "ok":
            yield f"`{path.relative_to(root)}`: {said}"


def _database_faults(folder: DataFolder, manifest: Manifest) -> Iterator[str]:
    if not manifest.schema:
        return
    found = contents_of(folder.database)
    if (found.schema, found.rows) != (manifest.schema, manifest.rows):
        yield "the SQL database does not hold the rows that it held"
    database = Database(f"sqlite:///{folder.database}")
    try:
        yield from (
            f"event log: {fault.damage}, row {fault.number}" for fault in verify(database, read_anchors(folder.anchors))
        )
    except LiandongError as error:
        yield str(error)
    finally:
        database.close()


def _judged(folder: DataFolder, manifest: Manifest, faults: list[str]) -> tuple[int, int]:
    """Follow the journal with the rules as a start does; return its position, and what waits for the desk then."""
    place = folder.ingest
    if not (place / "rules.sqlite").exists():
        return manifest.journal_position, 0
    before = _set_aside(place)
    try:
        with closing(Judge.open(place / "rules.sqlite", default_catalogue(), SystemClock())) as judge:
            with closing(Journal(place / "journal", JournalSettings(), readers={"rules": judge.released})) as journal:
                replay(journal, judge, judge.position)
                position = journal.position
            if judge.damage:
                faults.append(judge.damage)
            waiting = len(judge.outbox(1_000_000))
    except LiandongError as error:
        faults.append(str(error))
        return manifest.journal_position, 0
    faults += [f"`{name}` was damaged" for name in sorted(_set_aside(place) - before)]
    if position < manifest.journal_position:
        faults.append(f"the journal ends at {position}, not at {manifest.journal_position}")
    return position, waiting


def _set_aside(place: Path) -> set[str]:
    return {path.name for path in (place / "journal" / "damaged").glob("*")}


def _history(folder: DataFolder, manifest: Manifest, faults: list[str]) -> int:
    if manifest.history != "duckdb" or not any(folder.history.iterdir()):
        return 0
    catalogue, before = default_catalogue(), _broken(folder)
    try:
        with closing(Identity(folder.ingest / "identity.sqlite")) as names:
            settings = HistorySettings()
            history = open_history(settings, folder.history, names=names, catalogue=catalogue, clock=SystemClock())
            with closing(history):
                history.newest(0)
                position = history.position()
    except LiandongError as error:
        faults.append(str(error))
        return 0
    faults += [f"`{name}` was damaged" for name in sorted(_broken(folder) - before)]
    return position


def _broken(folder: DataFolder) -> set[str]:
    """Return the files of history and numbers that were set aside; some may have been so long before the copy."""
    found = [*folder.history.glob("*.broken-*"), *folder.ingest.glob("identity.damaged-*")]
    return {path.name for path in found}
