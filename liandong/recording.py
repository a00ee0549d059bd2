"""A recording: a CSV file of local times and values, read as readings with UTC times."""

import csv
import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from city.clock import to_ns
from city.errors import BadRequest

_COLUMNS = ("timestamp", "value")


@dataclass(frozen=True, slots=True)
class Recorded:
    """One recorded value."""

    time_ns: int
    value: float


def read_recording(path: Path, zone: ZoneInfo) -> list[Recorded]:
    """Return what the file holds, in its order; of an hour that came twice the first is meant.

    Raises:
        BadRequest: with file and line.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            return list(_rows(csv.DictReader(file), path, zone))
    except OSError as exc:
        raise BadRequest(expected="a readable CSV file", got=exc.strerror, at=str(path)) from exc
    except (UnicodeDecodeError, csv.Error) as exc:
        raise BadRequest(expected="a CSV file in UTF-8", got=str(exc), at=str(path)) from exc


def _rows(reader: "csv.DictReader[str]", path: Path, zone: ZoneInfo) -> Iterator[Recorded]:
    header = list(reader.fieldnames or ())
    if any(column not in header for column in _COLUMNS):
        raise BadRequest(expected="the columns `timestamp` and `value`", got=", ".join(header), at=f"{path}:1")
    for row in reader:
        at = f"{path}:{reader.line_num}"
        yield Recorded(_time_ns(row["timestamp"], zone, at), _value(row["value"], at))


def _time_ns(text: str | None, zone: ZoneInfo, at: str) -> int:
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError as exc:
        raise BadRequest(expected="a time such as `2015-09-08 11:39:00`", got=text, at=at) from exc
    return to_ns(moment if moment.tzinfo is not None else moment.replace(tzinfo=zone))


def _value(text: str | None, at: str) -> float:
    try:
        value = float(text or "")
    except ValueError as exc:
        raise BadRequest(expected="a number", got=text, at=at) from exc
    if not math.isfinite(value):
        raise BadRequest(expected="a finite number", got=text, at=at)
    return value
