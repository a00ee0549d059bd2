"""Where photos lie: files under their SHA-256, whole or not there, never changed."""

import os
from pathlib import Path

_PARTIAL = ".part"


class Shelf:
    """A folder of photos, made for its owner alone; safe between threads and processes. Calls block.

    A photo is put there inside the write transaction of its row: writers are one at a time, so nobody takes a file
    away that a row is about to name. A crash between the two leaves a whole file that no row names, harmless, and
    found again when the same photo is sent again.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, sha256: str, data: bytes, small: bytes) -> None:
        """Keep a photo and its small version; they are on the disk when this returns."""
        place = self._file(sha256)
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        for path, content in ((self._small(sha256), small), (place, data)):
            if not path.exists():
                _write(path, content)
        _sync(place.parent)

    def read(self, sha256: str, *, small: bool = False) -> bytes:
        """Return a photo's bytes; raises FileNotFoundError."""
        return (self._small(sha256) if small else self._file(sha256)).read_bytes()

    def remove(self, sha256: str) -> None:
        """Take a photo away, inside a write transaction in which no row names it any more."""
        for path in (self._file(sha256), self._small(sha256)):
            path.unlink(missing_ok=True)

    def tidy(self) -> int:
        """Remove what a crash left half-written; call it before anything is put there. Return how many files."""
        left = list(self.folder.glob(f"*/*{_PARTIAL}"))
        for path in left:
            path.unlink(missing_ok=True)
        return len(left)

    def _file(self, sha256: str) -> Path:
        return self.folder / sha256[:2] / f"{sha256}.jpg"

    def _small(self, sha256: str) -> Path:
        return self.folder / sha256[:2] / f"{sha256}.small.jpg"


def _write(path: Path, content: bytes) -> None:
    partial = path.with_name(f"{path.name}.{os.getpid()}{_PARTIAL}")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
