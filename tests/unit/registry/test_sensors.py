from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from city.errors import NotFound, StoreUnavailable
from city.level import Domain
from city.sensor import Sensor
from registry.sensors import SensorFilter, SensorRegistry
from tests.support.migrated import migrated
from tests.support.sensors import BARE, FULL


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[SensorRegistry]:
    database = migrated(tmp_path / "city.sqlite")
    yield SensorRegistry(database)
    database.close()


def camera(number: int, district: str = "") -> Sensor:
    return Sensor(f"camera-{number:04}", f"摄像头 {number}", Domain.VIDEO, "camera", district=district)


def test_sensor_comes_back_as_it_was(registry: SensorRegistry) -> None:
    registry.upsert_many([FULL, BARE])

    assert registry.get(FULL.id) == FULL
    assert registry.get(BARE.id) == BARE


def test_unknown_sensor_is_not_found(registry: SensorRegistry) -> None:
    with pytest.raises(NotFound, match="nobody"):
        registry.get("nobody")


def test_import_that_breaks_off_leaves_nothing(registry: SensorRegistry) -> None:
    def broken() -> Iterator[Sensor]:
        yield FULL
        raise StoreUnavailable("file", "gone")

    with pytest.raises(StoreUnavailable):
        registry.upsert_many(broken())

    assert registry.count() == 0
    assert registry.version() == 0


def test_version_rises_only_with_a_real_change(registry: SensorRegistry) -> None:
    versions = []
    for sensors in ([FULL, BARE], [FULL, BARE], [BARE], [replace(BARE, tags=frozenset({"new"}))]):
        changed = registry.upsert_many(sensors)
        versions.append((changed, registry.version()))

    assert versions == [(2, 1), (0, 1), (0, 1), (1, 2)]


def test_changes_since_a_version(registry: SensorRegistry) -> None:
    registry.upsert_many([FULL, BARE])
    registry.upsert_many([renamed := replace(FULL, name="new")])
    registry.remove(BARE.id)

    everything, later, nothing = (registry.changed_since(version) for version in (0, 2, 3))

    assert (everything.version, everything.changed, everything.removed) == (3, (renamed,), (BARE.id,))
    assert (later.changed, later.removed) == ((), (BARE.id,))
    assert (nothing.changed, nothing.removed) == ((), ())


def test_sensor_that_comes_back_is_no_longer_removed(registry: SensorRegistry) -> None:
    registry.upsert_many([BARE])
    registry.remove(BARE.id)
    registry.upsert_many([BARE])

    changes = registry.changed_since(1)

    assert (changes.changed, changes.removed) == ((BARE,), ())


def test_removing_nobody_changes_nothing(registry: SensorRegistry) -> None:
    assert not registry.remove("nobody")
    assert registry.version() == 0


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        pytest.param(SensorFilter(), ["camera-0001", "camera-0002", "loop-1", "room/3:inlet"], id="all"),
        pytest.param(SensorFilter(domain=Domain.VIDEO), ["camera-0001", "camera-0002"], id="domain"),
        pytest.param(SensorFilter(district="west"), ["camera-0002"], id="district"),
        pytest.param(SensorFilter(site="room-3"), ["room/3:inlet"], id="site"),
        pytest.param(SensorFilter(kind="loop"), ["loop-1"], id="kind"),
        pytest.param(SensorFilter(q="摄像头 2"), ["camera-0002"], id="part of the name"),
        pytest.param(SensorFilter(q="ROOM 3"), ["room/3:inlet"], id="part of the English name, any case"),
        pytest.param(SensorFilter(q="%"), [], id="no wildcard"),
        pytest.param(SensorFilter(domain=Domain.VIDEO, q="loop"), [], id="all conditions together"),
    ],
)
def test_find_gives_what_is_wanted(registry: SensorRegistry, wanted: SensorFilter, found: list[str]) -> None:
    registry.upsert_many([FULL, BARE, camera(1), camera(2, district="west")])

    assert [sensor.id for sensor in registry.find(wanted, limit=10)] == found
    assert registry.count(wanted) == len(found)


@pytest.mark.parametrize("among", [None, [f"camera-{number:04}" for number in range(3000)]], ids=["all", "among ids"])
def test_pages_follow_each_other_without_gap_or_repeat(registry: SensorRegistry, among: list[str] | None) -> None:
    registry.upsert_many(camera(number) for number in range(25))

    pages = []
    after = ""
    while page := registry.find(SensorFilter(), limit=10, after=after, among=among):
        pages.append([sensor.id for sensor in page])
        after = page[-1].id

    assert [len(page) for page in pages] == [10, 10, 5]
    assert sum(pages, []) == [f"camera-{number:04}" for number in range(25)]  # noqa: RUF017 - three short pages


def test_only_sensors_among_the_given_are_found(registry: SensorRegistry) -> None:
    registry.upsert_many(camera(number) for number in range(5))

    found = registry.find(SensorFilter(), limit=10, among=["camera-0003", "camera-0001", "nobody"])

    assert [sensor.id for sensor in found] == ["camera-0001", "camera-0003"]


def test_all_are_streamed_by_id(registry: SensorRegistry) -> None:
    registry.upsert_many(camera(number) for number in reversed(range(2500)))

    assert [sensor.id for sensor in registry.all()] == [f"camera-{number:04}" for number in range(2500)]
