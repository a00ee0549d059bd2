"""A copy taken under load, restored into an empty folder: what was there is there, once, and work goes on."""

import socket
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from liandong.copies.manifest import copies_in
from liandong.copies.restoring import try_out
from linkage.audit.anchors import read_anchors
from linkage.audit.chain import Fault
from linkage.event_log import verify
from storage.sql import Database
from tests.support.program import Person, Program, eventually, running_program, until
from tests.support.publisher import Publisher, publisher
from tests.support.servers import HOST
from tests.support.small_city import CROWD, write_small_city

pytestmark = pytest.mark.timeout(300)

STEP = timedelta(milliseconds=200)
LOW_CM, HIGH_CM = 1.0, 20.0
#: Turns in which one sensor after the other is high once: some before the copy, some while it is taken, some after.
TURNS_PER_ALARM = 12


class Load(threading.Thread):
    """Publishes reading after reading until told to stop, in one order."""

    def __init__(self, source: Publisher, began: datetime) -> None:
        super().__init__()
        self._source, self._began = source, began
        self.ended = threading.Event()
        self.sent: list[tuple[str, int, float]] = []

    def run(self) -> None:
        while not self.ended.wait(0.004):
            index = len(self.sent)
            sensor, turn = CROWD[index % len(CROWD)], index // len(CROWD)
            high = turn == TURNS_PER_ALARM * (1 + index % len(CROWD))
            at, value = self._began + index * STEP, HIGH_CM if high else LOW_CM
            self._source.reading(sensor, at.isoformat(), water_level=value)
            self.sent.append((sensor, round(at.timestamp() * 1000), value))


@contextmanager
def loaded(source: Publisher, began: datetime) -> Iterator[Load]:
    load = Load(source, began)
    load.start()
    try:
        yield load
    finally:
        load.ended.set()
        load.join()


def kept(person: Person, load: Load) -> Counter[tuple[str, int]]:
    span = {"from": "2026-01-01T00:00:00Z", "to": "2100-01-01T00:00:00Z"}
    query = {"quantity": "water_level", "resolution": "raw", "limit": 10_000, **span}
    wanted = {(sensor, time_ms) for sensor, time_ms, _ in load.sent}
    found = ((one, at) for one in CROWD for at in person.get(f"/sensors/{one}/readings", **query)["time_ms"])
    return Counter(reading for reading in found if reading in wanted)


def alarmed(person: Person) -> Counter[str]:
    return Counter(str(row["sensor"]) for row in person.incidents(limit=200) if row["sensor"] in CROWD)


def log_faults(program: Program) -> list[Fault]:
    database = Database(f"sqlite:///{program.data}/city.sqlite")
    try:
        return verify(database, read_anchors(program.data / "anchors.log"))
    finally:
        database.close()


@dataclass(frozen=True)
class Original:
    """What was sent to the first program, what the broker had acknowledged before the copy, and who may sign in."""

    load: Load
    before: int
    people: dict[str, str]
    password: str


def copied_under_load(folder: Path, copies: Path) -> Original:
    """Run a city under load, copy it in the middle, and let it see everything through."""
    city = write_small_city(folder / "city")
    with running_program(Program(folder, city)) as program:
        people = {role: program.account(role, role) for role in ("monitor", "acceptor")}
        acceptor = Person(program.url, "acceptor", people["acceptor"])
        password = program.command("source", "add", "field", "--topics", "city/#")
        began = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
        with (
            publisher(program.mqtt_port, username="field", password=password) as source,
            loaded(source, began) as load,
        ):
            eventually(lambda: len(alarmed(acceptor)) >= 2, what="two incidents")
            before = len(source.acknowledged)
            program.command("backup", "--to", str(copies), "--city", str(city))
            count = len(load.sent)
            eventually(lambda: len(load.sent) > count + 200, what="more messages after the copy")
        raised = highs(load.sent)
        until(lambda: alarmed(acceptor), lambda found: found == raised, what=f"incidents {raised}")
    return Original(load, before, people, password)


