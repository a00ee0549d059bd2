"""The registered sensors as linkage asks for them: thousands in a second while a storm is admitted."""

from collections.abc import Collection
from time import monotonic

from api.directory import SensorDirectory, Snapshot
from city.sensor import Sensor
from liandong.places import Places

#: A change of the registry is known to linkage after at most this time, seconds.
_FRESH_S = 1.0


class KnownSensors:
    """Keeps the newest snapshot and looks at the registry's version at most once a second; safe between threads."""

    def __init__(self, directory: SensorDirectory) -> None:
        self._directory = directory
        self._looked_s = float("-inf")
        self._places = directory.now, Places(directory.now.sensors)

    def find(self, sensor: str) -> Sensor | None:
        """Return a sensor, or what stands for those of a place; None for what is not registered."""
        now = self._snapshot()
        found = now.find(sensor)
        if found is not None:
            return found
        if self._places[0] is not now:
            self._places = now, Places(now.sensors)
        return self._places[1].find(sensor)

    def all(self) -> Collection[Sensor]:
        """Return every sensor, in order of id."""
        return self._snapshot().sensors

    def _snapshot(self) -> Snapshot:
        now_s = monotonic()
        if now_s - self._looked_s >= _FRESH_S:
            self._directory.fresh()
            self._looked_s = now_s
        return self._directory.now
