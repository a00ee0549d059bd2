"""The history stores under test, each with the real thing behind it."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from city.history import HistoryStore, Names, Resolution, SeriesQuery
from storage.bookmark import Bookmark
from storage.config import HistorySettings
from storage.duckdb import DuckdbHistory
from storage.influxdb import InfluxHistory
from storage.influxdb_roll import InfluxRollUps
from storage.influxdb_server import InfluxAddress, InfluxServer
from storage.influxdb_setup import InfluxSetup
from storage.line import measurement_of, name_of
from storage.touched import Touched
from tests.support.history import NAMES, aggregation
from tests.support.servers import DIRECT, Server

#: Everything that tests write lies between these times.
WIDE = (0, 2**62)

#: Readings are forgotten after a day, roll-ups never.
_ONE_DAY = HistorySettings(retention_days=1)

#: A point as a store keeps it: time in ns, value, quality, position.
Point = tuple[int, float, int, int]


@dataclass
class Rig:
    """A store and how to come back to it; `points` shows what is kept without the store's own reads."""

    open: Callable[[Names], HistoryStore]
    points: Callable[[str, str], list[Point]]
    forget_readings: Callable[[int], None] = lambda _: None
    history: HistoryStore = field(init=False)

    def __post_init__(self) -> None:
        self.history = self.open(NAMES)

    def reopen(self, names: Names = NAMES) -> HistoryStore:
        self.history.close()
        self.history = self.open(names)
        return self.history

    def raw(self, sensor: str, quantity: str) -> list[tuple[int, float, int]]:
        series = self.history.readings(SeriesQuery(sensor, quantity, *WIDE, Resolution.RAW))
        return list(zip(series.time_ns, series.value, series.quality, strict=True))


class OldInfluxServer:
    """InfluxDB 1.6: our own reads, and writes through `/write`, as influxdb-client's way in came with 1.8."""

    def __init__(self, server: Server, database: str, policy: str = "readings") -> None:
        self._write = f"{server.url}/write?db={database}&rp={policy}&precision=ns"
        address = InfluxAddress.parse(f"influxdb://{server.host}:{server.port}/-/{database}/{policy}")
        self._reads = InfluxServer(address, token="", timeout_s=5.0, gzip=False)

    def write(self, lines: Sequence[str]) -> None:
        answer = httpx.post(self._write, content="\n".join(lines).encode(), **DIRECT)
        assert answer.status_code == 204, answer.text

    def query(self, statement: str) -> list[dict[str, Any]]:
        return self._reads.query(statement)

    def close(self) -> None:
        self._reads.close()


def duckdb_rig(folder: Path) -> Rig:
    path = folder / "readings.duckdb"

    def points(sensor: str, quantity: str) -> list[Point]:
        with rig.history._file.cursor() as cursor:  # type: ignore[attr-defined]
            rows = cursor.execute(
                "SELECT time_ns, value, quality, position FROM readings JOIN sensors ON sensors.number = sensor "
                "JOIN quantities ON quantities.number = quantity "
                "WHERE sensors.name = ? AND quantities.name = ? ORDER BY time_ns",
                [sensor, quantity],
            ).fetchall()
        return list(rows)

    rig = Rig(
        lambda names: DuckdbHistory(path, names, settings=_ONE_DAY, aggregation=aggregation),
        points,
        lambda now_ns: rig.reopen().tend(now_ns),
    )
    return rig


def influxdb_rig(server: Server, database: str, folder: Path) -> Rig:
    address = InfluxAddress.parse(f"influxdb://{server.host}:{server.port}/-/{database}/readings")
    with InfluxSetup(address, token="", timeout_s=5.0) as setup:
        setup.make({Resolution.RAW: None, Resolution.MINUTE: None, Resolution.HOUR: None})

    def opened(names: Names) -> HistoryStore:
        bookmark = Bookmark(folder / "influxdb.json", database)
        raw, minutes, hours = (OldInfluxServer(server, database, name) for name in _POLICIES)
        rolled = InfluxRollUps(raw, minutes, hours, Touched(folder / "touched.json"), aggregation, write_lines=7)
        return InfluxHistory(raw, names, bookmark, write_lines=7, aggregation=aggregation, rolled=rolled)

    def forget(_: int) -> None:
        for statement in (
            f'DROP RETENTION POLICY readings ON "{database}"',
            f'CREATE RETENTION POLICY readings ON "{database}" DURATION INF REPLICATION 1 DEFAULT',
        ):
            httpx.post(f"{server.url}/query", data={"q": statement}, **DIRECT).raise_for_status()

    def points(sensor: str, quantity: str) -> list[Point]:
        everything = OldInfluxServer(server, database, "readings").query(
            "SELECT value, quality, position FROM /.+/ GROUP BY *"
        )
        return [
            tuple(row)
            for series in everything
            if (name_of(series["name"]), name_of(series["tags"]["sensor"])) == (quantity, sensor)
            for row in series["values"]
        ]

    return Rig(opened, points, forget)


#: Retention policies of a database of InfluxDB 1.x.
_POLICIES = ("readings", "readings_minute", "readings_hour")


def victoria_rig(server: Server, folder: Path) -> Rig:
    """VictoriaMetrics: influxdb-client's own writes; it answers no InfluxQL, so only `points` reads."""

    def opened(names: Names) -> HistoryStore:
        address = InfluxAddress.parse(f"influxdb://{server.host}:{server.port}/city/readings")
        client = InfluxServer(address, token="some-token", timeout_s=5.0, gzip=True)
        return InfluxHistory(client, names, Bookmark(folder / "influxdb.json", server.url), write_lines=7)

    def points(sensor: str, quantity: str) -> list[Point]:
        fields = {name: exported(server, sensor, f"{measurement_of(quantity)}_{name}") for name in FIELDS}
        times = sorted(fields["value"])
        return [
            (
                time_ms * 1_000_000,
                fields["value"][time_ms],
                int(fields["quality"][time_ms]),
                int(fields["position"][time_ms]),
            )
            for time_ms in times
        ]

    return Rig(opened, points)


FIELDS = ("value", "quality", "position")


def exported(server: Server, sensor: str, metric: str) -> dict[int, float]:
    """Return value by time in ms of one series; a time that is there twice must have one value."""
    found: dict[int, float] = {}
    for line in _export(server):
        if line["metric"]["__name__"] != metric or name_of(line["metric"]["sensor"]) != sensor:
            continue
        for time_ms, value in zip(line["timestamps"], line["values"], strict=True):
            assert found.setdefault(time_ms, value) == value
    return found


def exported_series(server: Server) -> dict[tuple[str, str], set[int]]:
    """Return the times in ns of the values of each (sensor, quantity), of events none."""
    return {
        (name_of(line["metric"]["sensor"]), name_of(line["metric"]["__name__"].removesuffix("_value"))): {
            time_ms * 1_000_000 for time_ms in line["timestamps"]
        }
        for line in _export(server)
        if line["metric"]["__name__"].endswith("_value")
    }


def _export(server: Server) -> list[dict[str, Any]]:
    httpx.get(f"{server.url}/internal/force_flush", **DIRECT).raise_for_status()
    everything = {"match[]": '{__name__!=""}', "start": "0"}
    answer = httpx.get(f"{server.url}/api/v1/export", params=everything, timeout=10, **DIRECT)
    return [json.loads(line) for line in answer.text.splitlines()]
