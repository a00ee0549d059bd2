"""InfluxDB killed for an hour under a whole city at 2,000 messages/s of three values: in `make soak`.

Broker, publisher and `liandong up` are the real things, and so is InfluxDB (Debian's 1.6). Each minute is a line: the
alarms that the live stream told, the memory of each process, what the journal takes. Afterwards each message is looked
for in InfluxDB, with all three values, once. What the programs said stays in `build/bench/soak_outage`.

python -m benchmarks.soak_outage [--seconds N] [--broker NAME]
"""

import argparse
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import numpy as np

from benchmarks.influx_bridge import bridged
from benchmarks.ingest_city import BROKERS, Installed, installed, used_s
from benchmarks.ingest_load import Log, Run, delays_ms, hot_sensors, log_of, publishing, spread, tell
from benchmarks.ingest_messages import VALUES, Plan
from benchmarks.ingest_oracle import QUANTITIES, Places, key_of, missing_of
from benchmarks.ingest_watch import LiveStream, Progress, progress
from benchmarks.report import FOLDER, report
from city.clock import MILLISECOND_NS
from city.history import Resolution
from storage.influxdb_server import InfluxAddress, InfluxServer
from storage.influxdb_setup import InfluxSetup
from storage.influxql import identifier
from storage.line import measurement_of
from tests.support.program import eventually
from tests.support.servers import HOST, free_port, influxd

SENSORS, PER_S = 2_000, 2_000
#: Of so many messages one raises an alarm, each of another sensor: one in four seconds.
_ALARM_EVERY = 8_000
#: Seconds with the store before it goes, and the least and the part of the outage for which messages come on after.
_BEFORE_S, _AFTER_S, _AFTER_PART = 120, 60, 6
#: Between two looks, between two lines, and the longest wait for the store to have everything, seconds.
_LOOK_S, _LINE_S, _PATIENCE_S = 1.0, 60.0, 3600.0
#: What is read at once of a quantity to compare it, seconds of the city.
_SLICE_S = 300
#: Most that a process may grow by while the store is away, MB: the journal is on disk.
_FLAT_MB = 64.0
#: Looks by which the store may be behind and count as caught up; timeouts of making buckets and of reading, seconds.
_LAG, _SETUP_S, _READ_S = 2, 10.0, 600.0
#: Longest wait for the store to start on what it has, on a machine with other work, seconds.
_START_S = 180.0
_DATABASE = "city/readings"


class Store:
    """InfluxDB with its way in, at one address, however often it is killed."""

    def __init__(self, folder: Path) -> None:
        self.port, self._own_port, self._folder = free_port(), free_port(), folder
        self._stack = ExitStack()
        folder.mkdir()

    @property
    def url(self) -> str:
        """Return the address for the settings."""
        return f"influxdb://{HOST}:{self.port}/-/{_DATABASE}"

    def start(self) -> None:
        """Run it on what it has kept."""
        self._server = self._stack.enter_context(influxd(self._folder, port=self._own_port, within_s=_START_S))
        self._stack.enter_context(bridged(self.port, self._own_port))

    def kill(self) -> None:
        """End it as `kill -9` does, and its way in with it."""
        self._server.kill()
        self._stack.close()

    @property
    def address(self) -> InfluxAddress:
        """Return its address without the way in."""
        return InfluxAddress.parse(f"influxdb://{HOST}:{self._own_port}/-/{_DATABASE}")

    @contextmanager
    def asked(self) -> Iterator[InfluxServer]:
        """Ask it without the way in."""
        server = InfluxServer(self.address, token="", timeout_s=_READ_S, gzip=False)
        try:
            yield server
        finally:
            server.close()


class Listener(LiveStream):
    """Follows the live stream, and again when it ends."""

    def __init__(self, city: Installed) -> None:
        self.person = city.program.person("bench-live", "acceptor")
        super().__init__(self.person)
        self.streams = 0

    def run(self) -> None:
        """Read until the program ends."""
        while True:
            self.streams += 1
            super().run()
            time.sleep(_LOOK_S)


