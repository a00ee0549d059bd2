"""Sensors that send and are not registered: who they are, since when, and what they said last."""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog

from city.entry import Context, Journaled
from city.errors import StoreUnavailable
from city.feed import Discovered
from ingest.message import Sighting
from ingest.side_file import SideFile
from ingest.telemetry import SENSORS_DISCOVERED

log = structlog.get_logger(__name__)

#: Characters kept of a sample, and of a list of quantities, of a sensor that nobody vouches for.
_MAX_TEXT = 1000
_MAX_QUANTITIES = 50

_CREATE = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
CREATE TABLE IF NOT EXISTS discovered (
    number INTEGER PRIMARY KEY, sensor TEXT NOT NULL UNIQUE, first_ns INTEGER NOT NULL, last_ns INTEGER NOT NULL,
    messages INTEGER NOT NULL, topic TEXT NOT NULL, quantities TEXT NOT NULL, sample TEXT NOT NULL
);
"""
_SAVE = "INSERT OR REPLACE INTO discovered VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
_SEPARATOR = "\n"


@dataclass(slots=True)
class _Stranger:
    """What is known of one sensor so far."""

    sensor: str
    first_ns: int
    last_ns: int
    messages: int
    topic: str
    quantities: dict[str, None]
    sample: str

    def row(self, number: int) -> tuple[object, ...]:
        quantities = _SEPARATOR.join(self.quantities)
        return number, self.sensor, self.first_ns, self.last_ns, self.messages, self.topic, quantities, self.sample


class Discovery:
    """Keeps one entry a sensor; that it exists is durable at once, what it says later within seconds.

    Belongs to one thread.
    """

    def __init__(self, path: Path) -> None:
        self._file = SideFile(path, _CREATE)
        self._strangers = self._load()
        self._touched: set[int] = set()
        self._new = False

    def note(self, sightings: Sequence[Sighting], arrival_ns: int) -> None:
        """Take in what a batch saw."""
        for sighting in sightings:
            stranger = self._strangers.get(sighting.number)
            if stranger is None:
                stranger = self._strangers[sighting.number] = _Stranger(
                    sighting.sensor, arrival_ns, arrival_ns, 0, "", {}, ""
                )
                self._new = True
                SENSORS_DISCOVERED.inc()
                log.info("sensor_discovered", sensor=sighting.sensor, topic=sighting.topic)
            _update(stranger, sighting, arrival_ns)
            self._touched.add(sighting.number)

    def flush(self) -> None:
        """Save if there is a new sensor; call it before the batch that saw it is committed.

        Raises:
            StoreUnavailable: it could not be saved; the next call tries again.
        """
        if self._new:
            self.save()

    def save(self) -> None:
        """Save all that changed; call it every few seconds.

        Raises:
            StoreUnavailable: it could not be saved; the next call tries again.
        """
        if not self._touched:
            return
        rows = [self._strangers[number].row(number) for number in self._touched]
        try:
            with self._file.writer as writer:
                writer.execute("BEGIN IMMEDIATE")
                writer.executemany(_SAVE, rows)
        except sqlite3.Error as error:
            self._renew(error)
            raise StoreUnavailable("discovery", str(error)) from error
        self._touched.clear()
        self._new = False

    def apply(self, item: Journaled) -> None:
        """Follow the journal: whoever a new context registers is no stranger any more."""
        if isinstance(item.entry, Context):
            self.forget(one.number for one in item.entry.sensors)

    def forget(self, numbers: Iterable[int]) -> None:
        """Remove sensors that are registered by now.

        Raises:
            StoreUnavailable: they could not be removed; the next call tries again.
        """
        gone = [number for number in numbers if number in self._strangers]
        if not gone:
            return
        try:
            with self._file.writer as writer:
                writer.execute("BEGIN IMMEDIATE")
                writer.executemany("DELETE FROM discovered WHERE number = ?", [(number,) for number in gone])
        except sqlite3.Error as error:
            self._renew(error)
            raise StoreUnavailable("discovery", str(error)) from error
        self._touched.difference_update(gone)
        for number in gone:
            del self._strangers[number]

    def listed(self, after: str, limit: int) -> list[Discovered]:
        """Return entries in order of sensor id, from after `after`."""
        chosen = sorted((one for one in self._strangers.values() if one.sensor > after), key=lambda one: one.sensor)
        return [_shown(one) for one in chosen[:limit]]

    def close(self) -> None:
        """Release the file."""
        self._file.close()

    def _load(self) -> dict[int, _Stranger]:
        try:
            return {row[0]: _read(row) for row in self._file.reader.execute("SELECT * FROM discovered")}
        except sqlite3.DatabaseError as error:
            if not self._file.is_renewed(error):
                raise
            return {}

    def _renew(self, error: sqlite3.Error) -> None:
        """Where the file turned out damaged, have everyone saved again in the fresh one."""
        if self._file.is_renewed(error):
            self._touched.update(self._strangers)


def _update(stranger: _Stranger, sighting: Sighting, arrival_ns: int) -> None:
    stranger.last_ns = arrival_ns
    stranger.messages += 1
    stranger.topic = sighting.topic[:_MAX_TEXT]
    stranger.sample = sighting.sample[:_MAX_TEXT]
    for quantity in sighting.quantities:
        if len(stranger.quantities) < _MAX_QUANTITIES:
            stranger.quantities[quantity] = None


def _read(row: Sequence[object]) -> _Stranger:
    _, sensor, first_ns, last_ns, messages, topic, quantities, sample = row
    names = dict.fromkeys(str(quantities).split(_SEPARATOR)) if quantities else {}
    return _Stranger(str(sensor), _whole(first_ns), _whole(last_ns), _whole(messages), str(topic), names, str(sample))


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0


def _shown(stranger: _Stranger) -> Discovered:
    return Discovered(
        sensor=stranger.sensor,
        first_ns=stranger.first_ns,
        last_ns=stranger.last_ns,
        messages=stranger.messages,
        topic=stranger.topic,
        quantities=tuple(stranger.quantities),
        sample=stranger.sample,
    )
