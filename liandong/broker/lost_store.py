"""Whether the embedded broker has given up a store: what NATS could not write once it never tries to write again.

After a write error (a full disk, tried with NATS 2.15) a stream refuses every message until the server is started anew,
room or not; the connections stay, so nothing but its log tells (docs/decisions/0193).
"""

import os
import re
from pathlib import Path

#: The first is said once, and may be missing where the log's own disk was full; the second whenever somebody asks for
#: what cannot be stored, a session too. Other limits than the disk's are no reason for another start.
_GIVEN_UP = re.compile(
    rb"critical write error|failed to store a msg on stream .*(no space left on device|disk quota exceeded)",
    re.IGNORECASE,
)

#: What a server says as it begins: what was said before was another's.
_BEGUN = b"Starting nats-server"

#: What is read of the log at once; of more only the end, as senders that are refused fill it quickly.
_MOST_BYTES = 4 * 2**20

#: Room on its disk with which it is worth another start, bytes: some blocks of its streams (8 MB each).
ROOM_BYTES = 64 * 2**20


class LostStore:
    """Reads what a broker's log says from now on, line by line; belongs to one thread at a time."""

    def __init__(self, log: Path) -> None:
        self._log = log
        self._at = self._size()
        self._found = False

    def is_lost(self) -> bool:
        """Return whether the server that runs now gave up a store; a log that was put away counts from its start."""
        size = self._size()
        start = self._at if size >= self._at else 0
        start = max(start, size - _MOST_BYTES)
        said = self._read(start)
        said = said[: said.rfind(b"\n") + 1]  # the last line may be half written
        self._at = start + len(said)
        begun = said.rfind(_BEGUN)
        if begun >= 0:
            self._found, said = False, said[begun:]
        self._found = self._found or bool(_GIVEN_UP.search(said))
        return self._found

    def has_room(self) -> bool:
        """Return whether the disk has room again."""
        disk = os.statvfs(self._log.parent)
        return disk.f_bavail * disk.f_frsize >= ROOM_BYTES

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
