"""`liandong sensor adopt`: whom it cannot register it names, and says why."""

import asyncio
from contextlib import closing
from pathlib import Path

import pytest

from city.level import Domain
from city.sensor import Sensor
from liandong.cli import run
from liandong.exits import Exit
from liandong.link.server import served
from registry.sensors import SensorRegistry
from storage.sql import Database
from tests.support.feed import MemoryFeed
from tests.support.migrated import write_migrated


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    (folder / "run").mkdir(parents=True, mode=0o700)
    folder.chmod(0o700)
    write_migrated(folder / "city.sqlite")
    with closing(Database(f"sqlite:///{folder / 'city.sqlite'}")) as database:
        SensorRegistry(database).upsert_many([Sensor("air-1", "一", Domain.ENVIRONMENT, "air_station")])
    return folder


@pytest.mark.parametrize(
    ("sensor", "said"),
    [
        pytest.param("air-1", "liandong: Conflict: `air-1` is registered - at `sensor`", id="registered"),
        pytest.param("air-9", "liandong: No sensor `air-9`", id="never heard"),
    ],
)
async def test_sensor_that_is_no_stranger_is_named(
    data: Path, sensor: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    async with served(MemoryFeed(), data / "run" / "ingest.sock"):
        code = await asyncio.to_thread(run, ["sensor", "adopt", sensor, "--data", str(data)])

    assert code == Exit.USAGE
    assert capsys.readouterr().err.splitlines() == [said]
