"""Permanent numbers for sensors and quantities: given once, on disk before anything uses them, never reused."""

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import structlog
from numpy.typing import NDArray

from city.errors import StoreUnavailable
from ingest.name_table import NameTable
from ingest.side_file import SideFile

log = structlog.get_logger(__name__)

_CREATE = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
CREATE TABLE IF NOT EXISTS sensor (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS quantity (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
"""


#: How many numbers may have been given since what others remember: as many as strangers can bring in one run
#: (`max_unknown_sensors`), and as many ways of telling a quantity as are known (`max_quantities`).
_SENSORS_GAP, _QUANTITIES_GAP = 100_000, 20_000
#: Rows of the file that are taken in at once.
_ROWS = 20_000


@dataclass(frozen=True, slots=True)
class Recalled:
    """Numbers with their names, as others remember them."""

    sensors: Sequence[tuple[int, str]] = ()
    quantities: Sequence[tuple[int, str]] = ()


class Numbering:
    """Names and their numbers, from 1 up, in memory; new ones wait to be saved."""

    def __init__(self, kind: str, rows: Iterable[tuple[int, str]]) -> None:
        self._kind = kind
        self._names = NameTable()
        #: Numbers up to this one may have been given and forgotten.
        self._lost = 0
        waiting = iter(rows)
        while some := list(islice(waiting, _ROWS)):
            self._names.give([number for number, _ in some], [name for _, name in some])
            self._lost = max([self._lost, *(number for number, name in some if self._is_forgotten(number, name))])
        #: Numbers whose names are still to be saved.
        self._new: list[int] = []

    def recall(self, rows: Iterable[tuple[int, str]], gap: int) -> None:
        """Know again what others remember, after the file was damaged; new numbers begin beyond all that could be."""
        for number, name in rows:
            if self._names.name(number) is None and self._names.number(name) is None:
                self._names.give([number], [name])
        self._lost = self._names.end - 1 + gap
        self._names.give([self._lost], [self._forgotten(self._lost)])
        self._new = [number for number, _ in self._names.all()]

    def _forgotten(self, number: int) -> str:
        return f"forgotten-{self._kind}-{number}"

    def _is_forgotten(self, number: int, name: str) -> bool:
        return name.startswith("forgotten-") and name == self._forgotten(number)

    def number(self, name: str) -> int:
        """Return the number of `name`, a new one at first sight."""
        number = self._names.number(name)
        return number if number is not None else self._give(name)

    def numbers(self, names: Sequence[str]) -> NDArray[np.int64]:
        """Return the numbers of many names at once, new ones at first sight."""
        found = self._names.numbers(names)
        new = list(dict.fromkeys(names[at] for at in np.flatnonzero(found == 0).tolist()))
        if not new:
            return found
        first = self._names.end
        self._names.give(range(first, first + len(new)), new)
        self._new += range(first, first + len(new))
        return self._names.numbers(names)

    def _give(self, name: str) -> int:
        number = self._names.end
        self._names.give([number], [name])
        self._new.append(number)
        return number

    def name(self, number: int) -> str:
        """Return the name with this number; raises KeyError for an unknown one.

        A number whose name was lost with a damaged file has a name that says so.
        """
        name = self._names.name(number)
        if name is not None:
            return name
        if number > self._lost:
            raise KeyError(number)
        return self._forgotten(number)

    def known(self, name: str) -> int | None:
        """Return the number of `name` if it has one."""
        return self._names.number(name)

    @property
    def unsaved(self) -> bool:
        """Return whether `save` has something to do."""
        return bool(self._new)

    def save(self, connection: sqlite3.Connection) -> None:
        """Insert what is new; the caller commits, and then calls `saved`."""
        rows = ((number, self.name(number)) for number in self._new)
        connection.executemany(f"INSERT INTO {self._kind} VALUES (?, ?)", rows)

    def saved(self) -> None:
        """Forget that it was new."""
        self._new.clear()


class Identity:
    """The city's numbering, as `city.history.Names` and in the other direction; belongs to one thread."""

    def __init__(self, path: Path, recall: Callable[[], Recalled] | None = None) -> None:
        """Open the file; where it is damaged it is set aside, and `recall` tells what others know of its numbers."""
        self._file = SideFile(path, _CREATE)
        self._sensors, self._quantities = self._load("sensor"), self._load("quantity")
        if self._file.renewed:
            known = recall() if recall is not None else Recalled()
            self._sensors.recall(known.sensors, _SENSORS_GAP)
            self._quantities.recall(known.quantities, _QUANTITIES_GAP)
            log.error("identity_recalled", sensors=len(known.sensors), quantities=len(known.quantities))
            self.flush()
        #: Bound at once to whose they are, as they are called for every reading.
        self.sensor_number = self._sensors.number
        self.quantity_number = self._quantities.number
        self.sensor_numbers = self._sensors.numbers

    def sensor(self, number: int) -> str:
        """Return the id of the sensor with this number; raises KeyError for an unknown one."""
        return self._sensors.name(number)

    def quantity(self, number: int) -> str:
        """Return the name of the quantity with this number; raises KeyError for an unknown one."""
        return self._quantities.name(number)

    def known_sensor(self, sensor: str) -> int | None:
        """Return a sensor's number if it ever had one; gives out none."""
        return self._sensors.known(sensor)

    def known_quantity(self, quantity: str) -> int | None:
        """Return a quantity's number if it ever had one; gives out none."""
        return self._quantities.known(quantity)

    def flush(self) -> None:
        """Save new numbers; call it before whatever uses them is committed.

        Raises:
            StoreUnavailable: they could not be saved; they stay new, and the next call tries again.
        """
        if not (self._sensors.unsaved or self._quantities.unsaved):
            return
        try:
            with self._file.writer as connection:
                connection.execute("BEGIN IMMEDIATE")
                self._sensors.save(connection)
                self._quantities.save(connection)
        except sqlite3.Error as error:
            raise StoreUnavailable("identity", str(error)) from error
        self._sensors.saved()
        self._quantities.saved()

    def close(self) -> None:
        """Release the file."""
        self._file.close()

    def _load(self, kind: str) -> Numbering:
        try:
            return Numbering(kind, self._file.reader.execute(f"SELECT number, name FROM {kind} ORDER BY number"))
        except sqlite3.DatabaseError as error:
            if not self._file.is_renewed(error):
                raise
            return Numbering(kind, ())
