"""How `liandong simulate --scenario` reaches simulators that already run: requests as files in their run folder."""

import time
from pathlib import Path

from simulators.drive import Start


class ScenarioBox:
    """A folder of requests; each is an empty file whose name ends in the scenario's."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def ask(self, scenario: str) -> None:
        """Ask the running simulators to begin a scenario; they do so within a second."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        (self._folder / f"{time.time_ns()}.{scenario}").touch()

    def take(self) -> tuple[Start, ...]:
        """Return what was asked for since the last call, in order."""
        if not self._folder.exists():
            return ()
        asked = sorted(self._folder.iterdir())
        for request in asked:
            request.unlink()
        return tuple(Start(request.name.partition(".")[2]) for request in asked)
