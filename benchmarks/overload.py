"""More than the city takes: 30,000 messages a second for a minute at a city whose quota is 10,000, in a closed loop.

python -m benchmarks.overload [--broker NAME] [--seconds N] [--per-s N] [--quota N]
"""

import argparse
import gc
import os
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import duckdb
import orjson
import psutil

from benchmarks.figures import Figure, shown, verdicts
from benchmarks.ingest_city import BROKERS, Installed, installed, used_s
from benchmarks.ingest_load import Figures, Run, log_of, publishing, spread, tell
from benchmarks.ingest_messages import Plan
from benchmarks.ingest_watch import LiveStream, progress
from benchmarks.offer import Offer, offering, publish_packet
from benchmarks.report import report
from city.clock import SystemClock, iso
from tests.support.program import eventually

_SENSORS, _SAVERS = 5_000, 2_000
#: Messages between publisher and ingest's PUBACK: the loop is closed, so the broker never holds more.
_AHEAD = 15_000
#: Time between two messages that must bring an alarm, and how long an alarm may take to be called normal, in seconds.
_PROBE_S, _NORMAL_S = 0.25, 1.0
_PATIENCE_S = 120.0
_CORES = 2
#: What counts as bounded, MB: the million sensors' limit for everything together.
_BOUND_MB = 2000.0

_SAVING = """rules:
  - id: saving
    kind: threshold
    name: {zh: 保命, en: Saving}
    source: "Made up for measuring"
    select: {quantity: temperature, kinds: [saver]}
    levels: {critical: {above: 50}}
    incident: {class: road_water, priority: {critical: 1}, departments: [water-bureau], life_safety: true}
"""
_SAVER = (
    "saver-{number:06d},救{number},Saver {number},environment,saver,122.9,36.1,harbour,,,,,temperature,"
    "water-bureau,water-bureau,water-bureau,2024-01-01,,\n"
)
_CLOCK = SystemClock()


def prepare(city: Path, quota: int) -> None:
    """Give the city a rate, and sensors on which lives hang."""
    with (city / "sensors.csv").open("a", encoding="utf-8") as file:
        file.writelines(_SAVER.format(number=number) for number in range(1, _SAVERS + 1))
    (city / "rules" / "saving.yaml").write_text(_SAVING, "utf-8")
    with (city / "sources.toml").open("a", encoding="utf-8") as file:
        file.write(f"\n[quota]\nmessages_per_s = {quota}\n")


def hot(sensor: str) -> bytes:
    """Return a message that brings an alarm."""
    body = orjson.dumps({"time": iso(_CLOCK.now_ns()), "values": {"temperature": 80}})
    return publish_packet(f"city/environment/{sensor}/reading", body)


class Probe(threading.Thread):
    """Sends one message after the other that must bring an alarm, each from a sensor of its own."""

    def __init__(self, offer: Offer, kind: str) -> None:
        super().__init__(name="bench.probe", daemon=True)
        self._offer, self._kind = offer, kind
        self._end = threading.Event()
        self.sent: dict[str, float] = {}

    def run(self) -> None:
        """Send until `stop`."""
        number = 0
        while not self._end.wait(_PROBE_S):
            number += 1
            sensor = f"{self._kind}-{number:06d}"
            self.sent[sensor] = time.monotonic()
            self._offer.send([hot(sensor)])

    def stop(self) -> None:
        """Send no more, and return when the broker has everything."""
        self._end.set()
        self.join()
        self._offer.settle()


@contextmanager
def probing(city: Installed, kind: str) -> Iterator[Probe]:
    """Probe while the block lasts."""
    with offering(city.program.mqtt_port, f"bench-{kind}", city.credentials) as offer:
        probe = Probe(offer, kind)
        probe.start()
        try:
            yield probe
        finally:
            probe.stop()


class Memory(threading.Thread):
    """Notes the most memory that a process holds."""

    def __init__(self, process: psutil.Process) -> None:
        super().__init__(name="bench.memory", daemon=True)
        self._process = process
        self.most_mb = 0.0

    def run(self) -> None:
        """Look twice a second, as long as the process lives."""
        with suppress(psutil.Error):
            while True:
                self.most_mb = max(self.most_mb, self._process.memory_info().rss / 1e6)
                time.sleep(0.5)


def flood(city: Installed, run: Run, plan: Plan) -> tuple[float, Figures]:
    """Publish the plan; return when the last message was sent, and what it took."""
    began, spent = time.monotonic(), city.spent_s()

    def credit(acknowledged: int) -> int:
        offered = int((time.monotonic() - began) * plan.per_s)
        return max(1, min(plan.count, acknowledged + _AHEAD, offered))

    with (
        publishing(run.job(plan, 0)) as process,
        progress(city.socket, lambda seen: tell(process, credit(seen.acknowledged))) as seen,
    ):
        log = log_of(process)
        ended = log[-1][0]
        eventually(lambda: seen.acknowledged >= plan.count, within_s=_PATIENCE_S, what="every message")
        drained_s = next(at for at, count, *_ in seen.looks if count >= plan.count) - ended
        eventually(lambda: seen.written, within_s=_PATIENCE_S, what="every reading in the history")
    took_s = ended - log[0][0]
    cores = {name: used / took_s for name, used in used_s(spent, city.spent_s()).items()}
    return ended, {"offered_per_s": plan.count / took_s, "drained_after_s": drained_s, "cores_used": cores}


