"""Ingest killed while windows are open: the derived readings are those of a run that nobody disturbed, each once."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from city.clock import SECOND_NS
from tests.support.brokers import City, running
from tests.support.deriving import DerivingCity
from tests.support.ingest_process import journaled, running_ingest

_CITY = "[noise]\nperiod_min = 2\n[rate]\n"
_START_S, _STEP_S, _COUNT = 1_795_161_600, 20, 120
_KILLED = 137


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    with running("mosquitto", tmp_path / "broker") as city:
        yield city


def spoken(number: int) -> tuple[int, dict[str, float]]:
    """Return when a meter speaks for the `number`th time, in seconds, and what it says."""
    return _START_S + number * _STEP_S, {"energy": float(number**2), "noise_laeq": 50.0 + number % 7}


def publish(city: City) -> None:
    bodies = [
        b'{"time_ns":%d,"values":{"energy":%f,"noise_laeq":%f}}' % (at_s * SECOND_NS, *values.values())
        for at_s, values in map(spoken, range(_COUNT))
    ]
    with city.source() as source:
        source.publish_all(("city/machine_room/m/reading", body) for body in bodies)


def undisturbed() -> list[tuple[str, float, float]]:
    rows = [("m", name, at_s, value) for at_s, said in map(spoken, range(_COUNT)) for name, value in said.items()]
    return sorted((name, at_s, value) for _, name, at_s, value, _ in DerivingCity(_CITY).hear(*rows))


@pytest.mark.timeout(90)
@pytest.mark.parametrize("place", ["before_commit:4", "after_commit:4", "after_judge:6"])
def test_derived_readings_are_those_of_an_undisturbed_run(city: City, tmp_path: Path, place: str) -> None:
    folder = tmp_path / "ingest"
    with running_ingest(folder, city.settings, derived=_CITY) as ingest:  # subscribes
        ingest.until(lambda seen: bool(seen["connected"]))
    publish(city)
    expected = undisturbed()

    with running_ingest(folder, city.settings, derived=_CITY, failpoint=place, batch={"max_messages": 7}) as ingest:
        assert ingest.wait() == _KILLED
    before = [one for one in journaled(folder) if one.quantity == "energy"]
    with running_ingest(folder, city.settings, derived=_CITY) as ingest:
        ingest.until(lambda seen: seen["readings"] >= 2 * _COUNT + len(expected))

    told = [one for one in journaled(folder) if one.quantity not in {"energy", "noise_laeq"}]
    assert 0 < len(before) < _COUNT
    assert {name for name, _, _ in expected} == {"energy_rate", "noise_laeq_period"}
    assert sorted((one.quantity, one.time_ns / SECOND_NS, one.value) for one in told) == expected
