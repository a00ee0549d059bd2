"""Notices that somebody changed the files of a city folder that ingest follows, once they have stopped changing."""

from pathlib import Path

#: What judging depends on beside the rules themselves (`liandong.context`), and what messages are read by (`sourcing`).
_FILES = ("city.toml", "holidays.toml", "quantities.toml", "sources.toml")

#: Of each file its name, size, time of change and number, as an editor that replaces the file gives a new one.
Stamps = tuple[tuple[str, int, int, int], ...]


class BookWatch:
    """Looks at the files of one city folder; blocks on the disk for some microseconds a file."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._read = self._last = self.look()

    def look(self) -> Stamps:
        """Return how the files stand; one that vanishes meanwhile is not there."""
        files = [*(self._root / name for name in _FILES), *sorted((self._root / "rules").glob("*.yaml"))]
        stamps = []
        for file in files:
            try:
                stat = file.stat()
            except OSError:
                continue
            stamps.append((file.name, stat.st_size, stat.st_mtime_ns, stat.st_ino))
        return tuple(stamps)

    def changed(self) -> bool:
        """Tell whether the files are other than those that were read, and as they were at the last call.

        A file that is still being written is so left alone: half a book would clear the alarms of the other half.
        """
        now = self.look()
        settled, self._last = now == self._last, now
        return settled and now != self._read

    def read(self, stamps: Stamps) -> None:
        """Note that the files were read as they stood."""
        self._read = stamps
