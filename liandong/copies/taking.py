"""Takes a copy of a city at work, in the order in which its parts agree when the journal is followed again.

First what follows the journal (rule state, history, the SQL database), then the journal itself, which ingest meanwhile
keeps from giving anything back, last the numbers that all of them refer to. So each part is at most as far as the
journal, and at the next start comes level with it as after a crash. Rule state goes before the SQL database: an alarm
is then in the outbox of the one, or decided in the other, or both, and its id gives the same decision twice.
"""

import asyncio
import os
import re
import shutil
import socket
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import structlog

from city.clock import iso, to_ns
from city.errors import BadSettings
from liandong.copies.configuration import copy_configuration
from liandong.copies.holding import Hold, held
from liandong.copies.journal_copy import copy_journal
from liandong.copies.manifest import FORMAT, PREFIX, Manifest
from liandong.copies.staging import Staging
from liandong.copies.tables import Contents, contents_of, into_file
from liandong.release import release
from liandong.settings import Settings
from liandong.stores import database_at

log = structlog.get_logger()

_SQLITE_MARK = b"SQLite format 3\0"

#: What SQLite and DuckDB put beside a file while it is open.
_BESIDE = re.compile(r".*(-wal|-shm|-journal|\.tmp)$")


@dataclass(frozen=True, slots=True)
class Source:
    """What is copied: the settings and the file they came from, and whether generated passwords go along."""

    settings: Settings
    config: Path | None = None
    secrets: bool = False


async def take(source: Source, to: Path) -> tuple[Path, Manifest]:
    """Copy everything into a new folder below `to`; return it with its manifest.

    Raises:
        BadSettings: `to` cannot be, or the SQL database is not at this program's schema.
        FolderTaken: another copy is being taken, or ingest is starting or ending.
        StoreUnavailable: something could not be read or written, or there is no room; nothing is left of it.
    """
    folder, began = source.settings.folder, datetime.now(UTC)
    _require_apart(to, folder.root, "the data folder")
    _require_apart(to, source.settings.city.resolve(), "the city folder, which is copied")
    _make(to)
    folder.create()
    with folder.held("backup"):
        staging = Staging(_fresh(to, began))
        try:
            async with held(folder) as hold:
                taken = await _taken(_Taking(source, staging, began), hold)
            final = to / f"{PREFIX}{began:%Y%m%dT%H%M%SZ}"
            await asyncio.to_thread(staging.finish, taken, final)
        except BaseException:
            staging.discard()
            raise
    log.info("copy_taken", copy=str(final), bytes=taken.size)
    return final, taken


async def _taken(taking: "_Taking", hold: Hold | None) -> Manifest:
    await asyncio.to_thread(taking.followers)
    if hold is None:
        await asyncio.to_thread(taking.history)
    else:
        async with hold.history_still():
            await asyncio.to_thread(taking.history)
    database = await asyncio.to_thread(taking.database)
    await asyncio.to_thread(taking.configuration)
    position = await asyncio.to_thread(taking.journal)
    return taking.manifest(database, position)


