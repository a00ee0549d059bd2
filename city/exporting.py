"""Readings as they leave the city: page by page from the feed, as lines of CSV."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace

from city.clock import iso
from city.feed import Feed
from city.history import Resolution, Series, SeriesQuery
from city.quality import names_of

#: Readings fetched and held at a time: about 1 MB.
PAGE_ROWS = 10_000

#: Columns of every export, in order; times are RFC 3339, UTC, in milliseconds.
COLUMNS = ("sensor", "quantity", "unit", "time", "value", "quality")

_NOT_PLAIN = frozenset('",\r\n')
#: What a spreadsheet takes for the beginning of a formula (OWASP, CSV Injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Wanted:
    """One series in [start_ns, end_ns), and the unit that its values are in."""

    sensor: str
    quantity: str
    unit: str
    start_ns: int
    end_ns: int


async def pages(feed: Feed, wanted: Wanted, rows: int = PAGE_ROWS) -> AsyncIterator[Series]:
    """Yield raw readings in order of time, at most `rows` at once; raises StoreUnavailable."""
    query = SeriesQuery(wanted.sensor, wanted.quantity, wanted.start_ns, wanted.end_ns, Resolution.RAW, rows)
    while True:
        series = await feed.readings(query)
        if series.time_ns:
            yield series
        if not series.truncated or not series.time_ns:
            return
        query = replace(query, start_ns=series.time_ns[-1] + 1)


def header() -> str:
    """Return the first line of CSV (RFC 4180, but for its line end)."""
    return ",".join(COLUMNS) + "\n"


def lines(series: Series, unit: str) -> Iterator[str]:
    """Yield a line of CSV for each reading."""
    begin = f"{cell(series.sensor)},{cell(series.quantity)},{cell(unit)},"
    for time_ns, value, quality in zip(series.time_ns, series.value, series.quality, strict=True):
        yield f"{begin}{iso(time_ns)},{value!r},{quality_word(quality)}\n"


def quality_word(quality: int) -> str:
    """Return the flags of a reading's quality, separated by spaces; `good` when there are none."""
    return " ".join(names_of(quality)) or "good"


def cell(text: str) -> str:
    """Return a cell that no program takes for a formula and no reader for two."""
    safe = f"'{text}" if text.startswith(_FORMULA) else text
    return '"' + safe.replace('"', '""') + '"' if _NOT_PLAIN & set(safe) else safe