def normal_after_s(city: Installed, live: LiveStream, ended: float) -> float:
    """Return how long after the flood an ordinary sensor's alarm came as soon as ever."""
    with probing(city, "bench") as probe:
        return eventually(lambda: _first_quick(probe, live), within_s=_PATIENCE_S, what="a quick alarm") - ended


def _first_quick(probe: Probe, live: LiveStream) -> float:
    quick = (
        sent for name, sent in list(probe.sent.items()) if live.incidents.get(name, float("inf")) - sent <= _NORMAL_S
    )
    return min(quick, default=0.0)


def shed(city: Installed) -> int:
    """Return how many messages the ledger counts."""
    operator = city.program.person("bench-operator", "operator")
    rows = before = 0
    while True:
        page: dict[str, Any] = operator.get("/shed", before=before, limit=500)
        rows += sum(int(row["messages"]) for row in page["items"])
        if page["next"] is None:
            return rows
        before = int(page["next"])


def kept(history: Path) -> int:
    """Return how many messages the history store has: each says one temperature."""
    sql = "SELECT count(*) FROM readings r JOIN quantities q ON r.quantity = q.number WHERE q.name = 'temperature'"
    with duckdb.connect(str(history), read_only=True) as connection:
        return int(connection.execute(sql).fetchall()[0][0])


def promised(figures: Figures, seconds: int, per_s: int) -> list[Figure]:
    """Return the figures that issue 4 limits, "How fast"; `per_s` messages are offered for so many `seconds`."""
    return [
        Figure("offered for", seconds, "s", 60, at_least=True),
        Figure("offered, in a closed loop", figures["offered_per_s"], "messages/s"),
        Figure("offered where nothing holds the loop back", per_s, "messages/s", 30_000, at_least=True),
        Figure("acknowledged and neither kept nor in the ledger", figures["lost"], "messages", 0),
        Figure("memory of ingest, most", figures["rss_mb"], "MB", _BOUND_MB),
        Figure("alarms of the protected class, p99", figures["protected_alarm_ms"]["p99"], "ms", 1000),
        Figure("alarms of the protected class, the last", figures["protected_alarm_ms"]["most"], "ms"),
        Figure("normal again after", figures["normal_after_s"], "s", 30),
    ]


def measure(broker: str, arguments: argparse.Namespace) -> Figures:
    """Flood one city on one kind of broker."""
    with tempfile.TemporaryDirectory(prefix="liandong-bench-") as place:
        folder = Path(place)
        with installed(broker, folder, _SENSORS, prepare=lambda city: prepare(city, arguments.quota)) as city:
            live = LiveStream(city.program.person("bench-live", "acceptor"))
            live.start()
            memory = Memory(city.own["ingest"])
            memory.start()
            count = arguments.per_s * arguments.seconds
            run = Run(city, _SENSORS)
            with probing(city, "saver") as probe:
                ended, figures = flood(city, run, run.plan(count, arguments.per_s))
            eventually(lambda: probe.sent.keys() <= live.incidents.keys(), within_s=_PATIENCE_S, what="every alarm")
            alarm_ms = [1000 * (live.incidents[name] - at) for name, at in probe.sent.items()]
            figures |= {"protected_alarm_ms": {**spread(alarm_ms), "alarms": len(alarm_ms)}}
            before = city.program.metric("ingest_messages_acknowledged_total")
            figures |= {"normal_after_s": normal_after_s(city, live, ended), "rss_mb": memory.most_mb}
            eventually(lambda: city.program.metric("ingest_messages_acknowledged_total") > before, what="the probes")
            figures |= {"shed": shed(city)}
            acknowledged = int(city.program.metric("ingest_messages_acknowledged_total"))
        figures |= {"acknowledged": acknowledged, "kept": kept(city.history)}
        figures |= {"lost": acknowledged - figures["kept"] - figures["shed"]}
        limited = promised(figures, arguments.seconds, arguments.per_s)
        shown("overload", broker, limited)
        return {**figures, "verdicts": verdicts(limited)}


def main(words: Sequence[str] | None = None) -> None:
    """Measure on each broker."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--broker", choices=BROKERS, action="append")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--per-s", type=int, default=30_000)
    parser.add_argument("--quota", type=int, default=10_000)
    arguments = parser.parse_args(words)
    gc.disable()  # its pauses would be measured as ours
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:_CORES])
    figures: Figures = {}
    for broker in arguments.broker or BROKERS:
        figures[broker] = measure(broker, arguments)
        report("overload", figures)


if __name__ == "__main__":
    main()
