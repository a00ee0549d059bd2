"""What was found damaged and set aside in the data folder: told until somebody has looked and removed it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import structlog

from city.feed import Trouble
from ingest.telemetry import SIDE_FILES_DAMAGED

log = structlog.get_logger(__name__)

#: Endings of what SQLite keeps beside a file, behind that of the file itself.
_COMPANIONS = ("", "-wal", "-shm")


@dataclass(frozen=True, slots=True)
class SetAside:
    """Files of one kind of damage, by a folder and a pattern of their names."""

    kind: str
    folder: Path
    pattern: str

    def troubles(self) -> list[Trouble]:
        """Return one trouble for all of them, with their number and the newest one's path; none when there are none."""
        found = sorted(self._there())
        if not found:
            return []
        newest_ns, path = found[-1]
        return [Trouble(self.kind, newest_ns, path if len(found) == 1 else f"{len(found)}: {path}")]

    def _there(self) -> Iterator[tuple[int, str]]:
        for path in self.folder.glob(self.pattern):
            try:
                yield path.stat().st_mtime_ns, str(path)
            except FileNotFoundError:  # somebody has just looked and removed it
                continue


def put_aside(path: Path, cause: Exception) -> Path:
    """Move a damaged file, with what SQLite keeps beside it, to a name that is free; count it and return the name."""
    number = 1
    while (aside := path.with_suffix(f".damaged-{number}")).exists():
        number += 1
    for companion in _COMPANIONS:
        source = Path(f"{path}{companion}")
        if source.exists():
            source.replace(f"{aside}{companion}")
    SIDE_FILES_DAMAGED.labels(path.stem).inc()
    log.error("side_file_damaged", file=str(aside), error=str(cause))
    return aside
