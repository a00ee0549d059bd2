"""How each sensor is, in one word, from what it says, what it says of itself, and the alarms on it."""

import json
import sys
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np
import structlog
from numpy.typing import NDArray

from city.census import Census
from city.context_bytes import applied
from city.entry import Arrivals, Context, ContextChange, Journaled
from city.feed import StatesPage
from city.growing import grown, room_for
from city.history import Names
from city.level import Level
from city.quality import Quality
from city.reading import ReadingBatch
from liandong.folder import write_private
from rules.states import NORMAL, SILENT, AlarmStates

log = structlog.get_logger()

#: Words beside those of alarm levels; the first was said by the sensor or by its last will.
OFFLINE, UNKNOWN = "offline", "unknown"

Numbers = NDArray[np.int64]
_NOBODY: Numbers = np.zeros(0, np.int64)

#: Each word with its byte in a page of states.
_CODES = {word: code for code, word in enumerate((UNKNOWN, NORMAL, OFFLINE, SILENT, *(one.word for one in Level)))}
_NORMAL, _UNKNOWN = _CODES[NORMAL], _CODES[UNKNOWN]


class Told(NamedTuple):
    """How far a listener was told of states: all that changed in this version, or of it numbers up to one."""

    version: int
    number: int = sys.maxsize


class Numbered(Names, Protocol):
    """Names and their numbers, both ways."""

    def known_sensor(self, sensor: str) -> int | None:
        """Return a sensor's number if it ever had one."""
        ...


