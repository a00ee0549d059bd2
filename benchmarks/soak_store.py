"""The history store away for an hour at 2,000 messages/s: `python -m benchmarks.soak_store [SECONDS]`, in `make soak`.

The hour is compressed: the same 7,200,000 messages of three values come as fast as they can be committed and judged,
with an hour's time on them. Journal, rules and drain are the program's own, and so is DuckDB once back; broker and
decoding are left out, which `make bench-ingest` measures. What is looked at: that alarms go on, that memory stays flat,
that everything is there afterwards, each reading once, and with its roll-ups.
"""

import asyncio
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import numpy as np

from benchmarks.report import report
from city.clock import SECOND_NS, SystemClock
from city.entry import Arrivals, Entry, Journaled, Tick
from city.errors import StoreUnavailable
from city.reading import ReadingBatch
from ingest.config import DrainSettings, JournalSettings
from ingest.drain import Drain
from ingest.history_writer import HistorySink
from ingest.journal import Journal
from ingest.journal_codec import Digests
from rules.checkpoint import Judge
from storage.duckdb import DuckdbHistory
from tests.support.history import TableNames
from tests.support.judging import CATALOGUE, QUANTITIES, START_NS, book, context, rule, sensor

#: One message a second of each of so many sensors, three values a message, committed ten times a second.
SENSORS, COMMITS_PER_S = 2000, 10
_QUANTITIES = tuple(QUANTITIES.values())
_VALUES = 3

#: Every so often one sensor after the other is flooded for a second: an alarm raised and one cleared.
_FLOOD_EVERY_S = 10

#: Most that memory may grow by while the store is away, in megabytes: the journal is on disk.
_FLAT_MB = 64.0


class Store(HistorySink):
    """The history store as the drain sees it, which can be away."""

    def __init__(self, history: DuckdbHistory) -> None:
        super().__init__(history)
        self.is_away = True

    def keep(self, records: Sequence[Any], position: int) -> None:
        """Refuse while away."""
        if self.is_away:
            raise StoreUnavailable("history", "switched off by the benchmark")
        super().keep(records, position)


def second_of(number: int) -> list[Arrivals]:
    """Return what all sensors say in one second."""
    part = SENSORS // COMMITS_PER_S
    flooded = number // _FLOOD_EVERY_S % SENSORS + 1 if number % _FLOOD_EVERY_S == 0 else 0
    arrivals = []
    for commit in range(COMMITS_PER_S):
        own = np.arange(commit * part + 1, (commit + 1) * part + 1, dtype=np.int32)
        sensors, quantity = np.repeat(own, _VALUES), np.tile(np.arange(1, _VALUES + 1, dtype=np.int32), part)
        time_ns = START_NS + number * SECOND_NS + sensors.astype(np.int64)
        value = np.round(0.1 + 0.05 * np.sin(number / 100 + sensors), 3)
        value[(sensors == flooded) & (quantity == 1)] = 2.0
        batch = ReadingBatch(sensors, quantity, time_ns, time_ns + 250_000_000, value, np.zeros(len(value), np.uint16))
        arrivals.append(Arrivals(batch))
    return arrivals


