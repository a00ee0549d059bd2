"""A small file that is replaced as a whole and is on disk when the call returns."""

import os
from pathlib import Path


def write_durably(path: Path, text: str) -> None:
    """Replace the content of `path`; a crash leaves the old content or the new."""
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
