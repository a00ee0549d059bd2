"""Sensors as a CSV file (`sensors.csv`): read whole or not at all, written so that a spreadsheet runs nothing.

A cell that a spreadsheet would take for a formula is written behind an apostrophe, which reading takes off again.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from city.registered import Registered
from city.sensor import Sensor
from registry.coordinates import Crs
from registry.csv_records import CsvRecords
from registry.sensor_columns import read_columns
from registry.sensor_fields import FIELDS, REQUIRED, write_sensor
from registry.sensor_file import SensorFile, text_of

#: What a spreadsheet takes for a formula (OWASP, CSV Injection), with the apostrophes that already protect it.
_FORMULA = re.compile(r"'*[=+\-@\t\r]")

#: Columns of numbers, where a leading minus is just that.
_NUMBERS = frozenset({"longitude", "latitude", "interval_s"})


def read_csv(data: bytes, name: str) -> Registered:
    """Return the sensors of a file called `name`, in its order.

    Raises:
        BadSensors: something in it is wrong; all of it is told, and nothing is returned.
    """
    found = read_columns(data, name)
    return found if found is not None else Registered.of(read_lines(text_of(data, name), name))


def read_lines(text: str, name: str) -> list[Sensor]:
    """Return the same line by line, which takes several times as long and finds every mistake; raises as above."""
    file = SensorFile()
    records = CsvRecords(io.StringIO(text), name, file, FIELDS, REQUIRED)
    for at, cells in records:
        file.add(dict(zip(records.header, cells, strict=True)), at)
    return file.finish(records.crs)


def write_csv(sensors: Iterable[Sensor], crs: Crs | None = None) -> Iterator[str]:
    """Yield the file's lines, the header first, behind the name of `crs` where one is given; places are as they are."""
    return write_table(FIELDS, (write_sensor(sensor) for sensor in sensors), crs)


def write_table(fields: Sequence[str], rows: Iterable[Mapping[str, str]], crs: Crs | None = None) -> Iterator[str]:
    """Yield the lines of any such table, its cells as text by field."""
    line = io.StringIO()
    writer = csv.writer(line, lineterminator="\n")
    if crs is not None:
        yield f"# crs: {crs}\n"
    writer.writerow(fields)
    for row in rows:
        yield _taken(line)
        writer.writerow([_protected(field, row[field]) for field in fields])
    yield _taken(line)


def _protected(field: str, text: str) -> str:
    return f"'{text}" if field not in _NUMBERS and _FORMULA.match(text) else text


def _taken(line: io.StringIO) -> str:
    text = line.getvalue()
    line.seek(0)
    line.truncate()
    return text
