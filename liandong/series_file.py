"""Reads one recorded series from a CSV file with the columns `timestamp` and `value`, row by row."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from math import isfinite
from pathlib import Path
from typing import TextIO
from zoneinfo import ZoneInfo

from city.clock import to_ns
from city.errors import BadRequest, LiandongError

_COLUMNS = ("timestamp", "value")


@dataclass(frozen=True, slots=True)
class SeriesRow:
    """One row as it is written, and what it says; `fault` says in words what is wrong with one that says nothing."""

    timestamp: str
    value: str
    time_ns: int = 0
    number: float = 0.0
    fault: str = ""


def read_series(path: Path, zone: ZoneInfo) -> Iterator[SeriesRow]:
    """Yield the rows of a file; times without an offset are local times of `zone`.

    Raises:
        BadRequest: there is no such file, it is no text, or it lacks a column.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield from _rows(file, path, zone)
    except OSError as exc:
        raise BadRequest(expected="a file to read", got=exc.strerror or "none", at=str(path)) from exc
    except (UnicodeDecodeError, csv.Error) as exc:
        raise BadRequest(expected="a CSV file in UTF-8", got=str(exc), at=str(path)) from exc


def _rows(file: TextIO, path: Path, zone: ZoneInfo) -> Iterator[SeriesRow]:
    rows = csv.reader(file)
    places = _places(next(rows, []), path)
    for written in rows:
        if written:
            yield _row(written, places, f"{path}:{rows.line_num}", zone)


def _places(header: list[str], path: Path) -> tuple[int, int]:
    names = [name.strip().lower() for name in header]
    if not set(_COLUMNS) <= set(names):
        raise BadRequest(expected="the columns `timestamp` and `value`", got=",".join(header) or "none", at=f"{path}:1")
    time, value = (names.index(name) for name in _COLUMNS)
    return time, value


def _row(written: list[str], places: tuple[int, int], at: str, zone: ZoneInfo) -> SeriesRow:
    padded = [*written, "", ""]
    timestamp, value = (padded[place] if place < len(written) else "" for place in places)
    try:
        time_ns = _time_ns(timestamp, zone)
        number = float(value)
    except (ValueError, OverflowError, LiandongError):
        expected = "a time and a number"
        return SeriesRow(timestamp, value, fault=f"Expected {expected}, got `{timestamp},{value}` - at `{at}`")
    if not isfinite(number):
        return SeriesRow(timestamp, value, fault=f"Expected a finite number, got `{value}` - at `{at}`")
    return SeriesRow(timestamp, value, time_ns, number)


def _time_ns(text: str, zone: ZoneInfo) -> int:
    moment = datetime.fromisoformat(text.strip())
    return to_ns(moment if moment.tzinfo is not None else moment.replace(tzinfo=zone))