@dataclass
class Watch:
    """What was seen of the city, minute by minute."""

    city: Installed
    seen: Progress
    live: Listener
    began_s: float = field(default_factory=time.monotonic)
    #: Memory by process at each line while the store was away, MB.
    memory: list[dict[str, float]] = field(default_factory=list)

    def until(self, deadline_s: float, state: str) -> None:
        """Say a line each minute until then."""
        while (left_s := deadline_s - time.monotonic()) > 0:
            time.sleep(min(left_s, _LINE_S))
            self.line(state)

    @property
    def has_caught_up(self) -> bool:
        """Return whether the store has what the journal had two looks ago."""
        return len(self.seen.looks) > _LAG and self.seen.looks[-1][3] >= self.seen.looks[-1 - _LAG][2]

    def line(self, state: str) -> None:
        """Say how it is."""
        rss = {name: process.memory_info().rss / 1e6 for name, process in self.city.own.items()}
        rss["broker"] = self.city.broker.memory_info().rss / 1e6
        if state == "away":
            self.memory.append(rss)
        ingest_mb = size_mb(self.city.program.data / "ingest")
        _, acknowledged, journal, history = self.seen.looks[-1]
        asked_s = time.monotonic()
        with suppress(httpx.TimeoutException):  # on a machine with other work; the line then says ten seconds
            self.live.person.get("/incidents")
        api_ms = (time.monotonic() - asked_s) * 1000
        parts = " ".join(f"{name} {mb:.0f}" for name, mb in rss.items())
        print(
            f"{time.monotonic() - self.began_s:6.0f} s, store {state}: {acknowledged} messages, "
            f"{len(self.live.incidents)} alarms told, history {journal - history} entries behind, "
            f"journal and rules {ingest_mb:.0f} MB, MB by process: {parts}, queue's page in {api_ms:.0f} ms",
            flush=True,
        )


def size_mb(folder: Path) -> float:
    """Return what a folder's files take."""
    total = 0
    for file in folder.rglob("*"):
        with suppress(FileNotFoundError):  # a segment that was just given back
            total += file.stat().st_size
    return total / 1e6


@contextmanager
def logs_kept(folder: Path, name: str) -> Iterator[None]:
    """Keep beside the figures of this name what every program said below `folder`, however the block ends."""
    kept = FOLDER / name
    try:
        yield
    finally:
        kept.mkdir(parents=True, exist_ok=True)
        for file in folder.rglob("*.log"):
            shutil.copyfile(file, kept / "-".join(file.relative_to(folder).parts))
        print(f"logs in {kept}", flush=True)