def rss_mb() -> float:
    """Return the memory that this process holds."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 2**20


class Hour:
    """Commits and judges second by second, and counts."""

    def __init__(self, folder: Path) -> None:
        self.journal = Journal(folder / "journal", JournalSettings(), readers={"history": 0, "rules": 0})
        self.judge = Judge.open(folder / "rules.sqlite", CATALOGUE, SystemClock())
        self.readings = self.alarms = 0
        self.total = 0.0
        flood = rule("{critical: {above: 100}}")
        self._take(context(book(flood), [sensor(number) for number in range(1, SENSORS + 1)]))

    def second(self, number: int) -> None:
        """Commit and judge one second."""
        for arrivals in second_of(number):
            digests = np.random.default_rng(number).bytes(8 * SENSORS // COMMITS_PER_S)
            first = self.journal.append([arrivals, Digests(digests)])
            self.alarms += len(self.judge.apply(Journaled(first, arrivals)))
            self.readings += len(arrivals.readings)
            self.total += float(arrivals.readings.value.sum())
        self._take(Tick(START_NS + (number + 1) * SECOND_NS))
        self.judge.settle(max((item.number for item in self.judge.outbox(1000)), default=0))
        self.journal.passed("rules", self.judge.released)

    def _take(self, entry: Entry) -> None:
        position = self.journal.append([entry])
        self.alarms += len(self.judge.apply(Journaled(position, entry)))


async def soaked(folder: Path, seconds: int) -> dict[str, Any]:
    """Let the hour pass with the store away, let it come back, and count."""
    names = TableNames(
        {number: f"level-{number}" for number in range(1, SENSORS + 1)}, {1: "water", 2: "air", 3: "depth"}
    )
    path = folder / "readings.duckdb"
    history = DuckdbHistory(path, names)
    hour, store = Hour(folder), Store(history)
    drain = Drain(store, hour.journal, DrainSettings(backoff_first_s=0.05, backoff_cap_s=0.5), Random(1))
    memory: list[float] = []
    async with asyncio.TaskGroup() as group:
        running = group.create_task(drain.run(), name="drain")
        began_s, worked_s = time.monotonic(), time.process_time()
        for number in range(seconds):
            hour.second(number)
            if number % 10 == 0 and number >= seconds // 12:  # warm by then
                memory.append(rss_mb())
            await asyncio.sleep(0)
        away_s, away_cpu_s, kept_mb = (
            time.monotonic() - began_s,
            time.process_time() - worked_s,
            hour.journal.size / 2**20,
        )
        away = {"alarms": hour.alarms, "history_position": drain.position, "told": bool(drain.error)}
        store.is_away = False
        back_s = time.monotonic()
        await _until(lambda: drain.position >= hour.journal.position)
        caught_up_s = time.monotonic() - back_s
        running.cancel()
    figures = {"seconds": seconds, "messages": seconds * SENSORS, "compressed_to_s": away_s, "cpu_s": away_cpu_s}
    figures |= {"journal_mb": kept_mb, "rss_first_mb": memory[0], "rss_last_mb": memory[-1], "rss_most_mb": max(memory)}
    figures |= {"caught_up_after_s": caught_up_s, "rss_after_mb": rss_mb(), **away}
    return figures | counted(path, history, hour, seconds)


def counted(path: Path, history: DuckdbHistory, hour: Hour, seconds: int) -> dict[str, Any]:
    """Return what is wrong, each of which must be 0."""
    history.tend(START_NS + (seconds + 7200) * SECOND_NS)
    history.close()
    with duckdb.connect(str(path), read_only=True) as connection:
        statement = "SELECT count(*), count(DISTINCT (sensor, quantity, time_ns)), sum(value) FROM readings"
        [(rows, different, total)] = connection.execute(statement).fetchall()
        [(rolled,)] = connection.execute("SELECT sum(count) FROM hours").fetchall()
    hour.journal.close()
    hour.judge.close()
    return {
        "readings": hour.readings,
        "readings_lost": hour.readings - different,
        "readings_doubled": rows - different,
        "values_changed": int(abs(total - hour.total) > 1e-6 * hour.total),
        "readings_not_rolled_up": hour.readings - rolled,
        "alarms_missed": 2 * len(range(0, seconds - 1, _FLOOD_EVERY_S)) - hour.alarms,
    }


_WRONG = ("readings_lost", "readings_doubled", "values_changed", "readings_not_rolled_up", "alarms_missed")


async def _until(fits: Callable[[], bool]) -> None:
    while not fits():  # noqa: ASYNC110 - the drain works in a thread, and tells nobody
        await asyncio.sleep(0.05)


def main() -> None:
    """Show the figures; the exit code is 1 when anything was lost, doubled or missed, or memory grew."""
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 3600
    with TemporaryDirectory(prefix="liandong-soak-") as name:
        figures = asyncio.run(soaked(Path(name), seconds))
    report("soak_store", figures)
    grew = figures["rss_most_mb"] - figures["rss_first_mb"] > _FLAT_MB
    sys.exit(grew or not figures["told"] or any(figures[name] for name in _WRONG))


if __name__ == "__main__":
    main()
