"""Whether the embedded broker has given up a store: what NATS could not write once it never tries to write again.

After a write error (a full disk, tried with NATS 2.15) a stream refuses every message until the server is started anew,
room or not; the connections stay, so nothing but its log tells (docs/decisions/0193).
"""

import os
import re
from pathlib import Path

_GIVEN_UP = re.compile(rb"critical write error", re.IGNORECASE)

#: What is read of the log at once; of more only the end, as senders that are refused fill it quickly.
_MOST_BYTES = 4 * 2**20

#: What is looked at twice, as a line may be half written: less than the words are long that are looked for.
_OVERLAP = 19

#: Room on its disk with which it is worth another start, bytes: some blocks of its streams (8 MB each).
ROOM_BYTES = 64 * 2**20


class LostStore:
    """Reads what a broker's log says from now on; belongs to one thread at a time."""

    def __init__(self, log: Path) -> None:
        self._log = log
        self._at = self._size()
        self._found = False

    def is_lost(self) -> bool:
        """Return whether a store was given up since `forget`; a log that was put away counts from its start."""
        size = self._size()
        start = self._at if size >= self._at else 0
        if not self._found and size > start:
            self._found = bool(_GIVEN_UP.search(self._read(max(start - _OVERLAP, size - _MOST_BYTES, 0))))
        self._at = size
        return self._found

    def has_room(self) -> bool:
        """Return whether the disk has room again."""
        disk = os.statvfs(self._log.parent)
        return disk.f_bavail * disk.f_frsize >= ROOM_BYTES

    def forget(self) -> None:
        """Count from the end of the log again, as after a new start."""
        self._at, self._found = self._size(), False

    def _read(self, start: int) -> bytes:
        try:
            with self._log.open("rb") as file:
                file.seek(start)
                return file.read(_MOST_BYTES)
        except OSError:
            return b""

    def _size(self) -> int:
        try:
            return self._log.stat().st_size
        except OSError:
            return 0
