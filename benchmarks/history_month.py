"""One sensor's month out of a hundred million readings: `python -m benchmarks.history_month [ROWS] [FOLDER]`.

The month is written as it comes, in batches of 10,000, and tended after each hour. Processor time is what is to be
judged where others use the machine too.
"""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from benchmarks.history import START_NS, Numbered
from benchmarks.report import percentile, report
from city.catalogue import Aggregation
from city.clock import SECOND_NS
from city.entry import Arrivals
from city.history import Resolution, SeriesQuery
from city.reading import ReadingBatch
from storage.duckdb import DuckdbHistory

#: 2,000 sensors with five quantities; the readings are spread over so many hours.
SENSORS, QUANTITIES, HOURS = 2000, 5, 30 * 24

_HOUR_NS = 3600 * SECOND_NS
#: The month begins at midnight.
_FIRST_NS = START_NS // (24 * _HOUR_NS) * 24 * _HOUR_NS
_BATCH = 10_000

#: Points asked for: more than a month has here, so that the whole of it is read.
_LIMIT = 20_000

#: The promise, in milliseconds.
LIMIT_MS = 50.0

_AGGREGATIONS = tuple(Aggregation)


def aggregation(quantity: str) -> Aggregation:
    """Give each of the five quantities another mean."""
    return _AGGREGATIONS[int(quantity.rpartition("_")[2])]


def hour_of(number: int, rows: int) -> ReadingBatch:
    """Return an hour's readings, every series in turn."""
    index = np.arange(rows, dtype=np.int64) + number * rows
    time_ns = _FIRST_NS + number * _HOUR_NS + (index - number * rows) * (_HOUR_NS // rows)
    value = np.sin(index / 5e4) * 20 + np.random.default_rng(number).normal(50, 1, rows).round(2)
    series = index % (SENSORS * QUANTITIES)
    sensor, quantity = (series % SENSORS).astype(np.int32), (series // SENSORS).astype(np.int32)
    return ReadingBatch(sensor, quantity, time_ns, time_ns + 250_000_000, value, np.zeros(rows, np.uint16))


def fill(history: DuckdbHistory, rows: int) -> dict[str, float]:
    """Write the month and tend it; return what that took of the processor."""
    per_hour, position = rows // HOURS, 0
    append_s = tend_s = worst_s = 0.0
    for number in range(HOURS):
        hour = hour_of(number, per_hour)
        began = time.process_time()
        for start in range(0, per_hour, _BATCH):
            position += 1
            part = hour.take(np.arange(start, min(start + _BATCH, per_hour)))
            history.append([(position, Arrivals(part))], position)
        written, clock = time.process_time(), time.perf_counter()
        history.tend(_FIRST_NS + (number + 1) * _HOUR_NS + 600 * SECOND_NS)
        append_s, tend_s = append_s + written - began, tend_s + time.process_time() - written
        worst_s = max(worst_s, time.perf_counter() - clock)
    return {
        "append_cpu_us_per_row": round(append_s / rows * 1e6, 3),
        "tend_cpu_us_per_row": round(tend_s / rows * 1e6, 3),
        "longest_tend_s": round(worst_s, 2),
    }


def timed(call: Callable[[int], int], times: int = 15) -> dict[str, float]:
    """Call for one sensor after the other; return milliseconds by the clock and by the processor."""
    took, points = [], 0
    worked = time.process_time()
    for number in range(times):
        start = time.perf_counter()
        points = call(number)
        took.append((time.perf_counter() - start) * 1000)
    cpu_ms = (time.process_time() - worked) / times * 1000
    ordered = sorted(took)
    return {
        "points": points,
        "p50_ms": round(ordered[times // 2], 2),
        "p95_ms": round(percentile(took, 0.95), 2),
        "worst_ms": round(ordered[-1], 2),
        "cpu_ms": round(cpu_ms, 2),
    }


def reads(history: DuckdbHistory) -> dict[str, dict[str, float]]:
    """Read one sensor's month and day in each resolution, from pages that were read just before."""
    end_ns = _FIRST_NS + HOURS * _HOUR_NS
    found = {}
    for name, start_ns in (("month", _FIRST_NS), ("day", end_ns - 24 * _HOUR_NS)):
        for resolution in Resolution:

            def call(number: int, start_ns: int = start_ns, resolution: Resolution = resolution) -> int:
                sensor, quantity = f"sensor-{(777 + 131 * number) % SENSORS:07}", f"quantity_{number % QUANTITIES}"
                query = SeriesQuery(sensor, quantity, start_ns, end_ns, resolution, _LIMIT)
                return len(history.readings(query).value)

            timed(call)
            found[f"{name} {resolution}"] = timed(call)
    return found


def cold_reads(history: DuckdbHistory, path: Path) -> dict[str, dict[str, float]]:
    """Read the months of sensors that nobody has read yet, each time after the system forgot the file's pages."""
    end_ns = _FIRST_NS + HOURS * _HOUR_NS
    found = {}
    for place, resolution in enumerate(Resolution):

        def call(number: int, resolution: Resolution = resolution, first: int = 40 * place) -> int:
            forget(path)
            sensor, quantity = f"sensor-{(5 + 31 * (first + number)) % SENSORS:07}", f"quantity_{number % QUANTITIES}"
            query = SeriesQuery(sensor, quantity, _FIRST_NS, end_ns, resolution, _LIMIT)
            return len(history.readings(query).value)

        call(39)  # what the file says of itself a program that runs has read
        found[f"month cold {resolution}"] = timed(call, 38)
    return found


def forget(path: Path) -> None:
    """Let the system forget the pages of a file."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def measure(rows: int, folder: Path) -> dict[str, Any]:
    """Fill a store in `folder` and read from it, once as it is and once opened anew."""
    path = folder / "readings.duckdb"
    history = DuckdbHistory(path, Numbered(), aggregation=aggregation)
    filling = fill(history, rows)
    history.close()
    again = DuckdbHistory(path, Numbered(), aggregation=aggregation)
    found = {**cold_reads(again, path), **reads(again)}
    again.close()
    bytes_per_row = path.stat().st_size / rows
    return {
        "rows": rows,
        "fill": filling,
        "read": found,
        "bytes_per_row": round(bytes_per_row, 2),
        "limit_ms": LIMIT_MS,
    }


def main() -> None:
    """Print the table and write it as JSON."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000_000
    with TemporaryDirectory(prefix="liandong-month-", dir=sys.argv[2] if len(sys.argv) > 2 else None) as folder:
        found = measure(rows, Path(folder))
    report("history_month", found)


if __name__ == "__main__":
    main()
