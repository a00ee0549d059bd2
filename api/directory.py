"""The registered sensors as the API shows them, in columns: what changed is read of the registry, the rest is kept."""

from collections.abc import Callable, Sequence
from functools import cached_property
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from city.census import Census
from city.columns import Rows
from city.entry import NumberedSensor
from city.errors import NotFound
from city.id_index import IdIndex
from city.nearness import distances_m
from city.place import Place
from city.registered import Registered
from city.sensor import Sensor
from linkage.admission.evidence import DRILL_TAG
from registry.sensors import SensorRegistry

Flags = NDArray[np.bool_]


class Snapshot:
    """The sensors at one version, in order of id.

    Attributes:
        census: their columns; no permanent numbers stand in it.
        sensors: the same, each made into an object when it is asked for.
    """

    def __init__(self, version: int = 0, census: Census | None = None) -> None:
        self.version = version
        self.census = census if census is not None else Census.of(())
        self.sensors = Registered(self.census)

    def find(self, sensor: str) -> Sensor | None:
        """Return one sensor; None for one that is not registered."""
        return self.census.find(sensor)

    def rows(self, sensors: Sequence[str]) -> Rows:
        """Return the rows of many sensors at once, `city.id_index.NOBODY` for those that are not registered."""
        return self._index.rows(sensors)

    def id_of(self, row: int) -> str:
        """Return what the sensor of a row is called."""
        return self.census.texts["id"][row]

    @property
    def real(self) -> Flags:
        """Return which sensors do not play in exercises."""
        tags = self.census.words["tags"]
        return tags.where([DRILL_TAG not in tagged for tagged in tags.words])

    def having(self, column: str, fits: Callable[[str], bool]) -> Flags:
        """Return which sensors have a word in `column` that fits."""
        words = self.census.words[column]
        return words.where([fits(word) for word in words.words])

    def near(self, spot: Place, radius_m: float) -> Flags:
        """Return which sensors stand within `radius_m` of a spot."""
        numbers = self.census.numbers
        near: Flags = distances_m(spot, numbers["longitude"], numbers["latitude"]) <= radius_m
        return near

    def prepare(self) -> None:
        """Make what `rows` needs, which takes a second for a million sensors."""
        _ = self._index

    @cached_property
    def _index(self) -> IdIndex:
        return IdIndex(self.census)


#: Above this part of all sensors a change is read as a whole: it is quicker then, in columns.
_MUCH = 0.1


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
        found = self.fresh().find(sensor)
        if found is None:
            raise NotFound("sensor", sensor)
        return found

    def known(self, sensor: str) -> bool:
        """Return whether a sensor is registered; blocks."""
        return self.fresh().find(sensor) is not None

    def _catch_up(self) -> None:
        version, census = self._read()
        found = Snapshot(version, census)
        found.prepare()
        self.now = found

    def _read(self) -> tuple[int, Census]:
        before = self.now
        if not len(before.census):
            return self._whole()
        changes = self._registry.changed_since(before.version)
        if changes.version < before.version or len(changes.changed) > _MUCH * len(before.census):
            return self._whole()
        new = [NumberedSensor(0, sensor) for sensor in changes.changed]
        return changes.version, before.census.changed(new, changes.removed)

    def _whole(self) -> tuple[int, Census]:
        whole = self._registry.whole()
        return whole.version, whole.census
