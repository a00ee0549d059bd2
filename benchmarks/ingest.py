"""Bytes to judged, kept and shown: the whole program under load beside its broker and its publishers, on two cores.

python -m benchmarks.ingest [--broker NAME] [--seconds N] [--sensors N]
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.ingest_city import BROKERS, Installed, installed, used_s
from benchmarks.ingest_messages import VALUES, Plan
from benchmarks.ingest_oracle import lost
from benchmarks.ingest_publisher import Job
from benchmarks.ingest_watch import LiveStream, Progress, asked, progress
from benchmarks.report import percentile, report
from city.clock import MILLISECOND_NS, SystemClock
from tests.support.program import ROOT, Person, eventually

_CORES = 2
#: The steady pace at which alarms and history are timed, and how many messages lie between two that fire an alarm.
_PACE_PER_S, _ALARM_EVERY = 10_000, 1_000
#: What the saturated phase is made up as, the most messages between publisher and ingest's PUBACK in it, and the
#: longest that anything may take.
_FAST_PER_S, _AHEAD, _PATIENCE_S = 45_000, 30_000, 180
#: A message that comes before anything is measured, for each sensor: numbers and series are given out at the first.
_WARM_PER_S = 10_000

Figures = dict[str, Any]


@contextmanager
def publishing(job: Job) -> Iterator[subprocess.Popen[str]]:
    """Start a publisher that is ready and waits for its first line."""
    command = [sys.executable, "-m", "benchmarks.ingest_publisher"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, text=True) as process:
        try:
            assert process.stdout is not None
            _write(process, job.line())
            process.stdout.readline()
            yield process
        finally:
            if process.poll() is None:
                process.kill()


def _write(process: subprocess.Popen[str], line: bytes) -> None:
    assert process.stdin is not None
    with suppress(BrokenPipeError):  # it has sent everything and ended
        os.write(process.stdin.fileno(), line)


class Run:
    """One city under one load after the other; remembers what was published, for the oracle."""

    def __init__(self, city: Installed, sensors: int, broker: str) -> None:
        self._city, self._sensors, self._broker = city, sensors, broker
        self._next = 0
        self._start_ms = SystemClock().now_ns() // MILLISECOND_NS
        self.plans: list[Plan] = []

    def plan(self, count: int, per_s: int, alarm_every: int = 0) -> Plan:
        """Return the next messages; their times go on where those before ended."""
        plan = Plan(self._next, count, self._sensors, self._start_ms, per_s, alarm_every)
        self._next += count
        self._start_ms = int(plan.time_ms(plan.numbers[-1:])[0]) + 1
        self.plans.append(plan)
        return plan

    def load(self, plan: Plan, *, per_s: int = 0) -> tuple[Figures, list[tuple[float, int]], Progress]:
        """Publish a plan and return what it cost, what was sent when, and how ingest went on."""
        city, credentials = self._city, self._city.credentials
        job = Job(plan, city.program.mqtt_port, per_s, username=credentials.username, password=credentials.password)
        ahead = plan.count if per_s else _AHEAD
        spent = city.spent_s()
        with (
            publishing(job) as process,
            progress(
                city.program.data / "run" / "ingest.sock",
                lambda seen: _write(process, b"%d\n" % (seen.acknowledged + ahead)),
            ) as seen,
        ):
            assert process.stdout is not None
            log = [(float(at), int(sent)) for at, sent in json.loads(process.stdout.readline())]
            eventually(lambda: seen.acknowledged >= plan.count, within_s=_PATIENCE_S, what="every message")
            took_s = next(at for at, count, *_ in seen.looks if count >= plan.count) - log[0][0]
            used = used_s(spent, city.spent_s())
            eventually(lambda: seen.written, within_s=_PATIENCE_S, what="every reading in the history")
        own_s = sum(seconds for name, seconds in used.items() if name != "broker")
        figures = {
            "messages_per_s": plan.count / took_s,
            "readings_per_s": VALUES * plan.count / took_s,
            "cpu_us_per_message": own_s / plan.count * 1e6,
            "cpu_us_by_process": {name: seconds / plan.count * 1e6 for name, seconds in used.items()},
            "cores_used": {name: seconds / took_s for name, seconds in used.items()},
            "rss_mb": city.rss_mb(),
        }
        return figures, log, seen


def spread(values: Sequence[float]) -> dict[str, float]:
    """Return the median, the 99th percentile and the most."""
    return {"p50": percentile(values, 0.5), "p99": percentile(values, 0.99), "most": max(values, default=float("nan"))}


def steady(run: Run, live: LiveStream, seconds: int) -> Figures:
    """Return the times from publish to alarm and to history at a steady pace."""
    plan = run.plan(_PACE_PER_S * seconds, _PACE_PER_S, _ALARM_EVERY)
    figures, log, seen = run.load(plan, per_s=_PACE_PER_S)
    at, sent = np.array([one for one, _ in log]), np.array([count for _, count in log])
    hot = plan.numbers[plan.hot(plan.numbers)]
    names = [f"bench-{sensor:06d}" for sensor in plan.sensor(hot)]
    eventually(lambda: len(live.incidents) >= len(set(names)), within_s=60, what="every alarm")
    when = at[np.searchsorted(sent, hot - plan.first, side="right")]
    alarm_ms = [1000 * (live.incidents[name] - one) for name, one in zip(names, when, strict=True)]
    kept = [(count, done) for count, done in seen.kept_at() if 0 < count <= plan.count]
    history_ms = [1000 * (done - at[np.searchsorted(sent, count)]) for count, done in kept]
    return {
        "publish_to_alarm_ms": {**spread(alarm_ms), "alarms": len(alarm_ms)},
        "publish_to_history_ms": spread(history_ms),
        "at_steady_pace": {"messages_per_s": _PACE_PER_S, "cores_used": figures["cores_used"]},
    }


def saturated(run: Run, live: LiveStream, person: Person, messages: int) -> Figures:
    """Return throughput and cost at full load, and how API and live stream did meanwhile."""
    plan = run.plan(messages, _FAST_PER_S)
    before = len(live.shown)
    with asked(person, "/incidents") as api_ms:
        figures, log, _ = run.load(plan)
    at, sent = np.array([one for one, _ in log]), np.array([count for _, count in log])
    first = {int(time_ms): place for place, time_ms in enumerate(plan.time_ms(plan.numbers))}
    lag_ms = []
    for told, moment in live.shown[before:]:
        place = first.get(int(np.datetime64(moment.rstrip("Z"), "ms").astype(np.int64)))
        if place is not None:
            lag_ms.append(1000 * (told - at[np.searchsorted(sent, place)]))
    return {**figures, "api_ms": spread(api_ms), "publish_to_live_ms": spread(lag_ms)}


def measure(broker: str, arguments: argparse.Namespace) -> Figures:
    """Return all figures on one kind of broker."""
    with tempfile.TemporaryDirectory(prefix="liandong-bench-") as place:
        folder = Path(place)
        with installed(broker, folder, arguments.sensors) as city:
            run = Run(city, arguments.sensors, broker)
            person = city.program.person("bench", "acceptor")
            live = LiveStream(city.program.person("bench-live", "acceptor"))
            live.start()
            run.load(run.plan(arguments.sensors, _WARM_PER_S), per_s=_WARM_PER_S)
            times = steady(run, live, arguments.seconds)
            full = saturated(run, live, person, arguments.messages)
        return {**full, **times, "lost": lost(city.program.data / "history" / "readings.duckdb", run.plans)}


def main(words: Sequence[str] | None = None) -> None:
    """Measure on each broker."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--broker", choices=BROKERS, action="append")
    parser.add_argument("--seconds", type=int, default=15, help="length of the steady phase")
    parser.add_argument("--messages", type=int, default=600_000, help="messages of the saturated phase")
    parser.add_argument("--sensors", type=int, default=10_000)
    arguments = parser.parse_args(words)
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:_CORES])
    report("ingest", {broker: measure(broker, arguments) for broker in arguments.broker or BROKERS})


if __name__ == "__main__":
    main()