class SensorStates:
    """Follows the journal behind the rules; belongs to ingest's loop.

    Who said to be offline, and when, is kept in a file, since the broker does not say so again unless it retained it.
    What a sensor measured after that says that it is there: a last will that was retained is told anew at every
    subscribing, long after the sensor came back.

    Attributes:
        version: rises whenever a state may have changed; it begins at the time of the start in nanoseconds, so that
            it rises across starts too.
    """

    def __init__(self, alarms: AlarmStates, names: Numbered, file: Path, *, started_ns: int = 0) -> None:
        self._alarms, self._names, self._file = alarms, names, file
        self._census = Census.of(())
        self._asked = False
        self._offline = _kept(file)
        self._unkept = False
        #: By number: who was heard, when it was told to be offline (0 while it is not), in which version it changed.
        self._heard: NDArray[np.bool_] = np.zeros(1024, np.bool_)
        self._told_ns: NDArray[np.int64] = np.zeros(1024, np.int64)
        self._changed: NDArray[np.int64] = np.zeros(1024, np.int64)
        #: In which version places changed, which have no number.
        self._places_changed: dict[str, int] = {}
        self.version = started_ns

    def apply(self, item: Journaled) -> None:
        """Take in an entry, and what the rules have just made of it."""
        if self._unkept:
            self._keep()
        names, numbers = set(self._alarms.changes()), _NOBODY
        match item.entry:
            case Arrivals() as arrivals:
                numbers = self._hear(arrivals.readings.sensor)
                names |= self._newly_told(arrivals) | self._come_back(arrivals.readings)
            case Context(sensors=sensors):
                census = Census.of(sensors)
                if self._asked:  # nobody asks what changed at a start, when all are new
                    numbers = np.setxor1d(census.numbers["number"], self._census.numbers["number"])
                self.register(census)
            case ContextChange(context=context, removed=removed) as change:
                self.register(Census.of(applied(change, _before(self._census)).sensors))
                names |= {one.sensor.id for one in context.sensors} | set(removed)
        self._note(names, numbers)

    def register(self, census: Census) -> None:
        """Take over who is registered."""
        self._census = census
        self._make_room(int(census.numbers["number"].max(initial=0)))

    def heard(self, sensors: NDArray[np.int64]) -> None:
        """Take over who was heard before a start, by number."""
        self._hear(sensors)

    def page(self, after: str, limit: int) -> StatesPage:
        """Return the states of the first `limit` sensors beyond `after`, and of places in between with alarms."""
        self._asked = True
        first = self._census.place_of(after)
        first += first < len(self._census) and self._census.texts["id"][first] == after
        rows = np.arange(first, min(first + limit, len(self._census)))
        more = first + limit < len(self._census)
        ids = [self._census.texts["id"][row] for row in rows.tolist()]
        codes = np.where(self._heard[self._census.numbers["number"][rows]], _NORMAL, _UNKNOWN).astype(np.uint8)
        standing = self._alarms.states()
        for sensor in (one for one in {*standing, *self._offline} if one > after and not (more and one > ids[-1])):
            row = self._census.row_of(sensor)
            if row is not None:
                codes[row - first] = _CODES[self._state(sensor)]
            elif sensor in standing:
                ids.append(sensor)
                codes = np.append(codes, np.uint8(_CODES[self._state(sensor)]))
        order = sorted(range(len(ids)), key=ids.__getitem__)
        told = tuple(ids[place] for place in order)
        return StatesPage(self.version, told, codes[order].tobytes(), tuple(_CODES), more)

    def states(self) -> dict[str, str]:
        """Return the state of every registered sensor, and of those that alarms stand on."""
        return self.page("", len(self._census)).states()

    def since(self, told: Told, limit: int) -> tuple[dict[str, str], Told]:
        """Return the states that may have changed behind `told`, the longest ago first, and what is told by then.

        More than `limit` are left for the next time; places are few, and come beside it.
        """
        self._asked = True
        behind = np.flatnonzero(self._changed >= told.version)
        behind = behind[(self._changed[behind] > told.version) | (behind > told.number)]
        upto = Told(self.version)
        if len(behind) > limit:
            behind = behind[np.lexsort((behind, self._changed[behind]))[:limit]]
            upto = Told(int(self._changed[behind[-1]]), int(behind[-1]))
        places = [place for place, at in self._places_changed.items() if told.version < at <= upto.version]
        sensors = (*map(self._names.sensor, behind.tolist()), *places)
        return {sensor: self._state(sensor) for sensor in sensors}, upto

    def _state(self, sensor: str) -> str:
        alarm = self._alarms.state(sensor)
        if alarm not in {NORMAL, SILENT}:
            return alarm
        if sensor in self._offline:
            return OFFLINE
        if alarm == SILENT:
            return SILENT
        number = self._names.known_sensor(sensor)
        return NORMAL if number is not None and number < len(self._heard) and self._heard[number] else UNKNOWN

    def _hear(self, sensors: NDArray[np.int64] | NDArray[np.int32]) -> Numbers:
        """Return those who are heard for the first time."""
        if not len(sensors):
            return _NOBODY
        self._make_room(int(sensors.max()))
        new: Numbers = np.unique(sensors[~self._heard[sensors]]).astype(np.int64)
        self._heard[new] = True
        if self._offline:  # some are known by name only, from an earlier run
            for number in new.tolist():
                self._told_ns[number] = self._offline.get(self._names.sensor(number), self._told_ns[number])
        return new

    def _make_room(self, top: int) -> None:
        if top >= len(self._heard):
            size = len(self._heard)
            self._heard = grown(self._heard, size, room_for(top + 1))
            self._told_ns = grown(self._told_ns, size, room_for(top + 1))
            self._changed = grown(self._changed, size, room_for(top + 1))

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
        """Write the file; while the disk is full ingest goes on, and it is written at a later entry."""
        try:
            write_private(self._file, json.dumps(dict(sorted(self._offline.items()))))
        except OSError as error:
            if not self._unkept:
                log.warning("offline_not_kept", file=str(self._file), cause=str(error))
            self._unkept = True
        else:
            self._unkept = False

    def _note(self, names: set[str], numbers: Numbers) -> None:
        if not (names or len(numbers)):
            return
        self.version += 1
        self._changed[numbers] = self.version
        for name in names:
            number = self._names.known_sensor(name)
            if number is None:
                self._places_changed[name] = self.version
            else:
                self._make_room(number)
                self._changed[number] = self.version


def _before(census: Census) -> Context:
    return Context(0, "", (), census, {})


def _kept(file: Path) -> dict[str, int]:
    try:
        kept = json.loads(file.read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    # Earlier versions kept the names alone.
    return {str(name): int(kept[name]) for name in kept} if isinstance(kept, dict) else dict.fromkeys(kept, 1)
