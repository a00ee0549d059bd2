"""A whole city on a small disk whose parts, broker and store can be ended at will, for `benchmarks.soak_faults`."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest

from benchmarks.soak_outage import Store, make_buckets
from liandong import leash
from tests.support.program import Person, Program
from tests.support.servers import HOST, accepts_mqtt, free_port, require
from tests.support.small_city import write_small_city
from tests.support.small_disk import small_disk

T = TypeVar("T")

#: Sensors by what they do: nothing, raise alarms, publish by two clients of one id, speak when all is over, see events.
PLAIN = tuple(f"plain-{number:02d}" for number in range(1, 21))
HOT = tuple(f"hot-{number:02d}" for number in range(1, 11))
TWIN, LAST, SEER = "twin-01", "last-01", "seer-01"
#: What a hot sensor's rule calls too high, cm, and where it may be left.
LIMIT_CM, CLEAR_CM = 50, 40

_SENSOR = (
    "{0},名{0},Name {0},environment,{1},122.90,36.20,harbour,,,,,water_level,"
    "water-bureau,water-bureau,water-bureau,2024-01-01,,\n"
)
_RULE = """\
  - id: {id}
    name: {{zh: 水位过高, en: Too high}}
    kind: threshold
    source: "Made up for these faults"
    select: {{domain: environment, quantity: water_level, kinds: [{kind}]}}
    unit: cm
    levels: {{critical: {{above: {above}, clear: {clear}, hold: 0s}}}}
    incident: {{class: road_water, priority: {{critical: {priority}}}, departments: [water-bureau], life_safety: true}}
"""
#: Small segments, so that there are some to be damaged; no cap, so that each alarm is seen.
_SETTINGS = """\
[restart]
longest_pause_s = 0.5
[ingest.journal]
min_free_bytes = 8388608
segment_bytes = 1048576
[linkage.admission]
flapping_changes = 1000
rule_most = 1000
storm_most = 1000
"""
#: Saved only at its regular end: one that is killed forgets what it had.
_MOSQUITTO = ("allow_anonymous true", "max_inflight_messages 0", "max_queued_messages 0", "persistence true")
_DISK_BYTES = 200 * 2**20
_PEOPLE = ("operator", "acceptor", "monitor")
#: Longest wait for a broker, and time between two looks, in seconds.
_START_S, _LOOK_S = 15.0, 0.2

#: A leash is held by the thread that starts a command, so all are started by one that stays.
_STARTER = ThreadPoolExecutor(1, thread_name_prefix="faults.starter")


class Missing(Exception):
    """Raised when something did not come, with what was seen last."""

    def __init__(self, what: str, last: str) -> None:
        super().__init__(f"{what} did not come; last: {last[-600:]}")


def awaited(look: Callable[[], T], within_s: float, what: str) -> T:
    """Return the first true result of `look`, which may be refused meanwhile; raise Missing when none comes."""
    deadline_s, last = time.monotonic() + within_s, ""
    while True:
        try:
            if found := look():
                return found
        except (httpx.HTTPError, AssertionError, OSError, LookupError, ValueError) as error:
            last = repr(error)
        if time.monotonic() > deadline_s:
            raise Missing(what, last)
        time.sleep(_LOOK_S)


def write_rules(city: Path, *, clear: int = CLEAR_CM, priority: int = 1, more: bool = False) -> None:
    """Write the city's rules in place of those that are there, as an editor does."""
    rules = [_RULE.format(id="too-high", kind="hot", above=LIMIT_CM, clear=clear, priority=priority)]
    rules += [_RULE.format(id="never", kind="plain", above=500, clear=400, priority=1)] if more else []
    draft = city / "rules" / ".rules.new"
    draft.write_text("rules:\n" + "".join(rules), "utf-8")
    draft.replace(city / "rules" / "rules.yaml")


def _write_city(folder: Path) -> Path:
    write_small_city(folder)
    for plan in (folder / "plans").glob("*.yaml"):
        plan.unlink()  # they speak of sensors that are not here
    file = folder / "sensors.csv"
    header = file.read_text("utf-8").splitlines(keepends=True)[0]
    rows = [_SENSOR.format(one, one.partition("-")[0]) for one in (*PLAIN, *HOT, TWIN, LAST, SEER)]
    file.write_text(header + "".join(rows), "utf-8")
    write_rules(folder)
    return folder


