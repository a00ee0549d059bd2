from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from city.catalogue import default_catalogue
from city.census import Census
from city.clock import ManualClock
from city.entry import Context, NumberedSensor
from city.errors import BadCityFile
from city.level import Domain
from city.sensor import Sensor
from ingest.identity import Identity
from liandong.context import read_context, read_written
from rules.library import Library
from tests.support.small_city import write_small_city

CLOCK = ManualClock(datetime(2026, 11, 20, tzinfo=UTC))
SENSORS = (
    Sensor("up-01", "下穿", Domain.ENVIRONMENT, "underpass_level", tags=frozenset({"b", "a", "c"})),
    Sensor("rack-01", "机柜", Domain.MACHINE_ROOM, "inlet_probe"),
)


@pytest.fixture
def identity(tmp_path: Path) -> Iterator[Identity]:
    identity = Identity(tmp_path / "identity.sqlite")
    yield identity
    identity.close()


@pytest.fixture
def city(tmp_path: Path) -> Path:
    return write_small_city(tmp_path / "city")


def read(city: Path, identity: Identity, sensors: tuple[Sensor, ...] = SENSORS) -> Context:
    numbered = [NumberedSensor(identity.sensor_number(sensor.id), sensor) for sensor in sensors]
    written = read_written(city, Library(default_catalogue()))
    return read_context(written, Census.of(numbered), identity, CLOCK)


def test_context_has_numbers_for_all_that_rules_judge(city: Path, identity: Identity) -> None:
    context = read(city, identity)

    assert {one.sensor.id: one.number for one in context.sensors} == {
        "up-01": identity.sensor_number("up-01"),
        "rack-01": identity.sensor_number("rack-01"),
    }
    assert context.quantities.keys() >= {"water_level", "temperature"}
    names = [name for name, _ in context.book]
    assert names[0] == "quantities.toml"
    assert names[1:] == sorted(f"rules/{path.name}" for path in (city / "rules").iterdir())


def test_same_content_has_the_same_version_however_it_is_ordered(city: Path, identity: Identity) -> None:
    assert read(city, identity).version == read(city, identity, SENSORS[::-1]).version


@pytest.mark.parametrize("changed", ["rules/rules.yaml", "quantities.toml", "sensors"])
def test_any_change_has_another_version(changed: str, city: Path, identity: Identity) -> None:
    before = read(city, identity).version

    sensors = SENSORS[:1] if changed == "sensors" else SENSORS
    if changed != "sensors":
        (city / changed).write_text((city / changed).read_text() + "\n# changed\n")

    assert read(city, identity, sensors).version != before


def test_wrong_book_is_carried_as_it_stands(city: Path, identity: Identity) -> None:
    (city / "rules" / "rules.yaml").write_text("rules: [{id: x}]")

    context = read(city, identity)

    assert dict(context.book)["rules/rules.yaml"] == "rules: [{id: x}]"
    assert context.quantities == {}


def test_book_that_is_not_text_is_refused(city: Path, identity: Identity) -> None:
    (city / "rules" / "rules.yaml").write_bytes(b"\xff")

    with pytest.raises(BadCityFile):
        read(city, identity)
