"""Ingest alone in a process of its own, so that a test may kill it; ten times a second it says how far it is.

It is forked from a server that has imported what takes a second to import.
"""

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from prometheus_client import REGISTRY

from city.catalogue import default_catalogue
from city.clock import SystemClock
from city.entry import Arrivals
from city.errors import StoreUnavailable
from city.history import HistoryStore
from ingest.config import IngestSettings, MqttSettings
from ingest.derived.book import DerivedBook
from ingest.derived.stage import Derive
from ingest.derived.surroundings import Surroundings
from ingest.identity import Identity
from ingest.journal import Journal
from ingest.normalise import Normaliser
from ingest.routes import Routes
from ingest.service import IngestService, Parts
from storage.duckdb import DuckdbHistory
from tests.support.forks import FORKS, become, forked
from tests.support.ingesting import MemoryHistory, NativeNormaliser, RecordingJudge

_PATIENCE_S = 30.0

#: What is said of how messages fared.
_COUNTS = {"duplicated": "ingest_messages_duplicated_total"}


class JumpingClock(SystemClock):
    """A clock that is as many seconds wrong as a file says."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def now_ns(self) -> int:
        return super().now_ns() + (int(self._file.read_text()) * 10**9 if self._file.exists() else 0)


class WillfulHistory(DuckdbHistory):
    """A store that does as the word in a file beside it says: `refuse`, or `slow`."""

    def append(self, arrivals: Sequence[tuple[int, Arrivals]], position: int) -> None:
        mood = self.mood.read_text() if self.mood.exists() else ""
        if mood == "refuse":
            raise StoreUnavailable("history", "told so by the test")
        if mood == "slow":
            time.sleep(0.2)
        super().append(arrivals, position)

    mood: Path


@dataclass(frozen=True)
class Orders:
    """What the process is to do; with `real` it understands and keeps readings as the program does.

    With `derived`, the text of a `derived.toml`, it computes quantities too.
    """

    folder: Path
    settings: dict[str, Any]
    real: bool = False
    derived: str = ""


def _parts(orders: Orders) -> tuple[Parts, RecordingJudge]:
    identity, judge = Identity(orders.folder / "identity.sqlite"), RecordingJudge()
    clock = JumpingClock(mood(orders.folder, "clock"))
    history: HistoryStore = MemoryHistory()
    normaliser: Any = NativeNormaliser(identity)
    if orders.real:
        history = WillfulHistory(orders.folder / "history" / "readings.duckdb", identity)
        history.mood = mood(orders.folder, "store")
        settings = IngestSettings.model_validate(orders.settings).normalise
        normaliser = Normaliser(Routes.parse(""), default_catalogue(), identity, settings)
    derive = None
    if orders.derived:
        around = Surroundings(default_catalogue(), ZoneInfo("UTC"), identity.quantity_number)
        derive = Derive(DerivedBook.parse(orders.derived), around, identity.quantity)
    return Parts(identity, normaliser, judge, history, clock, derive=derive), judge


def mood(folder: Path, what: str) -> Path:
    """Return the file that says how the clock or the store of an ingest is to behave."""
    return folder / f"mood-{what}"


async def _report(service: IngestService, judge: RecordingJudge, said: Connection) -> None:
    while True:
        counts = {name: REGISTRY.get_sample_value(metric) for name, metric in _COUNTS.items()}
        news = {
            **counts,
            "readings": judge.readings(),
            "connected": service.brokers.connected,
            "error": service.pipeline.error or service.brokers.main.error,
            "journal": service.journal.position,
            "history": service.history.position,
            "quarantined": sum(one.waiting for one in service.quarantine.counts()),
            "troubles": [one.kind for one in service.troubles()],
        }
        said.send(news)
        await asyncio.sleep(0.1)


async def _run(orders: Orders, said: Connection) -> None:
    parts, judge = _parts(orders)
    service = IngestService(orders.folder, IngestSettings.model_validate(orders.settings), parts, filters=["city/#"])
    async with asyncio.TaskGroup() as group:
        group.create_task(service.run(), name="service")
        group.create_task(_report(service, judge, said), name="report")


@dataclass
class IngestProcess:
    """A running ingest and what it last said."""

    process: ForkServerProcess
    says: Connection
    seen: dict[str, Any] = field(
        default_factory=lambda: {"readings": 0, "duplicated": 0, "connected": False, "error": ""}
    )

    def until(self, true: Callable[[dict[str, Any]], bool]) -> None:
        """Return when what it says satisfies `true`; it must not die before."""
        deadline = time.monotonic() + _PATIENCE_S
        while not true(self.seen):
            assert time.monotonic() < deadline, f"it came to {self.seen}"
            assert self._listen(), f"it died: {self._exit()}"

    def until_kept(self, readings: int) -> None:
        """Return when so many readings were judged and the history holds all that the journal held by then."""
        self.until(lambda seen: seen["readings"] >= readings)
        position = self.seen["journal"]
        self.until(lambda seen: seen["history"] >= position)

    def wait(self) -> int:
        """Return its exit code when it has died."""
        while self._listen():
            continue
        code = self._exit()
        assert code is not None
        return code

    def _exit(self) -> int | None:
        self.process.join(_PATIENCE_S)
        return self.process.exitcode

    def kill(self) -> None:
        """End it at once."""
        self.process.kill()
        self.process.join()

    def _listen(self) -> bool:
        assert self.says.poll(_PATIENCE_S), "it said nothing"
        try:
            self.seen = self.says.recv()
        except (EOFError, ConnectionError):
            return False
        return True


@contextmanager
def running_ingest(
    folder: Path, mqtt: MqttSettings, *, failpoint: str = "", real: bool = False, derived: str = "", **sections: Any
) -> Iterator[IngestProcess]:
    """Run ingest on `folder`, to die at `failpoint`; killed when the block ends."""
    link = mqtt.model_dump(mode="json")
    if mqtt.password is not None:
        link["password"] = mqtt.password.get_secret_value()
    settings = {"mqtt": link, "failpoints": [failpoint] if failpoint else [], **sections}
    folder.mkdir(exist_ok=True)
    says, said = FORKS.Pipe(duplex=False)
    process = forked(_work, Orders(folder, settings, real, derived), said)
    said.close()
    try:
        yield IngestProcess(process, says)
    finally:
        process.kill()
        process.join()
        process.close()
        says.close()


def _work(orders: Orders, said: Connection) -> None:
    become(orders.folder / "ingest.log")
    asyncio.run(_run(orders, said))


@dataclass(frozen=True, order=True)
class Kept:
    """One reading as it lies in the journal."""

    sensor: str
    quantity: str
    time_ns: int
    value: float


def journaled(folder: Path) -> list[Kept]:
    """Return every reading that the journal of an ingest that is gone holds, in order."""
    identity = Identity(folder / "identity.sqlite")
    journal = Journal(folder / "journal", IngestSettings().journal, readers={})
    reader, after, kept = journal.reader((Arrivals,)), 0, list[Kept]()
    while after < journal.position:
        page = reader.read(after, 100)
        for record in page.records:
            assert isinstance(record.content, Arrivals)
            rows = record.content.readings
            columns = (rows.sensor.tolist(), rows.quantity.tolist(), rows.time_ns.tolist(), rows.value.tolist())
            kept += [
                Kept(identity.sensor(sensor), identity.quantity(quantity), time_ns, value)
                for sensor, quantity, time_ns, value in zip(*columns, strict=True)
            ]
        after = page.upto
    reader.close()
    journal.close()
    identity.close()
    return kept


def journaled_values(folder: Path) -> list[float]:
    """Return every value that the journal of an ingest that is gone holds, in order."""
    return [one.value for one in journaled(folder)]
