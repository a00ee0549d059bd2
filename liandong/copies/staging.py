"""Puts files into a copy that is being made: each written through to the disk, and its hash noted."""

import hashlib
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import BinaryIO

from city.errors import StoreUnavailable
from liandong.copies.manifest import CHUNK_BYTES, MANIFEST, SUMS, Item, Manifest, encode, sums

#: What SQLite says of a file that is no database, or no longer one.
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)

#: Longest wait for a file that somebody has locked, and time between two looks, in seconds.
_PATIENCE_S, _AGAIN_S = 10.0, 0.1

#: Left free on the disk that a copy goes to, in bytes: whoever shares it must go on working.
_SPARE_BYTES = 64 * 2**20


class Staging:
    """A copy that is being made in the folder `root`, for one thread at a time."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.items: list[Item] = []
        root.mkdir(mode=0o700, parents=True)

    def file(self, source: Path, name: str) -> None:
        """Copy a file as it is.

        Raises:
            FileNotFoundError: it is not there.
            StoreUnavailable: there is no room for it, or a disk fails.
        """
        self._require_room(source)
        with source.open("rb") as file:
            self._write(name, lambda target: shutil.copyfileobj(file, target, CHUNK_BYTES))

    def tree(self, source: Path, name: str, wanted: Callable[[Path], bool] = lambda _: True) -> None:
        """Copy every file below a folder that is `wanted`; one that goes meanwhile is left out."""
        for path in sorted(source.rglob("*")):
            if path.is_file() and wanted(path):
                with suppress(FileNotFoundError):
                    self.file(path, f"{name}/{path.relative_to(source)}")

    def text(self, text: str, name: str) -> None:
        """Write a file."""
        self._write(name, lambda target: target.write(text.encode()))

    def sqlite(self, source: Path, name: str) -> None:
        """Copy a SQLite file as it is at one moment, whoever works with it; a damaged one as it lies there."""
        self._require_room(source)
        target = self._place(name)
        try:
            with closing(_opened(source)) as opened, closing(sqlite3.connect(target)) as copy:
                opened.backup(copy, progress=_Patience(name).step, sleep=_AGAIN_S)
        except sqlite3.DatabaseError as error:
            target.unlink(missing_ok=True)
            if error.sqlite_errorcode not in _DAMAGED:
                raise StoreUnavailable("copy", f"{name}: {error}") from error
            self.file(source, name)
            log = Path(f"{source}-wal")
            if log.exists():
                self.file(log, f"{name}-wal")
            return
        self.adopt(name)

    def adopt(self, name: str) -> None:
        """Take in a file that was written at its place already."""
        path = self._place(name)
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            os.fsync(file.fileno())
        self.items.append(Item(name, path.stat().st_size, digest))

    def place(self, name: str) -> Path:
        """Return where a file belongs that somebody else writes; then call `adopt`."""
        return self._place(name)

    def finish(self, manifest: Manifest, final: Path) -> None:
        """Write the manifest and give the whole its final name: from here on it counts as a copy."""
        text = encode(manifest)
        for name, content in ((MANIFEST, text), (SUMS, sums(self.items, text).encode())):
            with (self.root / name).open("xb") as file:
                file.write(content)
                os.fsync(file.fileno())
        for folder in [*(path for path in self.root.rglob("*") if path.is_dir()), self.root]:
            sync_folder(folder)
        self.root.rename(final)
        sync_folder(final.parent)

    def discard(self) -> None:
        """Remove what was made so far."""
        shutil.rmtree(self.root, ignore_errors=True)

    def _place(self, name: str) -> Path:
        path = self.root / name
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return path

    def _write(self, name: str, fill: Callable[["_Summing"], object]) -> None:
        try:
            with self._place(name).open("xb") as file:
                summing = _Summing(file)
                fill(summing)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise StoreUnavailable("copy", f"{name}: {error.strerror}") from error
        self.items.append(Item(name, summing.size, summing.digest.hexdigest()))

    def _require_room(self, source: Path) -> None:
        disk = os.statvfs(self.root)
        free, needed = disk.f_bavail * disk.f_frsize, source.stat().st_size + _SPARE_BYTES
        if free < needed:
            raise StoreUnavailable(
                "copy", f"`{self.root.parent}` has {free} bytes left, `{source.name}` needs {needed}"
            )


class _Patience:
    """Ends the wait for a locked file, which SQLite's backup would go on with for ever."""

    def __init__(self, name: str) -> None:
        self._name, self._left = name, _PATIENCE_S / _AGAIN_S

    def step(self, status: int, remaining: int, total: int) -> None:
        """Count a look at the file."""
        del remaining, total
        self._left -= 1
        if self._left < 0 and status != sqlite3.SQLITE_DONE:
            raise StoreUnavailable("copy", f"{self._name} is locked")


class _Summing:
    """A file that notes the hash of what is written to it."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self.digest, self.size = file, hashlib.sha256(), 0

    def write(self, data: bytes) -> int:
        """Write, and take into account."""
        self.digest.update(data)
        self.size += len(data)
        return self._file.write(data)


def _opened(source: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(f"{source.as_uri()}?mode=rw", uri=True, timeout=_AGAIN_S)
    connection.execute("PRAGMA query_only = 1")
    return connection


def sync_folder(folder: Path) -> None:
    """Have the disk know what is in a folder."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