class Mosquitto:
    """Debian's Mosquitto, which comes back at its port with what it saved."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.port, self._folder = free_port(), folder
        options = (f"listener {self.port} {HOST}", "user root", f"persistence_location {folder}/", *_MOSQUITTO)
        (folder / "mosquitto.conf").write_text("\n".join(options) + "\n")
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Run it."""
        with (self._folder / "server.log").open("ab") as output:
            command = leash.command(require("mosquitto"), "-c", str(self._folder / "mosquitto.conf"))
            self.process = subprocess.Popen(command, stdout=output, stderr=output)
        awaited(lambda: accepts_mqtt(self.port), _START_S, "Mosquitto")

    def end(self, number: signal.Signals) -> None:
        """End it by a signal."""
        if self.process is not None:
            self.process.send_signal(number)
            self.process.wait()
            self.process = None


class Town:
    """The city under test, its people, and a record of what was done to it."""

    def __init__(self, folder: Path, program: Program, mosquitto: Mosquitto | None, store: Store | None) -> None:
        self.folder, self.program, self.mosquitto, self.store = folder, program, mosquitto, store
        #: Held by whoever ends the whole program, until it is back.
        self.turn = threading.RLock()
        #: Folders of copies that were taken and not looked into yet.
        self.copies: list[Path] = []
        self.password = ""
        self.passwords: dict[str, str] = {}
        self._began_s = time.monotonic()
        self._people: dict[str, Person] = {}

    def say(self, *words: object) -> None:
        """Tell what happens, with its time."""
        print(f"{time.monotonic() - self._began_s:7.1f} s", *words, flush=True)

    def settle(self) -> None:
        """Give the embedded broker a source, and the city people."""
        if self.mosquitto is None:
            self.password = self.program.command("source", "add", "field", "--topics", "city/#")
        self.passwords = {name: self.program.account(name, name) for name in _PEOPLE}

    def person(self, name: str) -> Person:
        """Return one of the people, signed in."""
        if name not in self._people:
            self._people[name] = Person(self.program.url, name, self.passwords[name])
        return self._people[name]

    def ask(self, name: str, path: str, **query: Any) -> Any:
        """Return what one of the people is told."""
        return self.person(name).get(path, **query)

    def pid(self, part: str) -> int:
        """Return the process of a part; 0 while there is none."""
        if part == "up":
            return self.program.process.pid if self.program.process is not None else 0
        if part == "mosquitto":
            process = self.mosquitto.process if self.mosquitto is not None else None
            return process.pid if process is not None else 0
        with suppress(OSError, LookupError, ValueError):
            return int(self.program.parts[part]["pid"])
        return 0

    def signal(self, part: str, number: signal.Signals) -> int:
        """Send a part a signal, if it runs, and return its process."""
        pid = self.pid(part)
        if pid:
            with suppress(ProcessLookupError):
                os.kill(pid, number)
        return pid

    def restart(self, pause_s: float, meanwhile: Callable[[], None] = lambda: None) -> None:
        """Kill `up`, with which all parts go, and start it again, and again while it ends, as an init system does."""
        with self.turn:
            self.program.kill()
            time.sleep(pause_s)
            meanwhile()
            starts = 1
            while not self._started():
                starts += 1
                self.say(f"up ended at its start; start {starts}")
                time.sleep(1)

    def _started(self) -> bool:
        """Start `up`, and return whether it lives; one that never gets ready is a failure."""
        try:
            self.program.start()
        except pytest.fail.Exception as error:
            if "ended with" not in str(error):
                raise
            return False
        return True

    def end(self) -> None:
        """End the program as Ctrl-C does."""
        if self.program.process is not None:
            self.program.stop()


def started(act: Callable[[], None]) -> None:
    """Start something that lives on when this thread has ended."""
    _STARTER.submit(act).result()


@contextmanager
def standing(broker: str, store: str, folder: Path) -> Iterator[Town]:
    """Run a city on one kind of broker and of store."""
    with ExitStack() as stack:
        stack.enter_context(small_disk(folder / "data", _DISK_BYTES))
        (folder / "data").chmod(0o700)
        settings, mosquitto, influx = _SETTINGS, None, None
        if store == "influxdb":
            influx = Store(folder / "influxdb")
            started(influx.start)
            stack.callback(influx.kill)
            make_buckets(influx)
            settings += f'[history]\nurl = "{influx.url}"\n'
        if broker == "mosquitto":
            mosquitto = Mosquitto(folder / "broker")
            started(mosquitto.start)
            stack.callback(mosquitto.end, signal.SIGKILL)
            settings += f'[mqtt]\nurl = "mqtt://{HOST}:{mosquitto.port}"\nbackoff_cap_s = 2\n'
        port = mosquitto.port if mosquitto is not None else free_port()
        town = Town(folder, Program(folder, _write_city(folder / "city"), settings, mqtt_port=port), mosquitto, influx)
        town.program.start()
        stack.callback(town.end)
        town.settle()
        yield town
