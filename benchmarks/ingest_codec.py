"""What each step from MQTT bytes to the committed batch costs, a message: `python -m benchmarks.ingest_codec`."""

import json
import struct
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from city.entry import Arrivals
from city.reading import ReadingBatch
from ingest.config import JournalSettings
from ingest.duplicates import DuplicateWindow
from ingest.journal import Journal
from ingest.journal_codec import Digests
from ingest.latest import Latest
from ingest.message import Message
from ingest.mqtt.codec import Parser
from ingest.mqtt.packet import pubacks

#: Messages in a batch, in a run, and bytes that one read of a socket brings.
BATCH, COUNT, READ_BYTES = 2000, 100_000, 65_536
#: Readings in a message, and sensors that send them.
VALUES, SENSORS = 3, 20_000
RUNS = 3


class _Names:
    """Names that nobody asks for."""

    def sensor(self, number: int) -> str:
        """Return a name."""
        return str(number)

    def quantity(self, number: int) -> str:
        """Return a name."""
        return str(number)


def packet(number: int) -> bytes:
    """Return a PUBLISH of QoS 1 with a payload of 120 bytes."""
    topic = f"city/environment/air-{number % SENSORS:05d}/reading".encode()
    payload = f'{{"time":"2026-11-20T08:00:00.123Z","values":{{"pm25":{number % 99}.5,"pm10":51.25,"no2":18.375}}}}'
    body = struct.pack(">H", len(topic)) + topic + struct.pack(">H", number % 65_535 + 1) + payload.ljust(120).encode()
    return bytes([0x32, len(body) & 0x7F | 0x80, len(body) >> 7]) + body


def batches() -> list[Arrivals]:
    """Return what a normaliser makes of the messages, batch by batch."""
    random, made = np.random.default_rng(1), []
    for start in range(0, COUNT, BATCH):
        sensor = np.repeat((np.arange(start, start + BATCH) % SENSORS + 1).astype(np.int32), VALUES)
        quantity = np.tile(np.arange(1, VALUES + 1, dtype=np.int32), BATCH)
        time_ns = np.full(len(sensor), start, np.int64)
        quality = np.zeros(len(sensor), np.uint16)
        made.append(Arrivals(ReadingBatch(sensor, quantity, time_ns, time_ns, random.random(len(sensor)), quality)))
    return made


def best_us(act: Callable[[], object]) -> float:
    """Return the processor time of the best of some runs, in microseconds a message."""
    times = []
    for _ in range(RUNS):
        started = time.process_time()
        act()
        times.append(time.process_time() - started)
    return min(times) / COUNT * 1e6


def parse(chunks: list[bytes]) -> list[Message]:
    """Parse all chunks."""
    parser = Parser(max_packet_bytes=1 << 20)
    return [message for chunk in chunks for message in parser.feed(chunk).messages]


def commit(folder: Path, arrivals: list[Arrivals], settings: JournalSettings) -> None:
    """Commit all batches to a journal of their own."""
    journal = Journal(folder, settings, readers={})
    for one in arrivals:
        journal.append([one, Digests(bytes(8 * BATCH))])
        journal.passed("nobody", journal.position)
    journal.close()


def show(latest: Latest, arrivals: list[Arrivals]) -> None:
    """Take all batches in."""
    for one in arrivals:
        latest.take(one.readings)


def measure() -> dict[str, float]:
    """Return each step's cost in microseconds a message."""
    data = b"".join(map(packet, range(COUNT)))
    chunks = [data[start : start + READ_BYTES] for start in range(0, len(data), READ_BYTES)]
    messages, arrivals = parse(chunks), batches()
    window, latest, settings = DuplicateWindow(4 * BATCH), Latest(_Names()), JournalSettings(min_free_bytes=0)
    starts = range(0, COUNT, BATCH)
    ids = [number.to_bytes(2, "big") for number in range(1, BATCH + 1)]
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        places = (Path(folder) / str(number) for number in range(RUNS))
        return {
            "parse": best_us(lambda: parse(chunks)),
            "sift": best_us(lambda: [window.sift(messages[start : start + BATCH]) for start in starts]),
            "puback": best_us(lambda: [pubacks(ids) for _ in starts]),
            "journal": best_us(lambda: commit(next(places), arrivals, settings)),
            "latest": best_us(lambda: show(latest, arrivals)),
        }


def main() -> None:
    """Print a table for people on standard error, and JSON on standard output."""
    costs = measure()
    for step, cost in costs.items():
        print(f"{step:10} {cost:8.2f} us/message", file=sys.stderr)
    print(f"{'together':10} {sum(costs.values()):8.2f} us/message", file=sys.stderr)
    print(json.dumps({"messages": COUNT, "batch": BATCH, "cpu_us_per_message": costs}))


if __name__ == "__main__":
    main()
