"""How each sensor is, in one word, from what it says, what it says of itself, and the alarms on it."""

import json
from collections import OrderedDict
from collections.abc import Iterable
from itertools import takewhile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from city.census import Census
from city.context_bytes import applied
from city.entry import Arrivals, Context, ContextChange, Journaled
from city.history import Names
from city.quality import Quality
from city.reading import ReadingBatch
from liandong.folder import write_private
from rules.states import NORMAL, SILENT, AlarmStates

#: Words beside those of alarm levels; the first was said by the sensor or by its last will.
OFFLINE, UNKNOWN = "offline", "unknown"


class SensorStates:
    """Follows the journal behind the rules; belongs to ingest's loop.

    Who said to be offline, and when, is kept in a file, since the broker does not say so again unless it retained it.
    What a sensor measured after that says that it is there: a last will that was retained is told anew at every
    subscribing, long after the sensor came back.

    Attributes:
        version: rises whenever a state may have changed.
    """

    def __init__(self, alarms: AlarmStates, names: Names, file: Path) -> None:
        self._alarms, self._names, self._file = alarms, names, file
        self._census = Census.of(())
        self._asked = False
        self._offline = _kept(file)
        self._heard: NDArray[np.bool_] = np.zeros(1024, np.bool_)  # by number, as it is asked for every reading
        self._heard_ever: set[str] = set()
        #: By number, when it was told to be offline; 0 while it is not.
        self._told_ns: NDArray[np.int64] = np.zeros(1024, np.int64)
        self._changed: OrderedDict[str, int] = OrderedDict()
        self.version = 0

    def apply(self, item: Journaled) -> None:
        """Take in an entry, and what the rules have just made of it."""
        changed = set(self._alarms.changes())
        match item.entry:
            case Arrivals() as arrivals:
                changed |= self._hear(arrivals.readings.sensor) | self._newly_told(arrivals)
                changed |= self._come_back(arrivals.readings)
            case Context(sensors=sensors):
                census = Census.of(sensors)
                # Nobody asks what changed at a start, when all are new.
                changed |= set(census.texts["id"].all()) ^ set(self._census.texts["id"].all()) if self._asked else set()
                self._census = census
            case ContextChange(context=context, removed=removed) as change:
                self._census = Census.of(applied(change, _before(self._census)).sensors)
                changed |= {one.sensor.id for one in context.sensors} | set(removed)
        self._note(changed)

    def register(self, census: Census) -> None:
        """Take over who is registered at a start."""
        self._census = census

    def heard(self, sensors: Iterable[int]) -> None:
        """Take over who was heard before a start."""
        self._hear(np.fromiter(sensors, np.int64))

    def states(self) -> dict[str, str]:
        """Return the state of every registered sensor, and of those that alarms stand on."""
        self._asked = True
        known = {*self._census.texts["id"].all(), *self._alarms.states()}
        return {sensor: self._state(sensor) for sensor in known}

    def since(self, version: int) -> dict[str, str]:
        """Return the states that may have changed after `version`."""
        self._asked = True
        changed = takewhile(lambda entry: entry[1] > version, reversed(self._changed.items()))
        return {sensor: self._state(sensor) for sensor, _ in changed}

    def _state(self, sensor: str) -> str:
        alarm = self._alarms.state(sensor)
        if alarm not in {NORMAL, SILENT}:
            return alarm
        if sensor in self._offline:
            return OFFLINE
        if alarm == SILENT:
            return SILENT
        return NORMAL if sensor in self._heard_ever else UNKNOWN

    def _hear(self, sensors: NDArray[np.int64] | NDArray[np.int32]) -> set[str]:
        """Return those who are heard for the first time."""
        if not len(sensors):
            return set()
        top = int(sensors.max())
        self._make_room(top)
        new = np.unique(sensors[~self._heard[sensors]])
        self._heard[new] = True
        names = {self._names.sensor(number): number for number in new.tolist()}
        for name in names.keys() & self._offline.keys():  # known by name only, from an earlier run
            self._told_ns[names[name]] = self._offline[name]
        self._heard_ever.update(names)  # in place: `|=` with keys makes a new set of all
        return set(names)

    def _make_room(self, top: int) -> None:
        if top >= len(self._heard):
            self._heard = np.append(self._heard, np.zeros(top + 1, np.bool_))
            self._told_ns = np.append(self._told_ns, np.zeros(top + 1, np.int64))

    def _come_back(self, readings: ReadingBatch) -> set[str]:
        """Return who was told to be offline, and has measured something since."""
        if not self._offline or not len(readings):
            return set()
        told_ns = self._told_ns[readings.sensor]
        measured = (readings.quality & np.uint16(Quality.DERIVED)) == 0
        back = np.unique(readings.sensor[(told_ns > 0) & (readings.time_ns > told_ns) & measured])
        self._told_ns[back] = 0
        names = {self._names.sensor(number) for number in back.tolist()}
        for name in names:
            self._offline.pop(name, None)
        if names:
            self._keep()
        return names

    def _newly_told(self, arrivals: Arrivals) -> set[str]:
        before = frozenset(self._offline)
        for status in arrivals.statuses:
            self._make_room(status.sensor)
            name = self._names.sensor(status.sensor)
            self._told_ns[status.sensor] = 0 if status.online else max(1, status.arrival_ns)
            if status.online:
                self._offline.pop(name, None)
            else:
                self._offline[name] = max(1, status.arrival_ns)
        changed = before ^ self._offline.keys()
        if changed:
            self._keep()
        return set(changed)

    def _keep(self) -> None:
        write_private(self._file, json.dumps(dict(sorted(self._offline.items()))))

    def _note(self, changed: set[str]) -> None:
        if not changed:
            return
        self.version += 1
        for sensor in changed:
            self._changed[sensor] = self.version
            self._changed.move_to_end(sensor)


def _before(census: Census) -> Context:
    return Context(0, "", (), census, {})


def _kept(file: Path) -> dict[str, int]:
    try:
        kept = json.loads(file.read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    # Earlier versions kept the names alone.
    return {str(name): int(kept[name]) for name in kept} if isinstance(kept, dict) else dict.fromkeys(kept, 1)
