"""What a file of sensors or of components holds, column by column, and how its cells become those of a table."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any

from sqlalchemy import Table

from registry import component_fields, sensor_fields
from registry.sensor_fields import Misfit, Unfit, half_a_place
from registry.tables import COMPONENT, SENSOR

#: Texts of one column whose reading is remembered: most columns hold few words, again and again.
_REMEMBERED = 10_000

Read = Callable[[str], Any]


@dataclass(frozen=True, slots=True)
class Shape:
    """One kind of thing.

    Attributes:
        code: the column that holds its identification code (部件标识码).
        own: columns whose texts differ from row to row, so that remembering them gains nothing.
    """

    noun: str
    table: Table
    fields: tuple[str, ...]
    required: tuple[str, ...]
    readers: Mapping[str, Read]
    code: str
    own: frozenset[str] = frozenset({"id", "name", "name_en", "longitude", "latitude", "code"})

    @property
    def properties(self) -> tuple[str, ...]:
        """Return the properties of a GeoJSON feature; the place is its geometry."""
        return tuple(field for field in self.fields if field not in {"longitude", "latitude"})


SENSORS = Shape("sensor", SENSOR, sensor_fields.FIELDS, sensor_fields.REQUIRED, sensor_fields.READERS, "code")
COMPONENTS = Shape(
    "component", COMPONENT, component_fields.FIELDS, component_fields.REQUIRED, component_fields.READERS, "id"
)


class RowReader:
    """Reads the records of one file, whose columns are `header`; codes must fit the pattern `code`."""

    def __init__(self, shape: Shape, header: Sequence[str], code: str) -> None:
        self._shape = shape
        self._places = [header.index(field) if field in header else None for field in shape.fields]
        self._reads = [_reader(shape, field, code) for field in shape.fields]
        self._longitude, self._latitude = shape.fields.index("longitude"), shape.fields.index("latitude")

    def row(self, cells: Sequence[str]) -> list[Any] | list[Misfit]:
        """Return the values of the table's columns in the order of the fields, or all that is wrong with the cells."""
        try:
            row = [
                read(cells[place]) if place is not None else read("")
                for read, place in zip(self._reads, self._places, strict=True)
            ]
        except Unfit:
            return self._misfits(cells)
        if (row[self._longitude] is None) != (row[self._latitude] is None):
            return [half_a_place(row[self._longitude], row[self._latitude])]
        return row

    def _misfits(self, cells: Sequence[str]) -> list[Misfit]:
        misfits = []
        for field, read, place in zip(self._shape.fields, self._reads, self._places, strict=True):
            text = cells[place].strip() if place is not None else ""
            try:
                read(text)
            except Unfit as unfit:
                misfits.append(Misfit(f"{unfit.expected} as `{field}`", text if text.isprintable() else repr(text)))
        return misfits


def _reader(shape: Shape, field: str, code: str) -> Read:
    read = shape.readers[field]
    if field == shape.code:
        read = _coded(read, code)
    return _plainly(read) if field in shape.own else _remembering(read)


def _coded(read: Read, code: str) -> Read:
    fits = re.compile(code).fullmatch

    def read_code(text: str) -> str:
        found = str(read(text))
        if found and not fits(found):
            raise Unfit(expected=f"a code that fits `{code}`")
        return found

    return read_code


def _plainly(read: Read) -> Read:
    """Return a reader whose values are texts and numbers as they are."""
    return lambda text: read(text.strip())


def _remembering(read: Read) -> Read:
    known: dict[str, Any] = {}

    def read_known(text: str) -> Any:  # noqa: ANN401 - what the column holds
        if text in known:
            return known[text]
        if len(known) >= _REMEMBERED:
            known.clear()
        known[text] = value = as_column(read(text.strip()))
        return value

    return read_known


def as_column(value: object) -> object:
    """Return a value as the database's own drivers take it, JSON as the rows of `storage.sql` have it."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple | list | frozenset):
        words = sorted(value) if isinstance(value, frozenset) else list(value)
        return json.dumps(words, ensure_ascii=False, separators=(",", ":"))
    return value
