"""Bringing a file of sensors or components into the registry: all of it or nothing, however large it is."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from city.errors import BadCityFile
from registry.component_csv import USUAL_CODE
from registry.coordinates import Crs, to_wgs84
from registry.csv_records import CsvRecords
from registry.geojson_records import GeoJsonRecords
from registry.sensor_fields import Misfit
from registry.sensor_geojson import fields_of
from registry.shape import RowReader, Shape
from registry.staging import Staging

#: Mistakes that are told; what is more is counted.
MAX_MISTAKES = 1000

#: Rows staged at once.
_ROWS = 10_000


class Format(StrEnum):
    """How a file is written."""

    CSV = "csv"
    GEOJSON = "geojson"


class BadImport(BadCityFile):
    """Raised when a file is wrong; nothing of it was taken. `mistakes` are the first, in order, of `total`."""

    code = "bad_import"

    def __init__(self, mistakes: Sequence[BadCityFile], total: int) -> None:
        first = mistakes[0]
        super().__init__(expected=first.expected, got=first.got, at=first.at)
        self.mistakes, self.total = tuple(mistakes), total
        if total > 1:
            self.args = (f"{first} (and {total - 1} more)",)


@dataclass(frozen=True, slots=True)
class FileToImport:
    """A file with what its name does not say; `crs` goes before what the file names, which may be nothing.

    Attributes:
        code: pattern of the city's identification codes.
    """

    content: BinaryIO
    name: str
    format: Format
    crs: Crs | None = None
    code: str = USUAL_CODE


class _Mistakes:
    """The first mistakes of a file, and how many there are."""

    def __init__(self) -> None:
        self.first: list[BadCityFile] = []
        self.total = 0

    def wrong(self, *, expected: str, got: object, at: str) -> None:
        self.total += 1
        if len(self.first) < MAX_MISTAKES:
            self.first.append(BadCityFile(expected=expected, got=got, at=at))

    def check(self) -> None:
        if self.total:
            raise BadImport(sorted(self.first, key=_order), self.total)


def _order(mistake: BadCityFile) -> tuple[int, int]:
    """Return line and feature of what a record is told by: `name:line` or `name:line, feature number`."""
    line, _, feature = mistake.at.rpartition(":")[2].partition(", feature ")
    return int(line), int(feature) if feature else 0


def stage(file: FileToImport, shape: Shape, staging: Staging) -> int:
    """Read a file whole into `staging`, its places in WGS-84; return how many rows it has.

    Raises:
        BadImport: something in it is wrong, be it an id that stands there twice.
    """
    mistakes = _Mistakes()
    count = 0
    text = io.TextIOWrapper(file.content, "utf-8-sig", errors="surrogateescape", newline="")
    for rows in _chunks(_rows(file, text, shape, mistakes), shape):
        count += len(rows)
        staging.add(rows)
    text.detach()
    for twice in staging.repeated():
        mistakes.wrong(expected=f"each id once (it stands at `{twice.first}`)", got=twice.id, at=twice.again)
    mistakes.check()
    return count


@dataclass(slots=True)
class _Row:
    at: str
    crs: Crs
    values: list[Any]


def _rows(file: FileToImport, text: io.TextIOWrapper, shape: Shape, mistakes: _Mistakes) -> Iterator[_Row]:
    """Yield what can be read; the rest is among the mistakes."""
    records, header = _records(file, text, shape, mistakes)
    reader = RowReader(shape, header, file.code)
    for at, cells, crs in records:
        row = reader.row(cells)
        if row and isinstance(row[0], Misfit):
            for misfit in row:
                mistakes.wrong(expected=misfit.expected, got=misfit.got, at=at)
        else:
            yield _Row(at, file.crs if file.crs is not None else crs, row)


def _records(
    file: FileToImport, text: io.TextIOWrapper, shape: Shape, mistakes: _Mistakes
) -> tuple[Iterator[tuple[str, list[str], Crs]], Sequence[str]]:
    if file.format is Format.GEOJSON:
        return _features(GeoJsonRecords(text, file.name, mistakes), shape, mistakes), shape.fields
    records = CsvRecords(text, file.name, mistakes, shape.fields, shape.required)
    return ((at, cells, records.crs) for at, cells in records), records.header


def _features(records: GeoJsonRecords, shape: Shape, mistakes: _Mistakes) -> Iterator[tuple[str, list[str], Crs]]:
    known = shape.properties
    for at, feature in records:
        fields = fields_of(feature, at, mistakes, known)
        if fields is not None:
            yield at, [fields.get(field, "") for field in shape.fields], records.crs


def _chunks(rows: Iterator[_Row], shape: Shape) -> Iterator[list[list[Any]]]:
    """Yield rows in lists, their `file:line` in front and their places in WGS-84."""
    some: list[_Row] = []
    for row in rows:
        some.append(row)
        if len(some) >= _ROWS:
            yield _placed(some, shape)
            some = []
    if some:
        yield _placed(some, shape)


def _placed(rows: list[_Row], shape: Shape) -> list[list[Any]]:
    crs, values = rows[0].crs, [row.values for row in rows]
    if crs is Crs.GCJ02:
        at = [shape.fields.index(name) for name in ("longitude", "latitude")]
        found = [np.array([row[place] for row in values], dtype=np.float64) for place in at]
        longitude, latitude = (column.tolist() for column in to_wgs84(crs, *found))
        for row, east, north in zip(values, longitude, latitude, strict=True):
            if row[at[0]] is not None:
                row[at[0]], row[at[1]] = east, north
    return [[row.at, *row.values] for row in rows]


def format_of(path: Path) -> Format:
    """Return how a file is written, by its name; raises BadCityFile for another ending than `.csv` or `.geojson`."""
    endings = {".csv": Format.CSV, ".geojson": Format.GEOJSON, ".json": Format.GEOJSON}
    if path.suffix.lower() not in endings:
        raise BadCityFile(expected="a file that ends in `.csv` or `.geojson`", got=path.name, at=str(path))
    return endings[path.suffix.lower()]
