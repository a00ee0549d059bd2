"""A CSV file of sensors that is right in every line, read column by column: a million of them in some seconds."""

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any, TextIO

import numpy as np
from numpy.typing import NDArray

from city.census import NUMBERS, TEXTS, WORDS, Census
from city.columns import TextColumn, WordBuilder, WordColumn, texts_together
from city.registered import Registered
from registry.coordinates import to_wgs84
from registry.csv_records import CsvRecords
from registry.sensor_fields import FIELDS, MAX_LENGTH, READERS, REQUIRED, Unfit

#: Records read at once: so few that they stay near the processor, which halves the time.
_ROWS = 500

#: A cell behind apostrophes that protect it from spreadsheets: the general way takes them off.
_PROTECTED = re.compile(rb"'+[=+\-@\t\r]")

#: What a number may be, its place in the general reader's words (`sensor_fields.READERS`).
_FITS: dict[str, Callable[[NDArray[np.float64]], NDArray[np.bool_]]] = {
    "longitude": lambda number: np.abs(number) <= 180,
    "latitude": lambda number: np.abs(number) <= 90,
    "interval_s": lambda number: number > 0,
}


def read_columns(data: bytes, name: str) -> Registered | None:
    """Return the sensors of a file called `name`; None where a line is wrong, or not plain.

    Such a file is read line by line (`sensor_csv.read_csv`), which names every mistake. Both give the same sensors.
    """
    if b"'" in data and _PROTECTED.search(data):
        return None
    # Decoded as it is read: in one text each character would take as much as the widest.
    file, doubts = io.TextIOWrapper(io.BytesIO(data), "utf-8-sig", newline="\n"), _Doubts()
    try:
        records = CsvRecords(file, name, doubts, FIELDS, REQUIRED)
        if doubts.found:
            return None
        table = _Table(records.header)
        for rows in _chunks(file):
            table.add(rows)
        return table.finish(records)
    except (csv.Error, ValueError):  # `Unfit` and bytes that are no UTF-8 among them: somebody says so line by line
        return None


class _Doubts:
    """Notes that there is a mistake."""

    def __init__(self) -> None:
        self.found = False

    def wrong(self, *, expected: str, got: object, at: str) -> None:
        """Note it."""
        self.found = True


def _chunks(file: TextIO) -> Iterator[list[list[str]]]:
    rows = csv.reader(file, strict=True)
    while some := list(islice(rows, _ROWS)):
        yield [row for row in some if row]


class _Table:
    """The columns as they grow."""

    def __init__(self, header: Sequence[str]) -> None:
        self._header = header
        self._count = 0
        self._words: dict[str, WordBuilder[str]] = {name: WordBuilder() for name in (*WORDS, "installed", "recorded")}
        self._texts: dict[str, list[TextColumn]] = {name: [] for name in TEXTS}
        self._numbers: dict[str, list[NDArray[np.float64]]] = {name: [] for name in _FITS}

    def add(self, rows: list[list[str]]) -> None:
        """Take records; raises ValueError for one that is wrong."""
        told = dict(zip(self._header, zip(*rows, strict=True), strict=True)) if rows else {}
        nothing = ("",) * len(rows)
        for name, builder in self._words.items():
            builder.add(told.get(name, nothing))
        for name, texts in self._texts.items():
            texts.append(TextColumn.of(_read_texts(name, told.get(name, nothing))))
        for name, numbers in self._numbers.items():
            numbers.append(_read_numbers(name, told.get(name, nothing)))
        self._count += len(rows)

    def finish(self, records: CsvRecords) -> Registered:
        """Return the sensors, their places in WGS-84; raises ValueError for an id that stands there twice."""
        numbers: dict[str, NDArray[Any]] = {name: np.concatenate([*parts, []]) for name, parts in self._numbers.items()}
        longitude, latitude = numbers["longitude"], numbers["latitude"]
        if (np.isnan(longitude) != np.isnan(latitude)).any():
            raise ValueError
        numbers["longitude"], numbers["latitude"] = to_wgs84(records.crs, longitude, latitude)
        words = {name: _read_words(name, builder.column()) for name, builder in self._words.items()}
        installed, recorded = words.pop("installed"), words.pop("recorded")
        days = [day.toordinal() if day is not None else 0 for day in installed.words]
        numbers["installed"] = np.array(days, NUMBERS["installed"])[installed.codes]
        numbers["recorded"] = np.array(recorded.words, NUMBERS["recorded"])[recorded.codes]
        numbers["number"] = np.zeros(self._count, NUMBERS["number"])
        return _by_id(Census(words, {name: texts_together(parts) for name, parts in self._texts.items()}, numbers))


def _read_texts(name: str, cells: Sequence[str]) -> Sequence[str]:
    """Return texts that differ from row to row, checked together where nothing is special about them."""
    stripped = list(map(str.strip, cells))
    plain = max(map(len, stripped), default=0) <= MAX_LENGTH and "".join(stripped).isprintable()
    if plain and (name not in REQUIRED or all(stripped)):
        return stripped
    read = READERS[name]
    return [str(read(cell)) for cell in stripped]


def _read_numbers(name: str, cells: Sequence[str]) -> NDArray[np.float64]:
    """Return numbers, not a number where a cell is empty; raises ValueError for one that cannot be."""
    if not any(cells):
        return np.full(len(cells), np.nan)
    stripped = list(map(str.strip, cells))
    told = np.array(list(map(bool, stripped)))
    found = np.full(len(cells), np.nan)
    found[told] = np.array([float(cell) for cell in stripped if cell])
    if not np.isfinite(found[told]).all() or not _FITS[name](found[told]).all():
        raise ValueError(name)
    return found


def _read_words(name: str, column: WordColumn[str]) -> WordColumn[Any]:
    """Return what the texts of a column mean; of several that mean the same, one."""
    read, places = READERS[name], dict[Any, int]()
    moved = [places.setdefault(read(text.strip()), len(places)) for text in column.words]
    return WordColumn(tuple(places), np.array(moved, dtype=np.int32)[column.codes])


def _by_id(census: Census) -> Registered:
    """Return what stands in a census in the order of its file; raises ValueError for an id that is there twice."""
    ids = census.texts["id"].all()
    if all(one < other for one, other in zip(ids, islice(ids, 1, None), strict=False)):
        return Registered(census)
    if len(set(ids)) < len(ids):
        raise Unfit(expected="each id once")
    rows = np.array(sorted(range(len(ids)), key=ids.__getitem__), dtype=np.int64)
    order = np.empty(len(rows), dtype=np.int64)
    order[rows] = np.arange(len(rows))
    return Registered(census.take(rows), order)
