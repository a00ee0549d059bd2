"""The registry of sensors in SQL: who is there, and what changed since a version."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from secrets import token_hex
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import ColumnElement, Connection, delete, func, or_, select, update

from city.census import Census
from city.errors import NotFound
from city.level import Domain
from city.registered import Registered
from city.sensor import Sensor
from registry.census_reader import read_census
from registry.kept_sensors import KeptSensors
from registry.merging import Merged, merge
from registry.sensor_row import row_of, rows_of, sensor_of
from registry.shape import as_column
from registry.tables import REGISTRY_VERSION, REMOVED_SENSOR, SENSOR
from storage.sql import Database

#: Rows sent to the database at once; and ids in one question, well below SQLite's 32,766 parameters.
_ROWS = 1000
_COLUMNS = tuple(column.name for column in SENSOR.columns if column.name != "changed")
_IDS = 500


@dataclass(frozen=True, slots=True)
class SensorFilter:
    """Which sensors are wanted; what is None or empty asks for nothing. `q` is part of an id or a name."""

    domain: Domain | None = None
    district: str = ""
    site: str = ""
    kind: str = ""
    q: str = ""


@dataclass(frozen=True, slots=True)
class SensorChanges:
    """What happened up to `version`: sensors that are new or different, and ids of those that are gone."""

    version: int
    changed: tuple[Sensor, ...]
    removed: tuple[str, ...]


class Whole(NamedTuple):
    """All sensors of the registry's `version`, whose content `stamp` names."""

    version: int
    stamp: str
    census: Census


class _State(NamedTuple):
    """The row of the registry's version."""

    version: int
    stamp: str
    enrolled: str
    enrolled_version: int

    def has(self, digest: str) -> bool:
        """Tell whether the city folder's sensors with this digest are in, and nobody changed anything since."""
        return (self.enrolled, self.enrolled_version) == (digest, self.version)


class SensorRegistry:
    """The sensors of the city; safe between threads, every call its own transaction."""

    def __init__(self, database: Database, kept: KeptSensors | None = None) -> None:
        """Take the database, and where what was read whole may be kept."""
        self._database, self._kept = database, kept

    def enrol(self, sensors: Registered) -> int:
        """Add or change the city folder's sensors, all or none; return how many really differ from what was there.

        Only those are looked at that somebody changed since, where the same were put in before: it is cheap then.
        """
        digest = sensors.census.digest()
        with self._database.read() as connection:
            if _state(connection).has(digest):
                return 0
        with self._database.write() as connection:
            before = _state(connection)
            some = sensors.census if before.enrolled != digest else _touched(connection, sensors, before)
            changed = _merged(connection, _COLUMNS, rows_of(some)).changed
            after = _state(connection)
            connection.execute(update(REGISTRY_VERSION).values(enrolled=digest, enrolled_version=after.version))
        if not before.version and self._kept is not None:  # nobody else is in it, so it need not be read
            self._kept.save(after.stamp, Registered(sensors.census))
        return changed

    def upsert_many(self, sensors: Iterable[Sensor]) -> int:
        """Add or change all of them or none; return how many really differ from what was there."""
        rows = (tuple(map(as_column, row_of(sensor).values())) for sensor in sensors)
        return self.merge(_COLUMNS, rows).changed

    def merge(self, columns: Sequence[str], rows: Iterator[tuple[Any, ...]], gone: Iterable[str] = ()) -> Merged:
        """Add or change a million rows or none, as `registry.staging` has them, and take out those that are `gone`.

        Rows in order of id are written quickest. Other writers of the database wait meanwhile. What sensors sent that
        are taken out stays in the history.
        """
        with self._database.write() as connection:
            return _merged(connection, columns, rows, gone)

    def remove(self, sensor: str) -> bool:
        """Take a sensor out of the registry; return whether it was there. What it sent stays in the history."""
        return self.merge(_COLUMNS, iter(()), [sensor]).removed > 0

    def rows(self, columns: Sequence[str], *, lasting: Collection[str]) -> Iterator[tuple[Any, ...]]:
        """Yield every sensor by id as `registry.staging` takes what is there; those that are `lasting` stay."""
        with self._database.read() as connection:
            streaming = connection.execution_options(yield_per=_ROWS)
            query = select(*(SENSOR.c[name] for name in columns)).order_by(SENSOR.c.id)
            at = columns.index("id")
            for row in streaming.execute(query):
                yield (*map(as_column, row), row[at] in lasting)

    def get(self, sensor: str) -> Sensor:
        """Return one sensor.

        Raises:
            NotFound: it is not registered.
        """
        with self._database.read() as connection:
            row = connection.execute(select(SENSOR).where(SENSOR.c.id == sensor)).one_or_none()
        if row is None:
            raise NotFound("sensor", sensor)
        return sensor_of(row)

    def find(
        self, wanted: SensorFilter, *, limit: int, after: str = "", among: Collection[str] | None = None
    ) -> list[Sensor]:
        """Return the first `limit` wanted sensors with ids beyond `after`, by id; only those `among` if it is given."""
        with self._database.read() as connection:
            if among is None:
                return list(_page(connection, [*_conditions(wanted), SENSOR.c.id > after], limit))
            found: list[Sensor] = []
            ids = iter(sorted(sensor for sensor in among if sensor > after))
            while len(found) < limit and (some := list(islice(ids, _IDS))):
                found += _page(connection, [*_conditions(wanted), SENSOR.c.id.in_(some)], limit - len(found))
            return found

    def count(self, wanted: SensorFilter | None = None) -> int:
        """Return how many sensors are wanted; all of them when `wanted` is left out."""
        conditions = _conditions(wanted) if wanted is not None else []
        with self._database.read() as connection:
            return _count(connection, conditions)

    def all(self) -> Iterator[Sensor]:
        """Yield every sensor by id, all of one moment, without holding them all in memory."""
        with self._database.read() as connection:
            streaming = connection.execution_options(yield_per=_ROWS)
            yield from map(sensor_of, streaming.execute(select(SENSOR).order_by(SENSOR.c.id)))

    def whole(self) -> Whole:
        """Return all sensors, their numbers as they were kept or 0; read of the kept file where it has just these."""
        with self._database.read() as connection:
            state = _state(connection)
            kept = self._kept.load(state.stamp) if self._kept is not None else None
            census = kept.census if kept is not None else read_census(connection)
            return Whole(state.version, state.stamp, census)

    def keep(self, whole: Whole, census: Census) -> None:
        """Keep what was read as `whole`, with its numbers now, so that others and the next start read it at once."""
        if self._kept is not None:
            self._kept.save(whole.stamp, Registered(census))

    def version(self) -> int:
        """Return the registry's version; it rises whenever a sensor changes."""
        with self._database.read() as connection:
            return _version(connection)

    def changed_since(self, version: int) -> SensorChanges:
        """Return what changed after `version`; everything that is there for version 0."""
        with self._database.read() as connection:
            changed = connection.execute(select(SENSOR).where(SENSOR.c.changed > version).order_by(SENSOR.c.id))
            sensors = tuple(map(sensor_of, changed))
            removed = connection.scalars(
                select(REMOVED_SENSOR.c.id).where(REMOVED_SENSOR.c.changed > version).order_by(REMOVED_SENSOR.c.id)
            )
            return SensorChanges(_version(connection), sensors, tuple(removed))


