"""Data sets of Sparkplug B: a table in one metric, whose rows are told apart by what names them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from city.errors import UndecodableMessage
from ingest.decoders.protobuf_wire import chunk, fields, floating, text, varints, whole
from ingest.reasons import Reason

#: Data types of a column of moments and of texts (Sparkplug 3.0 §6.4.16).
_DATETIME, _TEXTS = 13, frozenset({12, 14, 15})
#: Whole numbers that say which row it is, by the column's name.
_KEYS = frozenset({"id", "index", "lane", "row", "no", "nr", "number", "channel", "port", "slot", "unit", "address"})


class Cell(NamedTuple):
    """One value: its row and column as a path, and as it was sent."""

    path: str
    datatype: int
    whole: int | None
    real: float | None
    time_ms: int | None


@dataclass(slots=True)
class _Table:
    columns: list[str] = field(default_factory=list)
    types: list[int] = field(default_factory=list)
    rows: list[list["_Value"]] = field(default_factory=list)


class _Value(NamedTuple):
    whole: int | None = None
    real: float | None = None
    text: str | None = None


def short_float(value: int | bytes) -> float:
    """Return a single-precision number as it was written: 52.6, not 52.599998474121094."""
    return float(str(np.float32(floating(value, "<f"))))


def cells(data: bytes, *, at_most: int) -> Iterator[Cell]:
    """Yield the values of a data set, row by row.

    Raises:
        UndecodableMessage: a row does not fit the columns, or there are more values than `at_most`.
    """
    table = _table(data, at_most)
    if len(table.types) != len(table.columns) or any(len(row) != len(table.columns) for row in table.rows):
        expected = f"{len(table.columns)} types and values a row"
        raise UndecodableMessage(Reason.WRONG_SHAPE, expected=expected, got="others", at="dataset")
    keys = _key_columns(table)
    moments = [place for place, kind in enumerate(table.types) if kind == _DATETIME]
    for number, row in enumerate(table.rows, 1):
        name = "/".join(_word(row[place]) for place in keys) or (str(number) if len(table.rows) > 1 else "")
        time_ms = next((row[place].whole for place in moments), None)
        for place, (column, kind) in enumerate(zip(table.columns, table.types, strict=True)):
            if place not in keys and place not in moments:
                yield Cell(f"{name}/{column}" if name else column, kind, row[place].whole, row[place].real, time_ms)


def _key_columns(table: _Table) -> list[int]:
    """Return the columns that name a row: texts, else whole numbers that are called like a key."""
    texts = [place for place, kind in enumerate(table.types) if kind in _TEXTS]
    return texts or [
        place
        for place, (column, row) in enumerate(zip(table.columns, table.rows[0] if table.rows else [], strict=False))
        if column.lower() in _KEYS and row.whole is not None
    ]


def _word(value: _Value) -> str:
    return value.text.strip() if value.text else str(value.whole) if value.whole is not None else ""


def _table(data: bytes, at_most: int) -> _Table:
    table, left = _Table(), at_most
    for number, value in fields(data):
        match number:
            case 2:
                table.columns.append(text(value))
            case 3:
                table.types += varints(value)
            case 4:
                row = [_value(chunk(one)) for place, one in fields(chunk(value)) if place == 1]
                table.rows.append(row)
                left -= max(len(row), 1)
                if left < 0:
                    expected = f"at most {at_most} values"
                    raise UndecodableMessage(Reason.TOO_LARGE, expected=expected, got="more", at="dataset")
    return table


def _value(data: bytes) -> _Value:
    found = _Value()
    for number, value in fields(data):
        match number:
            case 1 | 2:
                found = _Value(whole=whole(value))
            case 3:
                found = _Value(real=short_float(value))
            case 4:
                found = _Value(real=floating(value, "<d"))
            case 5:
                found = _Value(real=float(bool(whole(value))))
            case 6:
                found = _Value(text=text(value))
    return found
