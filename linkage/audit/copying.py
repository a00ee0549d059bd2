"""Copies of a stretch of the log, as JSON Lines or CSV, with the seals by which anybody can verify them."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import TextIO

import orjson
from sqlalchemy import Connection, func, select

from city.errors import BadDocument
from linkage import event_log
from linkage.audit.chain import COLUMNS, Chain, Fault, Head, Row
from linkage.tables import EVENTS


class Format(StrEnum):
    """How a copy is written."""

    JSONL = "jsonl"
    CSV = "csv"


#: Stands for SQL's NULL in CSV, which cannot tell it from an empty text; texts that begin with `\` get another one.
_NULL = r"\N"

_NUMBERS = frozenset({"number", "incident", "version", "task", "at_ns"})


def stretch(connection: Connection, from_ns: int, to_ns: int) -> tuple[int, int]:
    """Return the first and the last number of the rows from `from_ns` to before `to_ns`; (0, 0) for none.

    What was written between them belongs to the stretch though a clock that was set back says otherwise: a chain has
    no holes.
    """
    found = select(func.min(EVENTS.c.number), func.max(EVENTS.c.number)).where(
        EVENTS.c.at_ns >= from_ns, EVENTS.c.at_ns < to_ns
    )
    first, last = connection.execute(found).one()
    return (0, 0) if first is None else (int(first), int(last))


def copied(connection: Connection, first: int, last: int) -> Iterator[dict[str, object]]:
    """Yield the rows from `first` to `last` whole."""
    for row in event_log.rows_after(connection, first - 1, last - first + 1 if last else 0):
        if row["number"] > last:
            return
        yield {name: row[name] for name in COLUMNS}


def lines(rows: Iterable[Mapping[str, object]], form: Format) -> Iterator[str]:
    """Yield a copy line by line, each with its line feed."""
    if form is Format.JSONL:
        yield from (orjson.dumps(row).decode() + "\n" for row in rows)
        return
    yield _record(COLUMNS)
    for row in rows:
        yield _record([_cell(row[name]) for name in COLUMNS])


def verified_copy(file: TextIO, anchors: Mapping[int, str] | None = None) -> tuple[Head, int, list[Fault]]:
    """Return the end of a copy, how many rows it has, and every place where it is not as it was written.

    A copy cut off at its end is whole in itself: compare the end with an anchor, or with the head of the log.

    Raises:
        BadDocument: it is no copy of an event log.
    """
    seen: set[str] = set()
    chain = Chain(seen.__contains__, anchors=anchors)
    count, start = 0, None
    faults: list[Fault] = []
    for row in _rows(file):
        if start is None:
            start = chain.end = Head(int(str(row["number"])) - 1, str(row["before"]))
            seen.add(start.hash)
        faults += chain.follow([row])
        seen.add(str(row["hash"]))
        count += 1
    return chain.end, count, faults


def _rows(file: TextIO) -> Iterator[Row]:
    first = file.readline()
    if not first:
        return
    if first.startswith("{"):
        yield _json_row(first, 1)
        yield from (_json_row(line, number) for number, line in enumerate(file, 2))
        return
    names = next(csv.reader([first]))
    if tuple(names) != COLUMNS:
        raise BadDocument(expected="a copy of an event log", got=first[:100].strip(), at="line 1")
    for number, cells in enumerate(csv.reader(file), 2):
        if len(cells) != len(COLUMNS):
            raise BadDocument(expected=f"{len(COLUMNS)} cells", got=len(cells), at=f"row {number}")
        yield {name: _value(name, cell, number) for name, cell in zip(COLUMNS, cells, strict=True)}


def _json_row(line: str, number: int) -> Row:
    try:
        row = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise BadDocument(expected="JSON", got=line[:100].strip(), at=f"line {number}") from error
    if not isinstance(row, dict) or row.keys() != set(COLUMNS) or not isinstance(row["number"], int):
        raise BadDocument(expected="an event with its seals", got=line[:100].strip(), at=f"line {number}")
    return row


def _cell(value: object) -> str:
    if value is None:
        return _NULL
    text = str(value)
    return "\\" + text if text.startswith("\\") else text


def _value(name: str, cell: str, number: int) -> object:
    if cell == _NULL:
        return None
    text = cell.removeprefix("\\")
    if name not in _NUMBERS:
        return text
    try:
        return int(text)
    except ValueError as error:
        raise BadDocument(expected="a number", got=cell[:100], at=f"row {number}, {name}") from error


def _record(cells: Iterable[str]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow(cells)  # lines end as RFC 4180 says, so that a CR within a text is quoted
    return text.getvalue()
