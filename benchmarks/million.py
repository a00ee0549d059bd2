"""A million registered sensors: how soon the city is there, and ten minutes of what ThingsBoard needs 36 cores for.

11,111 messages/s of three values, an alarm rule on each sensor; broker, publisher and Liandong on two cores.

python -m benchmarks.million [--broker NAME] [--minutes N] [--sensors N] [--per-s N]
"""

import argparse
import os
import select
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import psutil

from benchmarks.big_city import write_big_city
from benchmarks.figures import Figure, judged
from benchmarks.figures import spread as percentiles
from benchmarks.ingest_city import BROKERS, Installed, running_city, used_s
from benchmarks.ingest_load import Log, Run, delays_ms, hot_sensors, log_of, publishing, tell
from benchmarks.ingest_oracle import lost
from benchmarks.ingest_watch import LiveStream, progress
from tests.support.program import ROOT, eventually

_CORES = 2
#: The limits of issue 4, "How fast": seconds until it is ready, part of both cores, memory in MB.
_START_S, _SHARE, _MEMORY_MB = 15.0, 0.6, 2000.0
#: What DuckDB may use, so that all of it fits: half of what it has by itself.
_SETTINGS = "[history]\nmemory_mb = 256\n"
#: Of so many messages one fires an alarm; messages encoded at once; time between two looks, seconds.
_ALARM_EVERY, _ENCODED, _LOOK_S = 5_000, 50_000, 0.5
#: Longest wait for a start and for what is still under way in the end, seconds.
_PATIENCE_S, _ALARM_PATIENCE_S = 900.0, 60.0


