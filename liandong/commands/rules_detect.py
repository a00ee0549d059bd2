"""`liandong rules detect`: what the baseline kind makes of one recorded series."""

import csv
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Annotated, TextIO
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer

from city.errors import BadRequest
from liandong.detecting import Detecting
from liandong.exits import Exit
from liandong.series_file import SeriesRow, read_series

Csv = Annotated[Path, typer.Option("--csv", metavar="FILE", help="A file with the columns `timestamp` and `value`.")]
Zone = Annotated[str, typer.Option("--timezone", help="Of times without an offset, and of hours of the day.")]

#: So many rows are judged at once; more would only take longer to show.
_ROWS = 2_000

#: Bad rows beyond these are counted, not told.
_TOLD = 10


def detect(file: Csv, *, timezone: Zone = "UTC") -> None:
    """Score every reading of a series by what is usual for it, and say where an alarm is raised.

    Prints `timestamp,value,score,alarm`, a line for each row of the file and in its order. The score goes from 0 to 5,
    minus the decimal logarithm of how rare a reading like this is; it is 0 while too little was learned (50 readings),
    and for rows that are not judged: those that are no numbers, and those not newer than the rows before them. The
    alarm is 1 where one is raised, and 0 while it stands. It is the kind `baseline` with one setting for all series.
    Exit code 1: there are rows, and none of them is a reading.
    """
    zone = _zone(timezone)
    printing = _Printing(sys.stdout)
    printing.rows(Detecting(1, zone), read_series(file, zone))
    if printing.understood_nothing:
        raise typer.Exit(Exit.FAILED)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as exc:
        raise BadRequest(expected="a time zone such as `Asia/Shanghai`", got=name, at="--timezone") from exc


class _Printing:
    """Prints rows with what was found, and on the standard error what was wrong with others."""

    def __init__(self, out: TextIO) -> None:
        self._writer = csv.writer(out, lineterminator="\n")
        self._bad = self._old = 0
        self._newest_ns: int | None = None

    @property
    def understood_nothing(self) -> bool:
        """Tell whether there were rows, and none of them was a reading."""
        return self._bad > 0 and self._newest_ns is None

    def rows(self, detecting: Detecting, rows: Iterator[SeriesRow]) -> None:
        self._writer.writerow(("timestamp", "value", "score", "alarm"))
        while some := list(islice(rows, _ROWS)):
            self._some(detecting, some)
        if self._bad:
            typer.echo(f"{self._bad} rows not judged, since they are no readings", err=True)
        if self._old:
            typer.echo(f"{self._old} rows not judged, since they are not newer than those before them", err=True)

    def _some(self, detecting: Detecting, rows: list[SeriesRow]) -> None:
        good = [row for row in rows if not row.fault]
        found = detecting.push([0] * len(good), [row.time_ns for row in good], [row.number for row in good])
        judged = zip(found.score.tolist(), found.alarm.tolist(), strict=True)
        for row in rows:
            score, alarm = (0.0, 0) if row.fault else next(judged)
            if row.fault:
                self._tell(row.fault)
            elif self._newest_ns is not None and row.time_ns <= self._newest_ns:
                self._old += 1
            else:
                self._newest_ns = row.time_ns
            self._writer.writerow((row.timestamp, row.value, f"{score:.4f}", alarm))

    def _tell(self, fault: str) -> None:
        self._bad += 1
        if self._bad <= _TOLD:
            typer.echo(fault, err=True)
