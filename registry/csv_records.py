"""A CSV file of sensors or components, record by record: coordinate system, header, and cells with their line."""

import csv
import re
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Protocol, TextIO

from registry.coordinates import EXPECTED_CRS, Crs, crs_named

_CRS = re.compile(r"#\s*crs:\s*(.*)", re.IGNORECASE)

#: What a spreadsheet takes for a formula (OWASP, CSV Injection), behind the apostrophes that protect it.
_PROTECTED = re.compile(r"'+[=+\-@\t\r]")

#: A longer cell is no word of ours, and csv would hold the whole file in memory behind a lone quote.
_MAX_CELL = 100_000


class Wrong(Protocol):
    """Takes down a mistake; `at` is `file:line`."""

    def wrong(self, *, expected: str, got: object, at: str) -> None:
        """Note it."""
        ...


class CsvRecords:
    """Reads `text` once, in bounded memory; mistakes of the file's form go to `mistakes`.

    Attributes:
        crs: the coordinate system that the first line names; WGS-84 where it names none.
        header: the columns; empty where they cannot be used.
    """

    def __init__(
        self, text: TextIO, name: str, mistakes: Wrong, columns: Sequence[str], required: Sequence[str]
    ) -> None:
        self._name, self._mistakes = name, mistakes
        self.crs = Crs.WGS84
        self._rows = self._read(text)
        at, cells = next(self._rows, (f"{name}:1", []))
        self.header = [cell.strip() for cell in cells]
        if not self._is_header(at, columns, required):
            self.header = []

    def __iter__(self) -> Iterator[tuple[str, list[str]]]:
        """Yield each record as `name:line` of its first line and its cells, as many as the header has."""
        if not self.header:
            return
        for at, cells in self._rows:
            if len(cells) == len(self.header):
                yield at, [plain(cell) for cell in cells] if "'" in "".join(cells) else cells
            else:
                self._mistakes.wrong(expected=f"{len(self.header)} cells", got=len(cells), at=at)

    def _read(self, text: TextIO) -> Iterator[tuple[str, list[str]]]:
        """Yield the rows that are not blank, up to the first that is no CSV."""
        first = text.readline()
        skipped = self._skip(first)
        csv.field_size_limit(_MAX_CELL)
        reader = csv.reader(text if skipped else chain([first], text), strict=True)
        line = skipped + 1
        try:
            for cells in reader:
                if any(cells):
                    yield f"{self._name}:{line}", cells
                line = skipped + reader.line_num + 1
        except csv.Error as error:
            self._mistakes.wrong(expected="CSV", got=str(error), at=f"{self._name}:{line}")

    def _skip(self, first: str) -> int:
        """Return 1 where the first line names the coordinate system; 0 where there is none."""
        found = _CRS.fullmatch(first.strip().rstrip(","))
        if found is None:
            return 0
        crs = crs_named(found[1])
        if crs is None:
            self._mistakes.wrong(expected=EXPECTED_CRS, got=found[1].strip(), at=f"{self._name}:1")
        self.crs = crs if crs is not None else Crs.WGS84
        return 1

    def _is_header(self, at: str, columns: Sequence[str], required: Sequence[str]) -> bool:
        unknown = [field for field in self.header if field not in columns]
        twice = sorted({field for field in self.header if self.header.count(field) > 1})
        missing = [field for field in required if field not in self.header]
        for field in unknown:
            self._mistakes.wrong(expected=f"columns out of {', '.join(columns)}", got=field, at=at)
        for field in twice:
            self._mistakes.wrong(expected="each column once", got=field, at=at)
        for field in missing:
            self._mistakes.wrong(expected=f"a column `{field}`", got=",".join(self.header), at=at)
        return not (unknown or twice or missing)


def plain(cell: str) -> str:
    """Return a cell without the apostrophe that keeps a spreadsheet from running it."""
    return cell[1:] if cell[:1] == "'" and _PROTECTED.match(cell) else cell
