"""What linkage knows of sensors' states: what the API was told last, as soon as there is one."""

from collections.abc import Callable


class Sensing:
    """Asks whoever follows ingest; `state` may be called from any thread."""

    def __init__(self) -> None:
        self._told: Callable[[str], str] = lambda _: "unknown"

    def listen(self, told: Callable[[str], str]) -> None:
        """Ask `told` from now on, which says `unknown` of all while ingest is away."""
        self._told = told

    def state(self, sensor: str) -> str:
        """Return a sensor's state; `unknown` before anybody was told."""
        return self._told(sensor)