def soaked(broker: str, seconds: int, folder: Path) -> dict[str, Any]:
    """Let the store be away for `seconds` under load, and count."""
    store = Store(folder / "influxdb")
    store.start()
    settings = f'[history]\nurl = "{store.url}"\n'
    with installed(broker, folder, SENSORS, settings, prepare=lambda _: make_buckets(store)) as city:
        run = Run(city, SENSORS)
        after_s = max(_AFTER_S, seconds // _AFTER_PART)
        plan = run.plan(PER_S * (_BEFORE_S + seconds + after_s), PER_S, alarm_every=_ALARM_EVERY)
        live = Listener(city)
        live.start()
        with (
            publishing(run.job(plan, PER_S, encoded=50_000)) as process,
            progress(city.socket, every_s=_LOOK_S) as seen,
        ):
            tell(process, plan.count)
            watch = Watch(city, seen, live)
            figures = _without(store, watch, seconds)
            log = log_of(process)
            eventually(lambda: seen.acknowledged >= plan.count, within_s=60, what="every message")
            eventually(lambda: seen.written, within_s=_PATIENCE_S, what="everything in the store")
            figures["all_there_s_after_the_last"] = time.monotonic() - log[-1][0]
            watch.line("back")
        restarts = {name: part["restarts"] for name, part in city.program.parts.items()}
        figures |= _alarms(plan, log, live) | {"live_streams": live.streams, "parts_restarted": sum(restarts.values())}
        figures |= counted(store, plan)
    store.kill()
    return figures | {"broker": broker, "seconds_away": seconds, "messages": plan.count}


def make_buckets(store: Store) -> None:
    """Have the store keep readings and their roll-ups for ever."""
    with InfluxSetup(store.address, token="", timeout_s=_SETUP_S) as setup:
        setup.make({Resolution.RAW: None, Resolution.MINUTE: None, Resolution.HOUR: None})


def _without(store: Store, watch: Watch, seconds: int) -> dict[str, Any]:
    """Take the store away for so long and wait until it has what came meanwhile; return what was seen."""
    watch.until(time.monotonic() + _BEFORE_S, "there")
    told = len(watch.live.incidents)
    store.kill()
    watch.until(time.monotonic() + seconds, "away")
    told = len(watch.live.incidents) - told
    ingest_mb = size_mb(watch.city.program.data / "ingest")
    spent = watch.city.spent_s()
    back_s = time.monotonic()
    store.start()
    line_s = back_s
    while not watch.has_caught_up and time.monotonic() < back_s + _PATIENCE_S:
        time.sleep(_LOOK_S)
        if time.monotonic() > line_s + _LINE_S:
            line_s += _LINE_S
            watch.line("back")
    took_s = time.monotonic() - back_s
    first, most = watch.memory[0], {name: max(each[name] for each in watch.memory) for name in watch.memory[0]}
    return {
        "alarms_told_while_away": told,
        "ingest_data_mb": ingest_mb,
        "rss_mb_first_minute": first,
        "rss_mb_most": most,
        "rss_mb_grew": {name: most[name] - first[name] for name in first},
        "caught_up_after_s": took_s,
        "cpu_s_of_catching_up": used_s(spent, watch.city.spent_s()),
    }


def _alarms(plan: Plan, log: Log, live: Listener) -> dict[str, Any]:
    """Return how soon each alarm was told; waits a minute for the last."""
    awaited, deadline = set(hot_sensors(plan)), time.monotonic() + _LINE_S
    while not live.incidents.keys() >= awaited and time.monotonic() < deadline:
        time.sleep(_LOOK_S)
    missed = len(awaited - live.incidents.keys())
    return {"alarms": len(awaited), "alarms_missed": missed, "publish_to_alarm_ms": spread(delays_ms(plan, log, live))}


def counted(store: Store, plan: Plan) -> dict[str, Any]:
    """Return how many messages the store lacks, and how many readings it has that nobody sent."""
    with store.asked() as server:
        places = {quantity: _places(server, quantity, plan) for quantity in QUANTITIES}
    kept = sum(len(keys) for keys, _ in places.values())
    return {
        "readings": VALUES * plan.count,
        "messages_lost": missing_of(plan, list(places.values())),
        "readings_too_many": kept - VALUES * plan.count,
    }


def _places(server: InfluxServer, quantity: str, plan: Plan) -> Places:
    """Return the keys of all that is kept of a quantity, in order, and its values; a point is there once or not."""
    keys, values = [], []
    times = plan.time_ms(plan.numbers[[0, -1]])
    for start_ms in range(int(times[0]), int(times[1]) + 1, 1000 * _SLICE_S):
        statement = (
            f'SELECT "value" FROM {identifier(measurement_of(quantity))} WHERE time >= {start_ms}ms '
            f'AND time < {start_ms + 1000 * _SLICE_S}ms GROUP BY "sensor"'
        )
        for series in server.query(statement):
            points = np.array(series["values"], np.float64).reshape(-1, 2)  # ns of 2026 lose 256 ns here: not a ms
            time_ms = np.rint(points[:, 0] / MILLISECOND_NS).astype(np.int64)
            keys.append(key_of(np.full(len(points), int(series["tags"]["sensor"][6:])), time_ms))
            values.append(points[:, 1])
    together = np.concatenate(keys)
    order = np.argsort(together)
    return together[order], np.concatenate(values)[order]


#: Figures that must be zero.
_WRONG = ("parts_restarted", "alarms_missed", "messages_lost", "readings_too_many")


def main() -> None:
    """Show the figures; the exit code is 1 when a part ended, anything was lost, missed or made up, or memory grew."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=3600)
    parser.add_argument("--broker", choices=BROKERS, default="embedded")
    arguments = parser.parse_args()
    with TemporaryDirectory(prefix="liandong-soak-") as name, logs_kept(Path(name), "soak_outage"):
        figures = soaked(arguments.broker, arguments.seconds, Path(name))
    report("soak_outage", figures)
    grew = max(figures["rss_mb_grew"].values()) > _FLAT_MB
    sys.exit(grew or any(figures[name] for name in _WRONG))


if __name__ == "__main__":
    main()