class _Taking:
    """The parts of one copy, in their order."""

    def __init__(self, source: Source, staging: Staging, began: datetime) -> None:
        self._source, self._staging, self._began = source, staging, began
        self._folder = source.settings.folder

    def followers(self) -> None:
        """Copy what follows the journal in files of its own, whatever these are."""
        for path in sorted(self._folder.ingest.iterdir()):
            if path.is_dir() and path.name != "journal":
                self._staging.tree(path, f"ingest/{path.name}")
            elif path.is_file() and path.name != "identity.sqlite" and not _BESIDE.match(path.name):
                self._beside(path)

    def history(self) -> None:
        """Copy the history's files; InfluxDB's own are its own affair."""
        self._staging.tree(self._folder.history, "history", lambda path: not _is_scratch(path, self._folder.history))

    def database(self) -> Contents:
        """Copy anchors, SQL database and photos: what is anchored is in the database, what is there has its photo."""
        anchors, folder = self._source.settings.anchors, self._folder
        if anchors.exists():
            whole = anchors.read_bytes()
            self._staging.text(whole[: whole.rfind(b"\n") + 1].decode("utf-8", "replace"), "anchors.log")
        copied = self._sql()
        self._staging.tree(folder.photos, "photos")
        return copied

    def configuration(self) -> None:
        """Copy what people wrote: city folder, settings, sources; and passwords if they are to go along."""
        copy_configuration(self._source.settings, self._source.config, self._staging, secrets=self._source.secrets)

    def journal(self) -> int:
        """Copy the journal, and then the numbers of sensors and quantities; return the newest position."""
        position = copy_journal(self._folder.ingest / "journal", self._staging, "ingest/journal")
        identity = self._folder.ingest / "identity.sqlite"
        if identity.exists():
            self._staging.sqlite(identity, "ingest/identity.sqlite")
        return position

    def manifest(self, sql: Contents, position: int) -> Manifest:
        """Return what was copied."""
        settings = self._source.settings
        return Manifest(
            format=FORMAT,
            version=release(),
            began=iso(to_ns(self._began)),
            made=iso(to_ns(datetime.now(UTC))),
            schema=sql.schema,
            database="postgresql" if _is_elsewhere(settings) else "sqlite",
            history="influxdb" if settings.history.url else "duckdb",
            journal_position=position,
            audit_number=sql.end.number,
            audit_seal=sql.end.hash,
            rows=sql.rows,
            secrets=self._source.secrets,
            items=self._staging.items,
        )

    def _beside(self, path: Path) -> None:
        name = f"ingest/{path.name}"
        with suppress(FileNotFoundError):
            with path.open("rb") as file:
                is_sqlite = file.read(len(_SQLITE_MARK)) == _SQLITE_MARK
            (self._staging.sqlite if is_sqlite else self._staging.file)(path, name)

    def _sql(self) -> Contents:
        settings, name = self._source.settings, "city.sqlite"
        if _is_elsewhere(settings):
            with database_at(settings.database, self._folder) as database:
                into_file(database, self._staging.place(name))
            self._staging.adopt(name)
        elif self._sqlite_path().exists():
            self._staging.sqlite(self._sqlite_path(), name)
        else:
            return Contents()
        return contents_of(self._staging.place(name))

    def _sqlite_path(self) -> Path:
        url = self._source.settings.database.url
        return self._folder.database if url is None else Path(url.get_secret_value().removeprefix("sqlite:///"))


def _is_elsewhere(settings: Settings) -> bool:
    url = settings.database.url
    return url is not None and not url.get_secret_value().startswith("sqlite")


def _is_scratch(path: Path, folder: Path) -> bool:
    """Return whether a file is what DuckDB put out of its memory, which nobody reads after it."""
    return any(part.endswith(".tmp") for part in path.relative_to(folder).parts)


def _require_apart(to: Path, folder: Path, called: str) -> None:
    if to.resolve().is_relative_to(folder):
        raise BadSettings(expected=f"a place outside {called}", got=str(to), at="--to")


def _make(to: Path) -> None:
    try:
        to.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise BadSettings(expected="a folder that can be made", got=error.strerror, at=str(to)) from error


def _fresh(to: Path, began: datetime) -> Path:
    """Return the name of a copy that is being made, and remove what copiers of this machine left that are gone."""
    host = socket.gethostname()
    for left in to.glob(f".{PREFIX}*.{host}.*.partial"):
        if not Path(f"/proc/{left.name.split('.')[-2]}").exists():
            log.warning("broken_off_copy_removed", copy=str(left))
            shutil.rmtree(left, ignore_errors=True)
    return to / f".{PREFIX}{began:%Y%m%dT%H%M%SZ}.{host}.{os.getpid()}.partial"
