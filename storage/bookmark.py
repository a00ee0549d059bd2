"""How far a remote store has been written, in a small file beside the journal."""

import json
from pathlib import Path

import structlog

from storage.durable import write_durably

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
        """Keep a new position; afterwards it survives a power cut. Raises StoreUnavailable, and then has not moved."""
        positions = {**self._positions, self._store: position}
        write_durably(self._path, json.dumps(positions))
        self._positions = positions

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
