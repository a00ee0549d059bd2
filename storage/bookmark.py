"""How far a remote store has been written, in a small file beside the journal."""

import json
import os
from pathlib import Path

import structlog

log = structlog.get_logger()


class Bookmark:
    """One position for each store; a store that is new, or whose file was lost, is at 0 and is written again."""

    def __init__(self, path: Path, store: str) -> None:
        self._path, self._store = path, store
        self._positions = self._read()

    @property
    def position(self) -> int:
        """Return the position up to which the store has acknowledged everything."""
        return self._positions.get(self._store, 0)

    def move(self, position: int) -> None:
        """Keep a new position; afterwards it survives a power cut."""
        self._positions[self._store] = position
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        beside = self._path.with_name(self._path.name + ".new")
        with beside.open("w", encoding="utf-8") as file:
            json.dump(self._positions, file)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self._path)
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _read(self) -> dict[str, int]:
        try:
            positions = json.loads(self._path.read_text("utf-8"))
        except FileNotFoundError:
            return {}
        except ValueError:
            positions = None
        if not isinstance(positions, dict) or not all(isinstance(position, int) for position in positions.values()):
            log.warning("bookmark_unreadable", path=str(self._path))
            return {}
        return positions
