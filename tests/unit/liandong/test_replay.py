from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from city.errors import BadRequest
from city.level import Domain
from city.sensor import Sensor
from liandong.replay import Recording, mark
from registry.sensors import SensorRegistry
from tests.support.migrated import migrated

RECORDING = Recording("nab-7578", None, "speed", "mph", ())


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[SensorRegistry]:
    database = migrated(tmp_path / "city.sqlite")
    yield SensorRegistry(database)
    database.close()


def test_recording_is_registered_as_one(registry: SensorRegistry) -> None:
    marked = mark(RECORDING, registry, tell=False)

    assert registry.get("nab-7578") == marked
    assert marked.recorded
    assert marked.domain is Domain.TRAFFIC
    assert marked.tags == {"recorded"}


def test_departments_are_told_only_while_it_is_asked_for(registry: SensorRegistry) -> None:
    asked = mark(RECORDING, registry, tell=True)
    again = mark(RECORDING, registry, tell=False)

    assert asked.tags == {"recorded", "tell"}
    assert again.tags == {"recorded"}


def test_second_quantity_joins_the_first(registry: SensorRegistry) -> None:
    mark(replace(RECORDING, domain=Domain.MACHINE_ROOM), registry, tell=False)

    marked = mark(replace(RECORDING, quantity="flow"), registry, tell=False)

    assert (marked.quantities, marked.domain) == (("speed", "flow"), Domain.MACHINE_ROOM)


def test_live_sensor_is_never_made_a_recording(registry: SensorRegistry) -> None:
    registry.upsert_many([Sensor("nab-7578", "live", Domain.TRAFFIC, "loop_detector")])

    with pytest.raises(BadRequest):
        mark(RECORDING, registry, tell=False)

    assert not registry.get("nab-7578").recorded


@pytest.mark.parametrize("sensor", ["", "a/b", "+", "#", "a b", "$SYS", "a*"])
def test_id_that_cannot_stand_in_a_topic_is_refused(sensor: str, registry: SensorRegistry) -> None:
    with pytest.raises(BadRequest):
        mark(replace(RECORDING, sensor=sensor), registry, tell=False)
