"""Sensors as a CSV file (`sensors.csv`): read whole or not at all, written so that a spreadsheet runs nothing.

A cell that a spreadsheet would take for a formula is written behind an apostrophe, which reading takes off again.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator

from city.sensor import Sensor
from registry.sensor_fields import FIELDS, REQUIRED, write_sensor
from registry.sensor_file import BadSensors, SensorFile

#: What a spreadsheet takes for a formula (OWASP, CSV Injection), with the apostrophes that already protect it.
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_PROTECTED = re.compile(r"'+[=+\-@\t\r]")

#: Columns of numbers, where a leading minus is just that.
_NUMBERS = frozenset({"longitude", "latitude", "interval_s"})

_CRS = re.compile(r"#\s*crs:\s*(.*)", re.IGNORECASE)


def read_csv(data: bytes, name: str) -> list[Sensor]:
    """Return the sensors of a file called `name`.

    Raises:
        BadSensors: something in it is wrong; all of it is told, and nothing is returned.
    """
    file = SensorFile()
    for at, fields in _records(_text(data, name), name, file):
        file.add(fields, at)
    return file.finish()


def write_csv(sensors: Iterable[Sensor]) -> Iterator[str]:
    """Yield the file's lines, the header first."""
    line = io.StringIO()
    writer = csv.writer(line, lineterminator="\n")
    writer.writerow(FIELDS)
    for sensor in sensors:
        yield _taken(line)
        writer.writerow(_protected(field, text) for field, text in write_sensor(sensor).items())
    yield _taken(line)


def _text(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        got = repr(data[error.start : error.end])
        raise BadSensors.only(expected="UTF-8", got=got, at=f"{name}:{line}") from error


def _records(text: str, name: str, file: SensorFile) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield each record with `name:line` of its first line."""
    rows = _rows(text, name, file)
    at, cells = next(rows, (f"{name}:1", []))
    header = [cell.strip() for cell in cells]
    if not _is_header(header, at, file):
        return
    for at, cells in rows:
        if len(cells) == len(header):
            yield at, {field: _plain(cell) for field, cell in zip(header, cells, strict=True)}
        else:
            file.wrong(expected=f"{len(header)} cells", got=len(cells), at=at)


def _rows(text: str, name: str, file: SensorFile) -> Iterator[tuple[str, list[str]]]:
    """Yield the rows that are not blank, up to the first that is no CSV."""
    skipped = _skip_crs(text, name, file)
    reader = csv.reader(io.StringIO(text.partition("\n")[2] if skipped else text), strict=True)
    line = skipped + 1
    try:
        for cells in reader:
            if any(cells):
                yield f"{name}:{line}", cells
            line = skipped + reader.line_num + 1
    except csv.Error as error:
        file.wrong(expected="CSV", got=str(error), at=f"{name}:{line}")


def _skip_crs(text: str, name: str, file: SensorFile) -> int:
    """Return 1 where the first line names the coordinate system, which must be WGS-84; 0 where there is none."""
    found = _CRS.fullmatch(text.partition("\n")[0].strip().rstrip(","))
    if found is None:
        return 0
    if found[1].strip().upper() not in {"WGS-84", "WGS84", "EPSG:4326"}:
        file.wrong(expected="coordinates in `WGS-84`", got=found[1].strip(), at=f"{name}:1")
    return 1


def _is_header(header: list[str], at: str, file: SensorFile) -> bool:
    unknown = [field for field in header if field not in FIELDS]
    twice = sorted({field for field in header if header.count(field) > 1})
    missing = [field for field in REQUIRED if field not in header]
    for field in unknown:
        file.wrong(expected=f"columns out of {', '.join(FIELDS)}", got=field, at=at)
    for field in twice:
        file.wrong(expected="each column once", got=field, at=at)
    for field in missing:
        file.wrong(expected=f"a column `{field}`", got=",".join(header), at=at)
    return not (unknown or twice or missing)


def _protected(field: str, text: str) -> str:
    return f"'{text}" if field not in _NUMBERS and _FORMULA.match(text) else text


def _plain(cell: str) -> str:
    return cell[1:] if _PROTECTED.match(cell) else cell


def _taken(line: io.StringIO) -> str:
    text = line.getvalue()
    line.seek(0)
    line.truncate()
    return text