def highs(sent: list[tuple[str, int, float]]) -> Counter[str]:
    """Return the sensors that raised an alarm in what was sent."""
    return Counter(sensor for sensor, _, value in sent if value == HIGH_CM)


@contextmanager
def broker_elsewhere() -> Iterator[socket.socket]:
    """Listen where another broker of the city would be; nobody answers, but who dials is seen."""
    with socket.create_server((HOST, 0)) as listener:
        listener.settimeout(0)
        yield listener


def is_dialled(listener: socket.socket) -> bool:
    try:
        listener.accept()[0].close()
    except BlockingIOError:
        return False
    return True


def acting(folder: Path, elsewhere: socket.socket) -> str:
    """Return settings by which a program dials a second broker, takes copies by itself and gives signs of life."""
    return f'''
[mqtt.brokers.elsewhere]
url = "mqtt://{HOST}:{elsewhere.getsockname()[1]}"
required = false
[backup]
to = "{folder}/scheduled"
test_every_h = 0
[heartbeat]
file = "{folder}/alive"
every_s = 1
'''


def exported(program: Program, file: Path, sensor: str) -> list[str]:
    program.command("export", "--out", str(file), "--from", "2026-01-01T00:00:00Z", "--sensor", sensor)
    return file.read_text("utf-8").splitlines()[1:]


def comes_back(again: Program, original: Original, people: tuple[Person, Person], folder: Path) -> None:
    """Look at a restored copy: that it has what it should, tells what it is, and works on."""
    monitor, acceptor = people
    assert monitor.get("/restored")["waits"]
    assert "restored" in {trouble["kind"] for trouble in monitor.get("/status")["ingest"]["troubles"]}
    found = kept(monitor, original.load)
    whole = original.load.sent[: len(found)]
    assert original.before <= len(found) < len(original.load.sent)
    assert found == Counter((sensor, at) for sensor, at, _ in whole)
    until(lambda: alarmed(acceptor), lambda raised: raised == highs(whole), what=f"incidents {highs(whole)}")
    assert log_faults(again) == []
    assert len(exported(again, folder / "out.csv", CROWD[0])) == sum(one == CROWD[0] for one, _, _ in whole)
    with publisher(again.mqtt_port, username="field", password=original.password) as source:
        source.reading("up-01", datetime.now(UTC).isoformat(), water_level=HIGH_CM)
        until(lambda: acceptor.incidents(limit=200), lambda rows: "up-01" in {row["sensor"] for row in rows})
    assert alarmed(acceptor) == highs(whole)


def lives_as_the_city(again: Program, monitor: Person, elsewhere: socket.socket, folder: Path) -> None:
    """Call a restored copy the city, and look that it acts from then on, and not before."""
    assert not (folder / "alive").exists()
    assert not (folder / "scheduled").exists()
    assert not is_dialled(elsewhere)
    again.command("restored", "--live")
    eventually(lambda: is_dialled(elsewhere), what="a connection to the other broker")
    until(lambda: monitor.get("/status")["copies"], lambda copies: copies["taken_at"] is not None, within_s=60)
    assert len(copies_in(folder / "scheduled")) == 1
    eventually((folder / "alive").exists, what="a sign of life")


def test_copy_taken_under_load_comes_back_whole_and_works_on(tmp_path: Path) -> None:
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
    (tmp_path / "second" / "liandong.toml").touch()
    original = copied_under_load(tmp_path / "first", tmp_path / "copies")
    (copy,) = copies_in(tmp_path / "copies")
    assert try_out(copy, tmp_path)[1].faults == []

    with broker_elsewhere() as elsewhere:
        again = Program(tmp_path / "second", tmp_path / "second" / "data" / "city", acting(tmp_path, elsewhere))
        again.command("restore", str(tmp_path / "copies"))
        with running_program(again):
            monitor, acceptor = (Person(again.url, name, word) for name, word in original.people.items())
            comes_back(again, original, (monitor, acceptor), tmp_path)
            lives_as_the_city(again, monitor, elsewhere, tmp_path)
