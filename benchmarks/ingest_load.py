"""Puts load on a city: what was published when, what it cost, and how far ingest had come meanwhile."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import numpy as np

from benchmarks.ingest_city import Installed, used_s
from benchmarks.ingest_messages import VALUES, Plan
from benchmarks.ingest_publisher import Job
from benchmarks.ingest_watch import LiveStream, Progress, progress
from benchmarks.report import percentile
from city.clock import MILLISECOND_NS, SystemClock
from tests.support.program import ROOT, eventually

#: Most messages between publisher and ingest's PUBACK where nothing else sets the pace (what waits there is measured as
#: lag: a quarter to half a second of work); longest wait in seconds.
_AHEAD, _PATIENCE_S = 15_000, 180

Figures = dict[str, Any]
#: Monotonic time and messages sent by then, a pair a burst.
Log = list[tuple[float, int]]


@contextmanager
def publishing(job: Job) -> Iterator[subprocess.Popen[str]]:
    """Start a publisher that is ready and waits to be told how much it may send."""
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


def tell(process: subprocess.Popen[str], messages: int) -> None:
    """Let a publisher send up to so many messages in all; the first word starts it."""
    _write(process, b"%d\n" % messages)


def log_of(process: subprocess.Popen[str]) -> Log:
    """Wait for a publisher's end and return what it sent when."""
    assert process.stdout is not None
    return [(float(at), int(sent)) for at, sent in json.loads(process.stdout.readline())]


def _write(process: subprocess.Popen[str], line: bytes) -> None:
    assert process.stdin is not None
    with suppress(BrokenPipeError):  # it has sent everything and ended
        os.write(process.stdin.fileno(), line)


class Run:
    """One city under one load after the other; remembers what was published, for the oracle."""

    def __init__(self, city: Installed, sensors: int, *, first: int = 1) -> None:
        """Take a city and its sensors, which are numbered from `first`."""
        self._city, self._sensors = city, range(first, first + sensors)
        self._next = 0
        self._start_ms = SystemClock().now_ns() // MILLISECOND_NS
        self.plans: list[Plan] = []

    def plan(self, count: int, per_s: int, *, alarm_every: int = 0, sensors: range | None = None) -> Plan:
        """Return the next messages, of all sensors if none are named; their times go on where those before ended."""
        some = sensors if sensors is not None else self._sensors
        plan = Plan(self._next, count, len(some), self._start_ms, per_s, alarm_every, some.start)
        self._next += count
        self._start_ms = int(plan.time_ms(plan.numbers[-1:])[0]) + 1
        self.plans.append(plan)
        return plan

    def job(self, plan: Plan, per_s: int, connections: int = 4, *, encoded: int = 0) -> Job:
        """Return how a plan is published to this city, `encoded` messages made at once; all of them for 0."""
        return Job(plan, self._city.program.mqtt_port, per_s, connections, *self._city.credentials, encoded)

    def load(self, plan: Plan, *, per_s: int = 0) -> tuple[Figures, Log, Progress]:
        """Publish a plan, as fast as ingest takes it or at a pace, and return when the history has everything."""
        city = self._city
        ahead = plan.count if per_s else _AHEAD
        spent = city.spent_s()
        with (
            publishing(self.job(plan, per_s)) as process,
            progress(city.socket, lambda seen: tell(process, seen.acknowledged + ahead)) as seen,
        ):
            log = log_of(process)
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


def alarm_delays_ms(plan: Plan, log: Log, live: LiveStream) -> list[float]:
    """Return how long after its message each alarm of a plan was told on the live stream; waits for the last one."""
    names = hot_sensors(plan)
    eventually(lambda: live.incidents.keys() >= set(names), within_s=60, what="every alarm")
    return delays_ms(plan, log, live)


def hot_sensors(plan: Plan) -> list[str]:
    """Return the sensors whose messages fire an alarm, in the order of these."""
    return [f"bench-{sensor:06d}" for sensor in plan.sensor(plan.numbers[plan.hot(plan.numbers)])]


def delays_ms(plan: Plan, log: Log, live: LiveStream) -> list[float]:
    """Return how long after its message each alarm was told that has been told."""
    hot, names = plan.numbers[plan.hot(plan.numbers)], hot_sensors(plan)
    at, sent = np.array([one for one, _ in log]), np.array([count for _, count in log])
    published = at[np.searchsorted(sent, hot - plan.first, side="right")]
    told = zip(names, published.tolist(), strict=True)
    return [1000 * (live.incidents[name] - when) for name, when in told if name in live.incidents]


def spread(values: Sequence[float]) -> dict[str, float]:
    """Return the median, the 99th percentile and the most."""
    return {"p50": percentile(values, 0.5), "p99": percentile(values, 0.99), "most": max(values, default=float("nan"))}
