"""Readings in files: every one once, in order, whatever the page, and nothing that looks whole but is not."""

import csv
from pathlib import Path

import duckdb
import pytest

from city.clock import SECOND_NS
from city.errors import StoreUnavailable
from city.exporting import COLUMNS, Wanted, cell, pages
from city.history import LatestReading
from liandong.export import Form, export
from tests.support.feed import MemoryFeed
from tests.support.history import START_NS

COUNT = 25
WANTED = Wanted("air/17", "pm25", "µg/m³", START_NS, START_NS + COUNT * SECOND_NS)


@pytest.fixture
def feed() -> MemoryFeed:
    feed = MemoryFeed()
    for number in range(COUNT + 1):  # the last one lies at the end of the span, which is open
        time_ns = START_NS + number * SECOND_NS
        feed.keep(LatestReading("air/17", "pm25", time_ns, time_ns, number + 0.1, 9 if number == 3 else 0))
    return feed


def left_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


@pytest.mark.parametrize("rows", [1, 7, COUNT, COUNT + 1])
async def test_pages_hold_every_reading_once(feed: MemoryFeed, rows: int) -> None:
    values = [value async for page in pages(feed, WANTED, rows) for value in page.value]

    assert values == [number + 0.1 for number in range(COUNT)]


async def test_csv_has_times_in_utc_and_quality_in_words(feed: MemoryFeed, tmp_path: Path) -> None:
    count = await export(feed, [WANTED], tmp_path / "out.csv", Form.CSV)

    rows = list(csv.reader((tmp_path / "out.csv").read_text("utf-8").splitlines()))
    assert count == {"air/17": COUNT}
    assert rows[0] == list(COLUMNS)
    assert rows[1] == ["air/17", "pm25", "µg/m³", "2026-11-20T08:00:00.000Z", "0.1", "good"]
    assert rows[4][-1] == "out_of_range late"
    assert len(rows) == COUNT + 1


async def test_parquet_has_the_same_readings(feed: MemoryFeed, tmp_path: Path) -> None:
    await export(feed, [WANTED], tmp_path / "out.parquet", Form.PARQUET)

    with duckdb.connect() as connection:
        rows = connection.execute(
            f"SELECT sensor, quantity, unit, epoch_ns(time), value, quality FROM '{tmp_path}/out.parquet'"
        ).fetchall()
    assert rows[0] == ("air/17", "pm25", "µg/m³", START_NS, 0.1, "good")
    assert [row[4] for row in rows] == [number + 0.1 for number in range(COUNT)]
    assert left_in(tmp_path) == ["out.parquet"]


@pytest.mark.parametrize("form", Form)
async def test_export_that_breaks_off_leaves_no_file(feed: MemoryFeed, tmp_path: Path, form: Form) -> None:
    feed.leave()

    with pytest.raises(StoreUnavailable):
        await export(feed, [WANTED], tmp_path / "out", form)

    assert left_in(tmp_path) == []


@pytest.mark.parametrize(
    ("text", "shown"), [("air-1", "air-1"), ("=1+1", "'=1+1"), ('a,"b"', '"a,""b"""'), ("@x", "'@x")]
)
def test_cell_is_one_cell_and_no_formula(text: str, shown: str) -> None:
    assert cell(text) == shown
