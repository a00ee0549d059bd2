"""The whole program on this machine, broker and publisher beside it: messages a second, CPU, memory, publish to alarm.

python -m benchmarks.whole [--messages N] [--sensors N] [--seconds N]
"""

import argparse
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from random import Random
from typing import Any

import orjson
import psutil

from benchmarks.big_city import UNCAPPED, write_big_city
from benchmarks.offer import is_let_in, offering, paced, publish_packet
from benchmarks.report import percentile, report
from city.clock import SystemClock, iso
from ingest.mqtt.packet import Credentials
from tests.support.program import Person, Program, eventually, running_program
from tests.support.servers import mosquitto

_PACE_PER_S = 2_000
_ALARMS_PER_S = 10
_CLOCK = SystemClock()
#: Ingest tells its counters at least this often, in seconds.
_SETTLE_S = 2.0


def packet(sensor: int, temperature: float, offset_ns: int = 0) -> bytes:
    """Return a message of about 120 bytes with three values."""
    time_ns = _CLOCK.now_ns() + offset_ns
    values = {"temperature": temperature, "humidity": 48.5, "atmospheric_pressure": 1013.2}
    body = orjson.dumps({"time": iso(time_ns), "values": values})
    return publish_packet(f"city/environment/bench-{sensor:06d}/reading", body)


class Listener(threading.Thread):
    """Follows the live stream and notes when each sensor's incident is told."""

    def __init__(self, person: Person) -> None:
        super().__init__(name="bench.listener", daemon=True)
        self._person = person
        self.told: dict[str, float] = {}

    def run(self) -> None:
        """Read until the stream ends."""
        with self._person.client.stream("GET", "/live", timeout=None) as stream:
            kind = ""
            for line in stream.iter_lines():
                if line.startswith("event:"):
                    kind = line.partition(":")[2].strip()
                elif line.startswith("data:") and kind == "incident":
                    self._note(orjson.loads(line.partition(":")[2]))

    def _note(self, incident: dict[str, Any]) -> None:
        self.told.setdefault(str(incident["sensor"]), time.perf_counter())


@contextmanager
def installed(broker: str, folder: Path, sensors: int) -> Iterator[tuple[Program, Credentials]]:
    """Run the program on one kind of broker and say how to publish to it."""
    city = write_big_city(folder / "city", sensors=sensors)
    with ExitStack() as stack:
        if broker == "mosquitto":
            (folder / "broker").mkdir()
            options = ("allow_anonymous true", "max_inflight_messages 0", "max_queued_messages 0")
            server = stack.enter_context(mosquitto(folder / "broker", options=options))
            settings = f'{UNCAPPED}[mqtt]\nurl = "mqtt://127.0.0.1:{server.port}"\n'
            yield (
                stack.enter_context(running_program(Program(folder, city, settings, mqtt_port=server.port))),
                Credentials(),
            )
            return
        program = stack.enter_context(running_program(Program(folder, city, UNCAPPED)))
        password = program.command("source", "add", "bench", "--topics", "city/#")
        eventually(lambda: is_let_in(program.mqtt_port, Credentials("bench", password)), what="the new source")
        yield program, Credentials("bench", password)


def ingested(program: Program) -> float:
    """Return how many messages ingest has acknowledged."""
    return program.metric("ingest_messages_acknowledged_total")


def settled(program: Program) -> float:
    """Return how many messages ingest has acknowledged, once no more are coming."""
    count = -1.0
    while count != (count := ingested(program)):
        time.sleep(_SETTLE_S)
    return count


def saturated(program: Program, credentials: Credentials, messages: int, sensors: int) -> dict[str, float]:
    """Offer messages as fast as they are taken; return throughput, CPU and memory of ingest."""
    packets = [packet(1 + number % sensors, 20.0 + number % 7, number * 1000) for number in range(messages)]
    process = psutil.Process(program.parts["ingest"]["pid"])
    before, cpu = settled(program), process.cpu_times()
    began = time.perf_counter()
    with offering(program.mqtt_port, "bench-flood", credentials) as offer:
        for start in range(0, messages, 100):
            offer.send(packets[start : start + 100])
        offer.settle()
    eventually(lambda: ingested(program) - before >= messages, within_s=120, what="every message")
    took_s, spent = time.perf_counter() - began, process.cpu_times()
    used_s = spent.user - cpu.user + spent.system - cpu.system
    return {
        "messages_per_s": messages / took_s,
        "readings_per_s": 3 * messages / took_s,
        "cpu_us_per_message": used_s / messages * 1e6,
        "rss_mb": process.memory_info().rss / 1e6,
    }


def publish_to_alarm(program: Program, credentials: Credentials, person: Person, seconds: int) -> dict[str, float]:
    """Publish at a steady pace with an alarm now and then; return the time from publish to the live stream."""
    listener = Listener(person)
    listener.start()
    random, sent = Random(7), {}
    between = _PACE_PER_S // _ALARMS_PER_S
    with offering(program.mqtt_port, "bench-pace", credentials) as offer:
        for number in range(seconds * _ALARMS_PER_S):
            quiet = [packet(random.randint(5_000, 9_999), 21.0) for _ in range(between - 1)]
            sensor = number + 1
            sent[f"bench-{sensor:06d}"] = time.perf_counter()
            offer.send([packet(sensor, 80.0)])
            paced(offer, quiet, per_s=_PACE_PER_S)
    eventually(lambda: len(listener.told) >= len(sent), within_s=30, what="every alarm")
    delays = [1000 * (listener.told[sensor] - at) for sensor, at in sent.items()]
    return {"p50": percentile(delays, 0.5), "p99": percentile(delays, 0.99), "most": max(delays), "alarms": len(delays)}


def measure(broker: str, arguments: argparse.Namespace) -> dict[str, object]:
    """Return all figures on one kind of broker."""
    with (
        tempfile.TemporaryDirectory(prefix="liandong-bench-") as folder,
        installed(broker, Path(folder), arguments.sensors) as (program, credentials),
    ):
        alarm_ms = publish_to_alarm(program, credentials, program.person("bench", "acceptor"), arguments.seconds)
        return {
            **saturated(program, credentials, arguments.messages, arguments.sensors),
            "publish_to_alarm_ms": alarm_ms,
            "offered_for_alarms_per_s": _PACE_PER_S,
        }


def main(words: Sequence[str] | None = None) -> None:
    """Measure on both brokers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--sensors", type=int, default=10_000)
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--broker", choices=("embedded", "mosquitto"), action="append")
    arguments = parser.parse_args(words)
    brokers = arguments.broker or ["embedded", "mosquitto"]
    report("whole", {broker: measure(broker, arguments) for broker in brokers})


if __name__ == "__main__":
    main()
