"""A whole Liandong for the ingest benchmark: a real broker, `liandong up` in a folder of its own, and what they use."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks.big_city import UNCAPPED, write_big_city
from benchmarks.offer import is_let_in
from ingest.mqtt.packet import Credentials
from tests.support.program import START_S, Program, eventually, running_program
from tests.support.servers import mosquitto

#: Mosquitto as `deploy/mosquitto.conf` recommends it, with every message in flight that we can take.
_MOSQUITTO = ("allow_anonymous true", "max_inflight_messages 0", "max_queued_messages 0")

BROKERS = ("mosquitto", "embedded")


@dataclass(frozen=True, slots=True)
class Installed:
    """A running city, how to publish to it, and the processes by whose they are."""

    program: Program
    credentials: Credentials
    broker: psutil.Process

    @property
    def socket(self) -> Path:
        """Return ingest's own socket."""
        return self.program.data / "run" / "ingest.sock"

    @property
    def history(self) -> Path:
        """Return the history's file, which can be opened once the program has ended."""
        return self.program.data / "history" / "readings.duckdb"

    @property
    def own(self) -> dict[str, psutil.Process]:
        """Return Liandong's own processes."""
        parts = {name: psutil.Process(part["pid"]) for name, part in self.program.parts.items() if name != "broker"}
        assert self.program.process is not None
        return {**parts, "up": psutil.Process(self.program.process.pid)}

    def spent_s(self) -> dict[str, float]:
        """Return the processor time, user and system, that each process has used so far."""
        return {name: sum(process.cpu_times()[:2]) for name, process in {**self.own, "broker": self.broker}.items()}

    def rss_mb(self) -> float:
        """Return the memory that Liandong's own processes hold."""
        return sum(int(process.memory_info().rss) for process in self.own.values()) / 1e6


def used_s(before: Mapping[str, float], after: Mapping[str, float]) -> dict[str, float]:
    """Return what each process used in between."""
    return {name: after[name] - before[name] for name in before}


@contextmanager
def installed(
    broker: str, folder: Path, sensors: int, settings: str = "", *, prepare: Callable[[Path], None] = lambda _: None
) -> Iterator[Installed]:
    """Run a city of `sensors` with twenty rules over each on one kind of broker; `settings` are more of its TOML.

    `prepare` may change the city's folder first.
    """
    city = write_big_city(folder / "city", sensors=sensors)
    prepare(city)
    with running_city(broker, folder, city, settings) as running:
        yield running


@contextmanager
def running_city(
    broker: str, folder: Path, city: Path, settings: str = "", *, start_s: float = START_S, root: Path | None = None
) -> Iterator[Installed]:
    """Run the city of a folder on one kind of broker, its data beside it; a start may take `start_s`.

    With a `root`, which holds the packages, it is a new program, and holds no memory that this one has.
    """
    with ExitStack() as stack:
        if broker == "mosquitto":
            (folder / "broker").mkdir(exist_ok=True)
            server = stack.enter_context(mosquitto(folder / "broker", options=_MOSQUITTO))
            own = f'{UNCAPPED}[mqtt]\nurl = "mqtt://127.0.0.1:{server.port}"\ninflight_window = 65535\n{settings}'
            program = Program(folder, city, own, mqtt_port=server.port, start_s=start_s, root=root)
            stack.enter_context(running_program(program))
            yield Installed(program, Credentials(), psutil.Process(server.process.pid))
            return
        program = stack.enter_context(
            running_program(Program(folder, city, UNCAPPED + settings, start_s=start_s, root=root))
        )
        password = program.command("source", "add", "bench", "--topics", "city/#")
        credentials = Credentials("bench", password)
        eventually(lambda: is_let_in(program.mqtt_port, credentials), what="the new source")
        yield Installed(program, credentials, psutil.Process(program.parts["broker"]["pid"]))
