"""`liandong export` beside a running ingest: what is named is looked up, and what nobody knows is refused."""

import asyncio
from pathlib import Path

import pytest

from city.history import LatestReading
from city.level import Domain
from city.sensor import Sensor
from liandong.cli import run
from liandong.exits import Exit
from liandong.link.server import served
from registry.sensors import SensorRegistry
from tests.support.feed import MemoryFeed
from tests.support.history import START_NS
from tests.support.migrated import migrated

SPAN = ("--from", "2026-11-20T16:00:00+08:00", "--to", "2026-11-20T09:00:00Z")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "data" / "run").mkdir(parents=True, mode=0o700)
    (tmp_path / "data").chmod(0o700)
    database = migrated(tmp_path / "data" / "city.sqlite")
    quiet = Sensor("quiet", "静", Domain.ENVIRONMENT, "air_station", quantities=("PM2.5",))
    SensorRegistry(database).upsert_many([quiet])
    database.close()
    return tmp_path


def feed() -> MemoryFeed:
    kept = [("air/17", "pm25", 5.0), ("air/17", "smell", 2.0), ("gone", "flow", 1.0)]
    return MemoryFeed(
        readings_kept=[LatestReading(sensor, name, START_NS, 0, value, 0) for sensor, name, value in kept]
    )


class Forgetful(MemoryFeed):
    """An ingest that has heard nothing since its start."""

    async def latest(self, sensors: object) -> list[LatestReading]:
        return []


async def exported(folder: Path, *words: str, beside: MemoryFeed | None = None, span: tuple[str, ...] = SPAN) -> int:
    out = ("--out", str(folder / "out.csv"), "--data", str(folder / "data"), "--city", str(folder / "city"))
    async with served(feed() if beside is None else beside, folder / "data" / "run" / "ingest.sock"):
        return await asyncio.to_thread(run, ["export", *out, *span, *words])


def lines(folder: Path) -> list[str]:
    return [line.rsplit(",", 3)[0] for line in (folder / "out.csv").read_text().splitlines()[1:]]


async def test_quantity_is_found_by_its_alias(folder: Path) -> None:
    assert await exported(folder, "--quantity", "PM2.5", "--quantity", "smell") == Exit.OK
    assert lines(folder) == ["air/17,pm25,µg/m³", "air/17,smell,"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param(
            ("--sensor", "air-17"),
            "Expected a sensor that is registered, was heard lately or has readings in that time, got `air-17` - at "
            "`--sensor`",
            id="sensor",
        ),
        pytest.param(
            ("--sensor", "air/17", "--quantity", "pm2_5x"),
            "Expected a quantity of the catalogue, or a series that has readings in that time, got `pm2_5x` - at "
            "`--quantity`",
            id="quantity",
        ),
        pytest.param(("--quantity", "pm2_5x"), "got `pm2_5x` - at `--quantity`", id="quantity of all sensors"),
    ],
)
async def test_name_that_nobody_knows_is_refused(
    folder: Path, words: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await exported(folder, *words) == Exit.USAGE
    assert said in capsys.readouterr().err
    assert not (folder / "out.csv").exists()


@pytest.mark.parametrize("page", [1, 2, 100])
async def test_all_that_was_heard_is_exported_where_nothing_is_named(
    folder: Path, page: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("liandong.export_choice._PAGE", page)

    assert await exported(folder) == Exit.OK
    assert lines(folder) == ["air/17,pm25,µg/m³", "air/17,smell,", "gone,flow,veh/h"]


async def test_sensor_of_former_times_is_exported(folder: Path) -> None:
    kept = Forgetful(readings_kept=feed().readings_kept)

    assert await exported(folder, "--sensor", "gone", "--quantity", "flow", beside=kept) == Exit.OK
    assert lines(folder) == ["gone,flow,veh/h"]


async def test_known_sensor_without_readings_is_said(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = await exported(folder, "--sensor", "quiet", "--sensor", "air/17")

    told = capsys.readouterr()
    assert (code, told.out) == (Exit.OK, f"{folder}/out.csv: 2 readings\n")
    assert told.err == "No readings of `quiet` from 2026-11-20T08:00:00.000Z up to 2026-11-20T09:00:00.000Z\n"


async def test_nothing_at_all_is_said(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = await exported(folder, span=("--from", "2020-01-01T00:00:00Z", "--to", "2020-01-02T00:00:00Z"))

    assert code == Exit.OK
    assert capsys.readouterr().err == "No readings from 2020-01-01T00:00:00.000Z up to 2020-01-02T00:00:00.000Z\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param(
            ("--from", "2026-11-20T08:00:00Z", "--to", "2026-11-19T08:00:00Z"),
            "Expected a time after --from, 2026-11-20T08:00:00.000Z, got `2026-11-19T08:00:00.000Z` - at `--to`",
            id="it ends before it begins",
        ),
        pytest.param(("--from", "2026-11-20"), "Expected a time with its zone (RFC 3339), got `2026-11-20`", id="zone"),
        pytest.param((*SPAN, "--out", "nowhere/out.csv"), "got `nowhere/out.csv` - at `--out`", id="no such folder"),
    ],
)
async def test_span_or_place_that_cannot_be_is_refused(
    folder: Path, words: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await exported(folder, span=words) == Exit.USAGE
    assert said in capsys.readouterr().err