def _version(connection: Connection) -> int:
    return int(connection.execute(select(REGISTRY_VERSION.c.version)).scalar_one())


def _count(connection: Connection, conditions: list[ColumnElement[bool]]) -> int:
    return int(connection.execute(select(func.count()).select_from(SENSOR).where(*conditions)).scalar_one())


def _state(connection: Connection) -> _State:
    return _State(*connection.execute(select(*(REGISTRY_VERSION.c[name] for name in _State._fields))).one())


def _move_on(connection: Connection, version: int) -> None:
    connection.execute(update(REGISTRY_VERSION).values(version=version, stamp=token_hex(8)))


def _merged(
    connection: Connection, columns: Sequence[str], rows: Iterator[tuple[Any, ...]], gone: Iterable[str] = ()
) -> Merged:
    version = _version(connection) + 1
    changed = merge(connection, SENSOR, columns, rows, {"changed": version})
    if changed:
        back = select(SENSOR.c.id).where(SENSOR.c.changed == version)
        connection.execute(delete(REMOVED_SENSOR).where(REMOVED_SENSOR.c.id.in_(back)))
    removed = _take_out(connection, gone, version)
    if changed or removed:
        _move_on(connection, version)
    return Merged(changed, removed)


def _touched(connection: Connection, sensors: Registered, state: _State) -> Census:
    """Return those of the city folder's sensors that were changed or taken out after they were put in."""
    ids: set[str] = set()
    for table in (SENSOR, REMOVED_SENSOR):
        ids |= set(connection.scalars(select(table.c.id).where(table.c.changed > state.enrolled_version)))
    rows = sorted(row for one in ids if (row := sensors.census.row_of(one)) is not None)
    return sensors.census.take(np.array(rows, dtype=np.int64))


def _take_out(connection: Connection, gone: Iterable[str], version: int) -> int:
    """Take sensors out; return how many of them were there."""
    waiting, removed = iter(gone), 0
    while some := list(islice(waiting, _IDS)):
        there = list(connection.scalars(delete(SENSOR).where(SENSOR.c.id.in_(some)).returning(SENSOR.c.id)))
        if there:
            connection.execute(REMOVED_SENSOR.insert(), [{"id": one, "changed": version} for one in there])
        removed += len(there)
    return removed


def _conditions(wanted: SensorFilter) -> list[ColumnElement[bool]]:
    exact = {"domain": wanted.domain, "district": wanted.district, "site": wanted.site, "kind": wanted.kind}
    conditions = [SENSOR.c[name] == value for name, value in exact.items() if value]
    if wanted.q:
        names = (SENSOR.c.id, SENSOR.c.name, SENSOR.c.name_en)
        conditions.append(or_(*(name.icontains(wanted.q, autoescape=True) for name in names)))
    return conditions


def _page(connection: Connection, conditions: list[ColumnElement[bool]], limit: int) -> Iterator[Sensor]:
    statement = select(SENSOR).where(*conditions).order_by(SENSOR.c.id).limit(limit)
    return map(sensor_of, connection.execute(statement))
