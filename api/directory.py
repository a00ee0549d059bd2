"""The registered sensors as the API shows them: what changed is read from the registry, the rest is kept in memory."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock

from city.errors import NotFound
from city.sensor import Sensor
from registry.sensors import SensorRegistry


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The sensors at one version, in order of id."""

    version: int = 0
    sensors: tuple[Sensor, ...] = ()
    by_id: Mapping[str, Sensor] = field(default_factory=dict)


class SensorDirectory:
    """Keeps the newest snapshot; safe between threads."""

    def __init__(self, registry: SensorRegistry) -> None:
        self._registry = registry
        self._lock = Lock()
        self.now = Snapshot()

    def fresh(self) -> Snapshot:
        """Return the sensors as they are registered now; blocks."""
        if self._registry.version() != self.now.version:
            with self._lock:
                self._catch_up()
        return self.now

    def find(self, sensor: str) -> Sensor:
        """Return one sensor; blocks; raises NotFound."""
        found = self.fresh().by_id.get(sensor)
        if found is None:
            raise NotFound("sensor", sensor)
        return found

    def known(self, sensor: str) -> bool:
        """Return whether a sensor is registered; blocks."""
        return sensor in self.fresh().by_id

    def _catch_up(self) -> None:
        changes = self._registry.changed_since(self.now.version)
        by_id = {**self.now.by_id, **{sensor.id: sensor for sensor in changes.changed}}
        for sensor in changes.removed:
            by_id.pop(sensor, None)
        ordered = sorted(by_id.items())
        self.now = Snapshot(changes.version, tuple(sensor for _, sensor in ordered), dict(ordered))
