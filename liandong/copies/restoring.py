"""Brings a copy back into an empty folder: checked first, then moved in as a whole."""

import os
import shutil
import tempfile
from pathlib import Path

import structlog
from alembic.script import ScriptDirectory
from sqlalchemy.exc import SQLAlchemyError

from city.clock import SystemClock
from city.errors import BadSettings, StoreUnavailable
from liandong.copies.archive import chosen, opened
from liandong.copies.checking import Finding, damage_of, looked_into
from liandong.copies.configuration import CITY, SETTINGS, STARRED
from liandong.copies.manifest import BadCopy, Manifest, read_manifest
from liandong.copies.restored import mark
from liandong.copies.staging import sync_folder
from liandong.copies.tables import from_file
from liandong.folder import DataFolder
from liandong.settings import Settings
from liandong.stores import database_at
from storage.migrate import SCRIPTS
from storage.sql import Database

log = structlog.get_logger()

#: Parts that do not belong into the data folder.
_ELSEWHERE = (CITY, SETTINGS, STARRED)


def restore(copy: Path, settings: Settings, city: Path | None, *, live: bool = False) -> Manifest:
    """Bring a copy back into the data folder that the settings name, and its city folder into `city`.

    Every file is checked before anything is written. Until all is there `liandong up` refuses the folder. Unless it is
    said to be `live`, the city keeps to itself until somebody calls it the city.

    Raises:
        BadCopy: the copy is damaged, not whole, or of a newer program.
        BadSettings: the data folder, the city folder or the database is not empty.
        StoreUnavailable: something cannot be written.
    """
    root = settings.folder.root
    cities = city if city is not None else root / CITY
    require_empty(root, at="--data")
    require_empty(cities, at="--city")
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    root.chmod(0o700)
    with opened(chosen(copy), root.parent) as folder:
        manifest = checked(folder)
        with database_at(settings.database, settings.folder) as database:
            _restore(folder, manifest, settings, cities, database, live=live)
    log.info("copy_restored", copy=str(copy), data=str(root))
    return manifest


def try_out(copy: Path, room: Path) -> tuple[Manifest, Finding]:
    """Restore a copy into a new folder below `room`, look into it, and remove it; nothing is started or sent.

    Raises:
        BadCopy: the copy is damaged, not whole, of a newer program, or something in it does not open.
    """
    near = room.resolve()  # a journal is opened by the address of its file, which a relative path has none of
    with tempfile.TemporaryDirectory(prefix=".liandong-tried-", dir=near) as name, opened(chosen(copy), near) as folder:
        manifest = checked(folder)
        data = DataFolder(Path(name) / "data")
        data.create()
        _lay_out(folder, manifest, data.root)
        finding = looked_into(data, manifest)
    if finding.faults:
        raise BadCopy(expected="a copy that can be restored", got="; ".join(finding.faults[:5]), at=str(copy))
    return manifest, finding


def checked(folder: Path) -> Manifest:
    """Return the manifest of a copy in which every file is what was written.

    Raises:
        BadCopy: one is not, or a newer program made it.
    """
    manifest = read_manifest(folder)
    damage = list(damage_of(folder, manifest))
    if damage:
        raise BadCopy(expected="the files that were written", got="; ".join(damage[:5]), at=str(folder))
    known = {script.revision for script in ScriptDirectory(str(SCRIPTS)).walk_revisions()}
    if manifest.schema and manifest.schema not in known:
        expected = "a copy of this version of Liandong or an older one"
        raise BadCopy(expected=expected, got=f"one of version {manifest.version}", at=str(folder))
    return manifest


def require_empty(folder: Path, *, at: str) -> None:
    """Raise BadSettings for a folder that something lies in; what a disk has in its root does not count."""
    if folder.exists() and any(path.name != "lost+found" for path in folder.iterdir()):
        raise BadSettings(expected="an empty folder", got=str(folder), at=at)


def _restore(
    folder: Path, manifest: Manifest, settings: Settings, cities: Path, database: Database, *, live: bool
) -> None:
    data = settings.folder
    data.restoring.mkdir(mode=0o700)
    try:
        _lay_out(folder, manifest, data.restoring)
        _settle_database(manifest, data.restoring / "city.sqlite", database, data)
        _settle_anchors(data.restoring / "anchors.log", settings.anchors, data)
        shutil.copytree(folder / CITY, cities, dirs_exist_ok=True)
        for name in (SETTINGS, STARRED):
            if (folder / name).exists():
                shutil.copy(folder / name, data.root / name)
        if not live:
            mark(data.restoring / data.restored.name, str(manifest.made), SystemClock().now_ns())
        for path in sorted(data.restoring.iterdir()):
            path.rename(data.root / path.name)
        sync_folder(data.root)
        data.restoring.rmdir()
        sync_folder(data.root)
    except (OSError, SQLAlchemyError) as error:
        raise StoreUnavailable("restore", str(error)) from error


def _lay_out(folder: Path, manifest: Manifest, root: Path) -> None:
    """Put the files into their places below `root`, each written through to the disk."""
    for item in manifest.items:
        if item.path.partition("/")[0] in _ELSEWHERE:
            continue
        target = root / item.path
        if not target.resolve().is_relative_to(root.resolve()):
            raise BadCopy(expected="places within the copy", got=item.path, at=str(folder))
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (folder / item.path).open("rb") as source, target.open("wb") as file:
            shutil.copyfileobj(source, file)
            file.flush()
            os.fsync(file.fileno())


def _settle_database(manifest: Manifest, copied: Path, database: Database, data: DataFolder) -> None:
    """Leave the SQLite file where it is wanted, or fill the database that the settings name from it."""
    if not manifest.schema or database.url == f"sqlite:///{data.database}":
        return
    from_file(copied, database)
    copied.unlink()


def _settle_anchors(copied: Path, wanted: Path, data: DataFolder) -> None:
    if copied.exists() and wanted != data.anchors and not wanted.exists():
        wanted.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.move(copied, wanted)
