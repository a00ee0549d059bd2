"""The sensors that a simulated city has, read from its own `sensors.csv`."""

import csv
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

from city.errors import BadCityFile


@dataclass(frozen=True, slots=True)
class SimulatedSensor:
    """One sensor to play; `trait` in [0, 1) is its own and the same on every run."""

    id: str
    domain: str
    kind: str
    site: str
    interval_s: int
    quantities: tuple[str, ...]
    tags: frozenset[str]
    longitude: float
    latitude: float
    trait: float
    district: str = ""
    upstream: str = ""


def load_fleet(folder: Path) -> list[SimulatedSensor]:
    """Return the sensors of a city folder that promise an interval.

    Raises:
        BadCityFile: there is no `sensors.csv`, or a line of it lacks what is needed here.
    """
    path = folder / "sensors.csv"
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except OSError as error:
        raise BadCityFile(expected="a readable file", got=error.strerror, at=str(path)) from error
    rows = csv.DictReader(line for line in lines if not line.startswith("#"))
    return [_sensor(row, f"{path}:{rows.line_num}") for row in rows if row.get("interval_s")]


def _sensor(row: dict[str, str], at: str) -> SimulatedSensor:
    try:
        return SimulatedSensor(
            id=row["id"],
            domain=row["domain"],
            kind=row["kind"],
            site=row["site"],
            interval_s=max(1, round(float(row["interval_s"]))),
            quantities=tuple(row["quantities"].split(";")),
            tags=frozenset(row["tags"].split(";")) - {""},
            longitude=float(row["longitude"] or 0),
            latitude=float(row["latitude"] or 0),
            trait=crc32(row["id"].encode()) / 2**32,
            district=row.get("district") or "",
            upstream=row.get("upstream") or "",
        )
    except (KeyError, ValueError) as error:
        raise BadCityFile(expected="a sensor with numbers where they belong", got=str(error), at=at) from error
