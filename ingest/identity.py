"""Permanent numbers for sensors and quantities: given once, on disk before anything uses them, never reused."""

import sqlite3
from pathlib import Path

from city.errors import StoreUnavailable

_CREATE = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
CREATE TABLE IF NOT EXISTS sensor (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS quantity (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
"""


class Numbering:
    """Names and their numbers, from 1 up, in memory; new ones wait to be saved."""

    def __init__(self, kind: str, rows: list[tuple[int, str]]) -> None:
        self._kind = kind
        self._numbers = {name: number for number, name in rows}
        self._names = dict(rows)
        self._next = max(self._names, default=0) + 1
        self._new: list[tuple[int, str]] = []

    def number(self, name: str) -> int:
        """Return the number of `name`, a new one at first sight."""
        number = self._numbers.get(name)
        if number is None:
            number = self._next
            self._next += 1
            self._numbers[name] = number
            self._names[number] = name
            self._new.append((number, name))
        return number

    def name(self, number: int) -> str:
        """Return the name with this number; raises KeyError for an unknown one."""
        return self._names[number]

    def known(self, name: str) -> int | None:
        """Return the number of `name` if it has one."""
        return self._numbers.get(name)

    @property
    def unsaved(self) -> bool:
        """Return whether `save` has something to do."""
        return bool(self._new)

    def save(self, connection: sqlite3.Connection) -> None:
        """Insert what is new; the caller commits, and then calls `saved`."""
        connection.executemany(f"INSERT INTO {self._kind} VALUES (?, ?)", self._new)

    def saved(self) -> None:
        """Forget that it was new."""
        self._new.clear()


class Identity:
    """The city's numbering, as `city.history.Names` and in the other direction; belongs to one thread."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._connection.executescript(_CREATE)
        self._sensors = self._load("sensor")
        self._quantities = self._load("quantity")
        #: Bound at once to its dictionary's owner, as it is called for every reading.
        self.sensor_number = self._sensors.number
        self.quantity_number = self._quantities.number

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
            with self._connection:
                self._connection.execute("BEGIN IMMEDIATE")
                self._sensors.save(self._connection)
                self._quantities.save(self._connection)
        except sqlite3.Error as error:
            raise StoreUnavailable("identity", str(error)) from error
        self._sensors.saved()
        self._quantities.saved()

    def close(self) -> None:
        """Release the file."""
        self._connection.close()

    def _load(self, kind: str) -> Numbering:
        rows = self._connection.execute(f"SELECT number, name FROM {kind} ORDER BY number").fetchall()
        return Numbering(kind, rows)
