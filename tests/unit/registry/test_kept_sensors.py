"""What was read is kept, and is passed over as soon as it may be something else."""

from pathlib import Path

import pytest

from city.registered import Registered
from registry.kept_sensors import KeptSensors
from tests.support.sensors import BARE, FULL

BOTH = Registered.of(sorted([FULL, BARE], key=lambda one: one.id, reverse=True))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    KeptSensors(tmp_path / "kept" / "sensors").save("key", BOTH)
    return tmp_path / "kept" / "sensors"


def test_what_was_kept_is_there_in_its_order_with_its_digest(path: Path) -> None:
    digest = BOTH.census.digest()
    KeptSensors(path).save("key", BOTH)

    found = KeptSensors(path).load("key")

    assert found == BOTH
    assert found is not None
    assert found.census.known_digest == digest


def test_another_key_finds_nothing(path: Path) -> None:
    assert KeptSensors(path).load("another") is None


@pytest.mark.parametrize("at", [0, 4, 20, -1])
def test_damaged_file_is_passed_over(path: Path, at: int) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)

    assert KeptSensors(path).load("key") is None


def test_nothing_is_kept_where_nothing_can_be_written(tmp_path: Path) -> None:
    kept = KeptSensors(tmp_path / "no" / "folder" / "sensors")

    kept.save("key", BOTH)

    assert kept.load("key") is None
