"""Copies the journal: what is sealed as it lies there, what is being written as it is at one moment."""

import sqlite3
from contextlib import closing
from pathlib import Path

from liandong.copies.staging import Staging

_SUFFIX = ".sqlite"


def copy_journal(folder: Path, staging: Staging, name: str) -> int:
    """Copy every segment in `folder`, and return the position of the newest row; 0 when there is none.

    A segment that nobody needed any more may go meanwhile.
    """
    newest = 0
    for segment in sorted(folder.glob(f"*{_SUFFIX}")):
        try:
            _copy_segment(segment, staging, f"{name}/{segment.name}")
        except FileNotFoundError:
            continue
        newest = max(newest, newest_row(staging.place(f"{name}/{segment.name}")))
    staging.tree(folder, name, lambda path: path.parent != folder)
    return newest


def _copy_segment(segment: Path, staging: Staging, name: str) -> None:
    log = Path(f"{segment}-wal")
    if log.exists() and log.stat().st_size:
        staging.sqlite(segment, name)
    else:
        staging.file(segment, name)  # sealed: nobody writes to it again


def newest_row(segment: Path) -> int:
    """Return the highest position in a segment that nobody has open; 0 for an empty or damaged one."""
    try:
        with closing(sqlite3.connect(f"{segment.absolute().as_uri()}?immutable=1", uri=True)) as connection:
            (newest,) = connection.execute("SELECT max(position) FROM row").fetchone()
    except sqlite3.DatabaseError:
        return 0
    return int(newest) if newest is not None else 0
