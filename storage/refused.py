"""Points that the history store refused for good: kept aside with its reason, for somebody to look at."""

import json
from collections.abc import Sequence
from pathlib import Path
from threading import Lock

import structlog

log = structlog.get_logger()

#: Bytes after which nothing more is kept aside: a mistake that concerns every point must not fill the disk. The counter
#: and the log go on.
MOST_BYTES = 16 * 2**20


class RefusedPoints:
    """A file of JSON lines, each a reason and the points; safe between threads."""

    def __init__(self, path: Path) -> None:
        self._path, self._turn = path, Lock()

    def keep(self, lines: Sequence[str], reason: str) -> None:
        """Keep points of line protocol, with the store's own words."""
        entry = json.dumps({"reason": reason, "points": list(lines)}, ensure_ascii=False) + "\n"
        with self._turn:
            try:
                self._append(entry.encode())
            except OSError as error:
                log.warning("refused_points_not_kept", path=str(self._path), error=str(error))

    def _append(self, entry: bytes) -> None:
        size = self._path.stat().st_size if self._path.exists() else 0
        if size + len(entry) <= MOST_BYTES:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with self._path.open("ab") as file:
                file.write(entry)
