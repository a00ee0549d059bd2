"""What was found damaged and set aside in the data folder: told until somebody has looked and removed it."""

from dataclasses import dataclass
from pathlib import Path

from city.feed import Trouble


@dataclass(frozen=True, slots=True)
class SetAside:
    """Files of one kind of damage, by a folder and a pattern of their names."""

    kind: str
    folder: Path
    pattern: str

    def troubles(self) -> list[Trouble]:
        """Return one trouble for all of them, with their number and the newest one's path; none when there are none."""
        found = sorted((path.stat().st_mtime_ns, str(path)) for path in self.folder.glob(self.pattern))
        if not found:
            return []
        newest_ns, path = found[-1]
        return [Trouble(self.kind, newest_ns, path if len(found) == 1 else f"{len(found)}: {path}")]