class Memory(threading.Thread):
    """Notes the most memory that all processes of the city and its broker hold together, MB."""

    def __init__(self, city: Installed) -> None:
        super().__init__(name="bench.memory", daemon=True)
        self._city, self._end = city, threading.Event()
        #: The most that it ever was: the sum of what each holds, and that with what they share counted once (PSS).
        self.rss_mb = self.pss_mb = 0.0
        self.parts_mb: dict[str, float] = {}
        #: The sum at each look, which tells whether it still grows.
        self.looks_mb: list[float] = []

    def run(self) -> None:
        """Look until `stop`."""
        while not self._end.wait(5.0):
            self.look()

    def look(self) -> None:
        """Look once."""
        found = {name: process.memory_full_info() for name, process in everybody(self._city).items()}
        parts = {name: each.rss / 1e6 for name, each in found.items()}
        self.looks_mb.append(sum(parts.values()))
        if self.looks_mb[-1] > self.rss_mb:
            self.rss_mb, self.parts_mb = self.looks_mb[-1], parts
        self.pss_mb = max(self.pss_mb, sum(each.pss for each in found.values()) / 1e6)

    def stop(self) -> None:
        """Look no more."""
        self._end.set()
        self.join()
        self.look()

    def figures(self) -> list[Figure]:
        """Return what all hold together, with the limit for both ways to count, and how it went on in the end."""
        late = self.looks_mb[len(self.looks_mb) // 2 :]
        return [
            *(Figure(f"memory of {name}", mb, "MB") for name, mb in self.parts_mb.items()),
            Figure("memory of everything together", self.rss_mb, "MB", _MEMORY_MB),
            Figure("the same, what is shared counted once", self.pss_mb, "MB", _MEMORY_MB),
            Figure("memory of everything, grown in the second half", late[-1] - late[0], "MB"),
        ]


def everybody(city: Installed) -> dict[str, psutil.Process]:
    """Return all processes of the program, with the one that forks, and the broker."""
    found = {**city.own, "broker": city.broker}
    known = {process.pid for process in found.values()}
    others = (one for one in found["up"].children(recursive=True) if one.pid not in known)
    return found | {f"other-{number}": one for number, one in enumerate(others)}


def spent_s(city: Installed) -> dict[str, float]:
    """Return the processor time that each process has used so far."""
    return {name: sum(process.cpu_times()[:2]) for name, process in everybody(city).items()}


@contextmanager
def started(broker: str, folder: Path, city: Path, figures: list[Figure]) -> Iterator[Installed]:
    """Run the city for the first time and then again, which is timed; both starts end with a sensor over the API."""
    began = time.monotonic()
    with running_city(broker, folder, city, _SETTINGS, start_s=_PATIENCE_S, root=ROOT) as running:
        figures += start_figures("first start", running, time.monotonic() - began)
        program = running.program
        program.stop()
        began = time.monotonic()
        program.start()
        took_s = time.monotonic() - began
        if broker != "mosquitto":
            running = replace(running, broker=psutil.Process(program.parts["broker"]["pid"]))
        figures += start_figures("start", running, took_s, limit_s=_START_S)
        yield running


def start_figures(name: str, city: Installed, took_s: float, limit_s: float | None = None) -> list[Figure]:
    """Return how long a start took, and what it cost and holds."""
    memory = Memory(city)
    memory.look()
    cpu_s = sum(spent_s(city).values())
    return [
        Figure(f"{name}: ready", took_s, "s", limit_s),
        Figure(f"{name}: processor time of all", cpu_s, "s"),
        Figure(f"{name}: memory of all", memory.rss_mb, "MB"),
    ]


def answered(city: Installed) -> list[Figure]:
    """Return how soon the API shows a page of sensors and one of them."""
    person = city.program.person("bench", "acceptor")
    found = []
    for name, path in (("a page of sensors", "/sensors"), ("one sensor", "/sensors/bench-000007")):
        began = time.monotonic()
        person.get(path)
        found.append(Figure(f"API, {name}", (time.monotonic() - began) * 1000))
    return found


def loaded(city: Installed, sensors: int, per_s: int, seconds: int) -> tuple[Run, list[Figure]]:
    """Publish at a steady pace; return what was published and what it cost."""
    live, memory = LiveStream(city.program.person("bench-live", "acceptor")), Memory(city)
    live.start()
    memory.start()
    run = Run(city, sensors, first=0)
    plan = run.plan(per_s * seconds, per_s, alarm_every=_ALARM_EVERY)
    spent = spent_s(city)
    with (
        publishing(run.job(plan, per_s, encoded=_ENCODED)) as process,
        progress(city.socket, every_s=_LOOK_S) as seen,
    ):
        log, publisher_s = _published(process, plan.count)
        behind = plan.count - seen.acknowledged
        eventually(lambda: seen.acknowledged >= plan.count, within_s=_PATIENCE_S, what="every message")
        eventually(lambda: seen.written, within_s=_PATIENCE_S, what="every reading in the history")
    memory.stop()
    used = used_s(spent, spent_s(city)) | {"publisher": publisher_s}
    awaited, deadline = set(hot_sensors(plan)), time.monotonic() + _ALARM_PATIENCE_S
    while not live.incidents.keys() >= awaited and time.monotonic() < deadline:
        time.sleep(_LOOK_S)
    alarm_ms = delays_ms(plan, log, live)
    # Whatever it took until all was done, as a part of the time in which it was to be done.
    cores = {name: part_s / seconds for name, part_s in used.items()}
    return run, [
        Figure("offered", plan.count / (log[-1][0] - log[0][0]), "messages/s", 0.99 * per_s, at_least=True),
        Figure("not acknowledged yet when the last was sent", behind, "messages"),
        *(Figure(f"processor of {name}", part, "cores") for name, part in cores.items()),
        Figure("processor of everything together", sum(cores.values()), "cores", _SHARE * _CORES),
        *memory.figures(),
        *percentiles("publish to alarm", alarm_ms),
        Figure("alarms that the live stream did not tell", len(awaited - live.incidents.keys()), "alarms", 0),
    ]


def _published(process: subprocess.Popen[str], count: int) -> tuple[Log, float]:
    """Let a publisher send everything; return what it sent when, and the processor time that took it."""
    publisher = psutil.Process(process.pid)
    spent = before_s = sum(publisher.cpu_times()[:2])
    tell(process, count)
    assert process.stdout is not None
    while not select.select([process.stdout], [], [], _LOOK_S)[0]:
        spent = sum(publisher.cpu_times()[:2])
    return log_of(process), spent - before_s


def measure(broker: str, arguments: argparse.Namespace) -> list[Figure]:
    """Return all figures on one kind of broker."""
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="liandong-bench-") as place:
        folder = Path(place)
        city = write_big_city(folder / "city", sensors=arguments.sensors, rules=1, first=0)
        with started(broker, folder, city, figures) as running:
            figures += answered(running)
            run, found = loaded(running, arguments.sensors, arguments.per_s, round(60 * arguments.minutes))
            figures += found
        return [*figures, Figure("lost", lost(running.history, run.plans), "messages", 0)]


def main(words: Sequence[str] | None = None) -> None:
    """Measure on each broker."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--broker", choices=BROKERS, action="append")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--sensors", type=int, default=1_000_000)
    parser.add_argument("--per-s", type=int, default=11_111)
    arguments = parser.parse_args(words)
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:_CORES])
    for broker in arguments.broker or BROKERS:
        judged("million", broker, measure(broker, arguments))


if __name__ == "__main__":
    main()
