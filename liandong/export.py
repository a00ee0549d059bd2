"""`liandong export` at work: readings of a running city into one file, in bounded memory."""

from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol, TextIO

import duckdb
import numpy as np

from city.clock import MICROSECOND_NS
from city.exporting import Wanted, header, lines, pages, quality_word
from city.feed import Feed
from city.history import Series

#: Memory that DuckDB may use while it writes Parquet; what is beyond goes to its temporary file.
_MEMORY = "256MB"

_TABLE = (
    "CREATE TABLE reading (sensor VARCHAR, quantity VARCHAR, unit VARCHAR, time TIMESTAMPTZ, value DOUBLE, "
    "quality VARCHAR)"
)


class Form(StrEnum):
    """How a file is written."""

    CSV = "csv"
    PARQUET = "parquet"


class Writer(Protocol):
    """Takes pages of readings."""

    def add(self, series: Series, unit: str) -> None:
        """Write a page."""
        ...


@dataclass(frozen=True, slots=True)
class CsvWriter:
    """Writes lines of text."""

    file: TextIO

    def add(self, series: Series, unit: str) -> None:
        """Write a page."""
        self.file.writelines(lines(series, unit))


class ParquetWriter:
    """Collects pages in a temporary DuckDB file, and writes them as Parquet at the end."""

    def __init__(self, folder: Path) -> None:
        path = str(folder / "export.duckdb")
        self._connection = duckdb.connect(path, config={"memory_limit": _MEMORY, "threads": "1"})
        self._connection.execute(_TABLE)

    def add(self, series: Series, unit: str) -> None:
        """Write a page."""
        columns = {
            "time_us": np.array(series.time_ns, np.int64) // MICROSECOND_NS,
            "value": np.array(series.value, np.float64),
            "quality": np.array([quality_word(one) for one in series.quality], object),
        }
        self._connection.register("page", columns)
        self._connection.execute(
            "INSERT INTO reading SELECT ?, ?, ?, make_timestamp(time_us)::TIMESTAMPTZ, value, quality FROM page",
            [series.sensor, series.quantity, unit],
        )
        self._connection.unregister("page")

    def write(self, path: Path) -> None:
        """Write the file."""
        self._connection.table("reading").write_parquet(str(path), compression="zstd")

    def close(self) -> None:
        """Let go of the temporary file."""
        self._connection.close()


async def export(feed: Feed, wanted: Sequence[Wanted], path: Path, form: Form) -> Counter[str]:
    """Write every reading that is wanted into a new file, which has its name only when it is whole.

    Returns:
        How many there are of each sensor that has any.

    Raises:
        StoreUnavailable: ingest does not answer; nothing is left of the file.
    """
    beside = path.with_name(f".{path.name}.partial")
    try:
        count = await (_csv if form is Form.CSV else _parquet)(feed, wanted, beside)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    return count


async def _csv(feed: Feed, wanted: Sequence[Wanted], path: Path) -> Counter[str]:
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(header())
        return await _fill(CsvWriter(file), feed, wanted)


async def _parquet(feed: Feed, wanted: Sequence[Wanted], path: Path) -> Counter[str]:
    with (
        TemporaryDirectory(prefix=".liandong-export-", dir=path.parent) as name,
        closing(ParquetWriter(Path(name))) as writer,
    ):
        count = await _fill(writer, feed, wanted)
        writer.write(path)
    return count


async def _fill(writer: Writer, feed: Feed, wanted: Sequence[Wanted]) -> Counter[str]:
    count: Counter[str] = Counter()
    for one in wanted:
        async for series in pages(feed, one):
            writer.add(series, one.unit)
            count[one.sensor] += len(series.time_ns)
    return count
