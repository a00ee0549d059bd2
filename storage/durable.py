"""A small file that is replaced as a whole and is on disk when the call returns."""

import os
from pathlib import Path

from city.errors import StoreUnavailable


def write_durably(path: Path, text: str) -> None:
    """Replace the content of `path`; a crash leaves the old content or the new.

    Raises:
        StoreUnavailable: it cannot be written, as with a full disk.
    """
    try:
        _write(path, text)
    except OSError as error:
        raise StoreUnavailable("history", f"{error.strerror} - at `{path}`") from error


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = path.with_name(path.name + ".new")
    with beside.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
