"""How fast the history store takes readings in and gives series out: `python -m benchmarks.history [ROWS]`."""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory

import numpy as np

from city.clock import SECOND_NS
from city.entry import Arrivals
from city.history import Resolution, SeriesQuery
from city.reading import ReadingBatch
from storage.arrivals import kept_of
from storage.duckdb import DuckdbHistory
from storage.line import LineSerialiser

#: A city of 2,000 sensors with five quantities, each every ten seconds.
SENSORS, QUANTITIES, INTERVAL_S = 2000, 5, 10
START_NS = 1_795_161_600 * SECOND_NS
REPORT = Path("build/bench/history.json")


class Numbered:
    """Names made of numbers."""

    def sensor(self, number: int) -> str:
        """Return a sensor's id."""
        return f"sensor-{number:07}"

    def quantity(self, number: int) -> str:
        """Return a quantity's name."""
        return f"quantity_{number}"


def batch(first: int, rows: int) -> ReadingBatch:
    """Return readings number `first` and on, as the whole city sends them one after the other."""
    index = np.arange(first, first + rows, dtype=np.int64)
    series = index % (SENSORS * QUANTITIES)
    time_ns = START_NS + index // (SENSORS * QUANTITIES) * INTERVAL_S * SECOND_NS + series % SENSORS * 1_000_000
    sensor, quantity = (series % SENSORS).astype(np.int32), (series // SENSORS).astype(np.int32)
    value = np.sin(index / 5e4) * 20 + np.random.default_rng(first).normal(50, 1, rows).round(2)
    return ReadingBatch(sensor, quantity, time_ns, time_ns + 250_000_000, value, np.zeros(rows, np.uint16))


def append(history: DuckdbHistory, position: int, *, size: int, rows: int) -> dict[str, float]:
    """Append `rows` readings from `position` on in batches of `size`."""
    waiting = [(at, Arrivals(batch(at, size))) for at in range(position, position + rows, size)]
    took_ms = []
    began, worked = time.perf_counter(), time.process_time()
    for at, arrivals in waiting:
        start = time.perf_counter()
        history.append([(at + size, arrivals)], at + size)
        took_ms.append((time.perf_counter() - start) * 1000)
    seconds, cpu_s = time.perf_counter() - began, time.process_time() - worked
    cuts = quantiles(took_ms, n=100)
    return {
        "rows_per_s": round(rows / seconds),
        "cpu_us_per_row": round(cpu_s / rows * 1e6, 3),
        "p50_ms": round(cuts[49], 2),
        "p99_ms": round(cuts[98], 2),
    }


def timed_ms(call: Callable[[], object], times: int = 7) -> dict[str, float]:
    """Call several times; return the median and the worst."""
    took = []
    for _ in range(times):
        start = time.perf_counter()
        call()
        took.append((time.perf_counter() - start) * 1000)
    return {"p50_ms": round(sorted(took)[times // 2], 2), "worst_ms": round(max(took), 2)}


def reads(history: DuckdbHistory, rows: int) -> dict[str, dict[str, float]]:
    """Time one series over the last hour and over everything, and the newest of all series."""
    end = START_NS + (rows // (SENSORS * QUANTITIES) + 1) * INTERVAL_S * SECOND_NS
    spans = {"hour": end - 3600 * SECOND_NS, "all": START_NS}
    found = {}
    for span, start in spans.items():
        for resolution in (Resolution.RAW, Resolution.MINUTE, Resolution.AUTO):
            query = SeriesQuery("sensor-0000777", "quantity_3", start, end, resolution)
            found[f"{span} {resolution}"] = timed_ms(lambda query=query: history.readings(query))  # type: ignore[misc]
    found["latest of the last minute"] = timed_ms(lambda: history.newest(end - 60 * SECOND_NS))
    return found


def lines_per_s(rows: int = 100_000) -> int:
    """Return how many lines for InfluxDB are written a second."""
    kept, serialiser = kept_of([(1, Arrivals(batch(0, rows)))]), LineSerialiser(Numbered())
    for _ in serialiser.lines(kept):
        pass
    start = time.perf_counter()
    for _ in serialiser.lines(kept):
        pass
    return round(rows / (time.perf_counter() - start))


def measure(rows: int) -> dict[str, object]:
    """Fill a store with about `rows` readings and read from it."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "readings.duckdb"
        history = DuckdbHistory(path, Numbered())
        appends, position = {}, 0
        for size, share in ((100, 0.01), (1000, 0.04), (10_000, 0.7), (100_000, 0.25)):
            part = max(1, round(rows * share / size)) * size
            appends[f"{size}"] = append(history, position, size=size, rows=part)
            position += part
        found = reads(history, position)
        history.close()
        size_bytes = path.stat().st_size
    return {
        "rows": position,
        "append_by_batch": appends,
        "read": found,
        "bytes_per_row": round(size_bytes / position, 2),
        "influxdb_lines_per_s": lines_per_s(),
    }


def show(found: dict[str, object], indent: str = "") -> None:
    """Print figures one a line."""
    for name, value in found.items():
        if isinstance(value, dict) and all(isinstance(figure, int | float) for figure in value.values()):
            print(f"{indent}{name:<28}" + "  ".join(f"{key} {figure:>12,}" for key, figure in value.items()))
        elif isinstance(value, dict):
            print(f"{indent}{name}")
            show(value, indent + "  ")
        else:
            print(f"{indent}{name:<28}{value:,}")


def main() -> None:
    """Print the table and write it as JSON."""
    found = measure(int(sys.argv[1]) if len(sys.argv) > 1 else 5_000_000)
    show(found)
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    REPORT.write_text(json.dumps(found, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
