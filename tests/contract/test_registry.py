"""The registry keeps its promises on SQLite and on PostgreSQL."""

from dataclasses import replace

import pytest

from city.component import Component
from city.nearness import Box
from city.place import Place
from city.sensor import Sensor
from registry.components import ComponentRegistry, Sought
from registry.sensors import SensorFilter, SensorRegistry
from storage.sql import Database
from tests.support.sensors import BARE, FULL


def named(sensor: str) -> Sensor:
    return replace(BARE, id=sensor)


def test_sensors_come_back_as_they_were(migrated_database: Database) -> None:
    registry = SensorRegistry(migrated_database)

    changed = [registry.upsert_many(sensors) for sensors in ([FULL, BARE], [BARE, FULL], [replace(FULL, place=None)])]

    assert changed == [2, 0, 1]
    assert list(registry.all()) == [BARE, replace(FULL, place=None)]
    assert registry.find(SensorFilter(q="机房"), limit=5) == [replace(FULL, place=None)]


def test_census_is_that_of_all_sensors(migrated_database: Database) -> None:
    registry = SensorRegistry(migrated_database)
    registry.upsert_many([FULL, BARE, replace(BARE, id="风")])

    version, census = registry.census(lambda sensor: len(sensor))

    assert (version, [one.sensor for one in census]) == (1, list(registry.all()))
    assert [one.number for one in census] == [len(one.sensor.id) for one in census]


def test_changes_are_told_by_version(migrated_database: Database) -> None:
    registry = SensorRegistry(migrated_database)
    registry.upsert_many([FULL, BARE])
    registry.remove(FULL.id)

    changes = registry.changed_since(1)

    assert (changes.version, changes.changed, changes.removed) == (2, (), (FULL.id,))


def test_ids_sort_by_code_point(migrated_database: Database) -> None:
    registry = SensorRegistry(migrated_database)
    ids = ["A-1", "B", "a-1", "a1", "b", "Ä", "风", "风-1"]
    registry.upsert_many(map(named, reversed(ids)))

    pages = [
        [sensor.id for sensor in registry.find(SensorFilter(), limit=3, after=after)] for after in ("", "a-1", "b")
    ]

    assert pages == [ids[:3], ids[3:6], ids[5:]]


@pytest.mark.parametrize(
    ("sought", "found"),
    [
        pytest.param(Sought(), ["1", "2", "3", "4"], id="everything"),
        pytest.param(Sought(kind="pump"), ["2"], id="a kind"),
        pytest.param(Sought(helping=True), ["2", "3"], id="by the word in its kind or by its tag"),
        pytest.param(Sought(helping=False), ["1", "4"], id="the rest"),
        pytest.param(Sought(words="ROAD cov"), ["1"], id="words whatever their case"),
        pytest.param(Sought(words="%"), [], id="a sign of patterns is a sign"),
        pytest.param(Sought(box=Box(122.9, 36.1, 123.0, 36.25)), ["1", "2"], id="a part of the map"),
    ],
)
def test_components_are_found(migrated_database: Database, sought: Sought, found: list[str]) -> None:
    registry = ComponentRegistry(migrated_database)
    registry.replace_all(
        [
            Component("1", "manhole", "0103", "路口井盖", Place(122.95, 36.2), name_en="Road cover"),
            Component("2", "pump", "0699", "泵站", Place(122.96, 36.21)),
            Component("3", "depot", "0697", "仓库", Place(122.97, 36.3), tags=frozenset({"material"})),
            Component("4", "pumpkin", "0001", "南瓜", Place(122.8, 36.2)),
        ]
    )

    assert [one.id for one in registry.page(sought)] == found
