"""A copy as one tar file, for tapes and object stores."""

import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from liandong.copies.manifest import BadCopy, copies_in
from liandong.copies.staging import sync_folder

#: Ending of such a file.
SUFFIX = ".tar"


def packed(copy: Path, file: Path) -> None:
    """Make `file` of a whole copy, under its final name only when it is complete, and remove the folder."""
    beside = file.with_name(f".{file.name}.partial")
    with beside.open("wb") as target, tarfile.open(fileobj=target, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for path in sorted(copy.rglob("*")):
            archive.add(path, str(path.relative_to(copy)), recursive=False)
    with beside.open("rb") as written:
        os.fsync(written.fileno())
    beside.replace(file)
    sync_folder(file.parent)
    shutil.rmtree(copy)


@contextmanager
def opened(copy: Path, room: Path) -> Iterator[Path]:
    """Yield the folder of a copy; of a tar file one below `room`, which is gone after the block.

    Raises:
        BadCopy: there is none.
    """
    if copy.is_dir():
        yield copy
        return
    with tempfile.TemporaryDirectory(prefix=".liandong-unpacked-", dir=room) as name:
        try:
            with tarfile.open(copy) as archive:
                archive.extractall(name, filter="data")
        except tarfile.ReadError as error:
            raise BadCopy(expected="a copy as `liandong backup` writes it", got="no tar file", at=str(copy)) from error
        except (OSError, tarfile.TarError) as error:
            raise BadCopy(expected="a copy as `liandong backup` writes it", got=str(error), at=str(copy)) from error
        yield Path(name)


def chosen(copy: Path) -> Path:
    """Return the copy that is meant: itself, or the newest in a folder of copies.

    Raises:
        BadCopy: there is none.
    """
    if copy.is_file() or (copy / "SHA256SUMS").exists():
        return copy
    found = copies_in(copy) if copy.is_dir() else []
    if not found:
        raise BadCopy(expected="a copy, or a folder with copies", got="none", at=str(copy))
    return found[-1]
