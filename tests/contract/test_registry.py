"""The registry keeps its promises on SQLite and on PostgreSQL."""

from dataclasses import replace
from pathlib import Path

import pytest

from city.census import Census
from city.component import Component
from city.entry import NumberedSensor
from city.nearness import Box
from city.place import Place
from city.registered import Registered
from city.sensor import Sensor
from registry.components import ComponentRegistry, Sought
from registry.kept_sensors import KeptSensors
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

    version, _, census = registry.whole()

    assert (version, [one.sensor for one in census]) == (1, list(registry.all()))


def test_whole_registry_is_read_of_what_was_kept_while_it_is_the_same(
    migrated_database: Database, tmp_path: Path
) -> None:
    registry = SensorRegistry(migrated_database, KeptSensors(tmp_path / "kept"))
    registry.upsert_many([FULL, BARE])
    whole = registry.whole()
    numbered = Census.of(NumberedSensor(number, one.sensor) for number, one in enumerate(whole.census, 7))
    registry.keep(whole, numbered)

    numbers = [[one.number for one in registry.whole().census]]
    registry.upsert_many([replace(BARE, name="other")])
    numbers += [[one.number for one in registry.whole().census]]

    assert numbers == [[7, 8], [0, 0]]
    assert [one.sensor for one in registry.whole().census] == list(registry.all())


def test_city_folder_is_put_in_once_and_again_where_somebody_changed_it(migrated_database: Database) -> None:
    registry, city = SensorRegistry(migrated_database), Registered.of([named("a"), named("b"), named("c")])

    counts = [registry.enrol(city), registry.enrol(city)]
    registry.upsert_many([replace(named("a"), name="other"), named("mine")])
    registry.remove("b")
    versions = [registry.version()]
    counts += [registry.enrol(city), registry.enrol(city)]
    versions += [registry.version()]

    assert counts == [3, 0, 2, 0]
    assert versions == [3, 4]
    assert [one.id for one in registry.all()] == ["a", "b", "c", "mine"]
    assert registry.get("a") == named("a")


def test_city_that_is_put_into_an_empty_registry_need_not_be_read(
    migrated_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry = SensorRegistry(migrated_database, KeptSensors(tmp_path / "kept"))
    registry.enrol(Registered.of([FULL, BARE]))

    with monkeypatch.context() as patched:
        patched.setattr("registry.sensors.read_census", None)
        kept = registry.whole()
    (tmp_path / "kept").unlink()

    assert kept.census == registry.whole().census
    assert (kept.version, kept.stamp) == registry.whole()[:2]


def test_changed_city_folder_is_put_in(migrated_database: Database) -> None:
    registry = SensorRegistry(migrated_database)
    registry.enrol(Registered.of([FULL, BARE]))

    changed = registry.enrol(Registered.of([FULL, replace(BARE, name="other")]))

    assert (changed, registry.get(BARE.id).name, registry.get(FULL.id)) == (1, "other", FULL)


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
