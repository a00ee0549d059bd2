"""What must survive a restart for the broker to know us again: our client id, and the filters it holds for us."""

import os
import secrets
from pathlib import Path

import msgspec

from ingest.set_aside import put_aside


class Remembered(msgspec.Struct, frozen=True):
    """Our side of a persistent session.

    `client_id` is random, so that nobody can evict us by guessing it, and of at most 23 letters and digits, which
    every broker must take (MQTT 3.1.1 §3.1.3.1).
    """

    client_id: str
    filters: tuple[str, ...] = ()


class SessionFile:
    """The file that holds `Remembered`; readable by its owner only."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> Remembered:
        """Return what was remembered; a new identity where there is none, or none that can be read."""
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=Remembered)
        except FileNotFoundError:
            pass
        except (msgspec.DecodeError, UnicodeDecodeError) as error:  # what the broker holds for the old one stays there
            put_aside(self._path, error)
        remembered = Remembered("ld" + secrets.token_hex(10))
        self.write(remembered)
        return remembered

    def write(self, remembered: Remembered) -> None:
        """Replace what is remembered, durably."""
        draft = self._path.with_suffix(".new")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(msgspec.json.encode(remembered))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._path)
