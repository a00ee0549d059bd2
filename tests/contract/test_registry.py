"""The registry keeps its promises on SQLite and on PostgreSQL."""

from dataclasses import replace

from city.sensor import Sensor
from registry.sensors import SensorFilter, SensorRegistry
from storage.migrate import upgrade
from storage.sql import Database
from tests.support.sensors import BARE, FULL


def named(sensor: str) -> Sensor:
    return replace(BARE, id=sensor)


def test_sensors_come_back_as_they_were(database: Database) -> None:
    upgrade(database)
    registry = SensorRegistry(database)

    changed = [registry.upsert_many(sensors) for sensors in ([FULL, BARE], [BARE, FULL], [replace(FULL, place=None)])]

    assert changed == [2, 0, 1]
    assert list(registry.all()) == [BARE, replace(FULL, place=None)]
    assert registry.find(SensorFilter(q="机房"), limit=5) == [replace(FULL, place=None)]


def test_changes_are_told_by_version(database: Database) -> None:
    upgrade(database)
    registry = SensorRegistry(database)
    registry.upsert_many([FULL, BARE])
    registry.remove(FULL.id)

    changes = registry.changed_since(1)

    assert (changes.version, changes.changed, changes.removed) == (2, (), (FULL.id,))


def test_ids_sort_by_code_point(database: Database) -> None:
    upgrade(database)
    registry = SensorRegistry(database)
    ids = ["A-1", "B", "a-1", "a1", "b", "Ä", "风", "风-1"]
    registry.upsert_many(map(named, reversed(ids)))

    pages = [
        [sensor.id for sensor in registry.find(SensorFilter(), limit=3, after=after)] for after in ("", "a-1", "b")
    ]

    assert pages == [ids[:3], ids[3:6], ids[5:]]
