"""The data folder: what lies where, made for its owner alone, used by one program at a time."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from city.errors import BadSettings, LiandongError

#: Permission bits of everybody but the owner.
_OTHERS = 0o077


class FolderTaken(LiandongError):
    """Raised when another process already runs on this data folder."""

    code = "folder_taken"

    def __init__(self, path: Path, part: str) -> None:
        self.path, self.at = path, str(path)
        super().__init__(f"Another `liandong {part}` is running - at `{path}`")


@dataclass(frozen=True, slots=True)
class DataFolder:
    """The paths under one data folder."""

    root: Path

    @property
    def secrets(self) -> Path:
        """Return the file of generated passwords and keys."""
        return self.root / "secrets.toml"

    @property
    def broker(self) -> Path:
        """Return the embedded broker's folder: configuration, sources, log, JetStream."""
        return self.root / "broker"

    @property
    def ingest(self) -> Path:
        """Return ingest's folder: journal, identity, quarantine, rule state."""
        return self.root / "ingest"

    @property
    def history(self) -> Path:
        """Return the history store's folder."""
        return self.root / "history"

    @property
    def database(self) -> Path:
        """Return the SQLite file of registry, linkage and users."""
        return self.root / "city.sqlite"

    @property
    def anchors(self) -> Path:
        """Return the file in which the ends of the event log are noted, outside the database."""
        return self.root / "anchors.log"

    @property
    def photos(self) -> Path:
        """Return the folder of photos, which lie outside the database."""
        return self.root / "photos"

    @property
    def run(self) -> Path:
        """Return the folder of what lives only as long as the processes do."""
        return self.root / "run"

    @property
    def socket(self) -> Path:
        """Return ingest's Unix socket."""
        return self.run / "ingest.sock"

    @property
    def still_socket(self) -> Path:
        """Return the Unix socket on which ingest keeps its files still for a copy."""
        return self.run / "still.sock"

    @property
    def past_socket(self) -> Path:
        """Return the Unix socket on which ingest tells the past to a back-test."""
        return self.run / "past.sock"

    @property
    def backtest(self) -> Path:
        """Return the file that is there while a back-test of the desk runs, and after one that broke off with it."""
        return self.run / "backtest"

    @property
    def read_sensors(self) -> Path:
        """Return the file of the city folder's sensors as they were read, so that each part need not read them anew."""
        return self.root / "read" / "city-sensors"

    @property
    def registered_sensors(self) -> Path:
        """Return the file of the registry's sensors as they were read, for other parts and the next start."""
        return self.root / "read" / "registered-sensors"

    @property
    def copies(self) -> Path:
        """Return the file that says when a copy was last taken, and last restored for a test."""
        return self.root / "copies.json"

    @property
    def copies_alarm(self) -> Path:
        """Return the file that names the alarm that stands because copies are too old."""
        return self.root / "copies-alarm"

    @property
    def damage_alarm(self) -> Path:
        """Return the file that names the alarm that stands because something was found damaged or is lost."""
        return self.root / "damage-alarm"

    @property
    def rules_alarm(self) -> Path:
        """Return the file that names the alarm that stands because rules met a fault."""
        return self.root / "rules-alarm"

    @property
    def aside_alarm(self) -> Path:
        """Return the file that names the alarm that stands because alarms could not be admitted."""
        return self.root / "aside-alarm"

    @property
    def restoring(self) -> Path:
        """Return the folder that is there while a copy is being restored, and after a restore that broke off."""
        return self.root / ".restoring"

    @property
    def restored(self) -> Path:
        """Return the file that says that this was restored from a copy, and who called it the city."""
        return self.root / "restored.json"

    @property
    def parts(self) -> Path:
        """Return the file in which the supervisor says how its parts are."""
        return self.run / "parts.json"

    @property
    def sign_in_link(self) -> Path:
        """Return the file of the one-time link that the demo prints."""
        return self.run / "sign-in-link"

    @property
    def demo_accounts(self) -> Path:
        """Return the file of the demo city's accounts."""
        return self.root / "demo-accounts.txt"

    def create(self) -> None:
        """Make the folder and its parts with mode 0700.

        Raises:
            BadSettings: it exists and others may enter it, or it cannot be made.
        """
        try:
            for path in (self.root, self.broker, self.ingest, self.history, self.photos, self.run):
                path.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as exc:
            raise BadSettings(expected="a folder that can be made", got=exc.strerror, at=str(self.root)) from exc
        if self.restoring.exists():
            remedy = "a data folder whose restore came to its end (empty it, and restore again)"
            raise BadSettings(expected=remedy, got="one that broke off", at=str(self.root))
        mode = self.root.stat().st_mode & 0o777
        if mode & _OTHERS:
            remedy = "a data folder for its owner alone (chmod 700)"
            raise BadSettings(expected=remedy, got=f"mode {mode:04o}", at=str(self.root))

    @contextmanager
    def held(self, part: str) -> Iterator[None]:
        """Hold this folder for `part` until the block ends; the lock goes with the process, however it ends.

        Raises:
            FolderTaken: another process holds it.
        """
        lock = os.open(self.run / f"{part}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            self._lock(lock, part)
            yield
        finally:
            os.close(lock)

    def _lock(self, lock: int, part: str) -> None:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as exc:
            raise FolderTaken(self.root, part) from exc


def write_private(path: Path, text: str, *, mode: int = 0o600) -> None:
    """Replace `path` by a file with `text` that only its owner can read; a crash leaves the old one or the new one."""
    new = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            os.fchmod(file.fileno(), mode)
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    except OSError:  # a full disk must not be filled with drafts as well
        new.unlink(missing_ok=True)
        raise
