"""The history file after `kill -9`: what was acknowledged is there, once, and the position says where to go on."""

import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from city.history import Resolution, SeriesQuery
from storage.duckdb import DuckdbHistory
from tests.support.history import NAMES

#: Appends from where the file says on and tells every position once it is kept.
WRITER = """
import sys
from pathlib import Path
import storage.duckdb
from storage.duckdb import DuckdbHistory
from tests.support.history import NAMES, arrivals, row

storage.duckdb._CHECKPOINT = "1MB"  # so that some kills fall into a checkpoint
history = DuckdbHistory(Path(sys.argv[1]), NAMES)
position = history.position()
print(position, flush=True)
while True:
    position += 1
    rows = (row(1, 1, position * 100 + n, position + n / 128) for n in range(100))
    history.append([(position, arrivals(*rows))], position)
    print(position, flush=True)
"""


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_kill_at_any_moment_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    path = tmp_path / "readings.duckdb"
    chance = random.Random(7)
    acknowledged = 0

    for _ in range(8):
        acknowledged = max(acknowledged, write_until_killed(path, lines=chance.randint(1, 150)))
        history = DuckdbHistory(path, NAMES)
        position = history.position()
        series = history.readings(SeriesQuery("air-1", "pm25", 0, 2**62, Resolution.RAW, 1_000_000))
        kept = len(history.newest(0)), len(series.value), sorted({int(value) for value in series.value})
        history.close()

        assert position >= acknowledged
        assert not list(tmp_path.glob("*.broken-*"))
        assert kept == (1, position * 100, list(range(1, position + 1)))


def write_until_killed(path: Path, *, lines: int) -> int:
    """Kill the writer after so many lines and a little; return the last position that it told."""
    with subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        told = [int(writer.stdout.readline()) for _ in range(lines)]
        writer.send_signal(signal.SIGKILL)
        told += [int(line) for line in writer.stdout.read().split("\n")[:-1]]
    return told[-1]
