"""A copy taken under load, restored into an empty folder: what was there is there, once, and work goes on."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from liandong.copies.manifest import copies_in, read_manifest
from tests.support.program import Person, Program, eventually, running_program, until
from tests.support.publisher import Publisher, publisher
from tests.support.small_city import CROWD, write_small_city

pytestmark = pytest.mark.timeout(120)

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


def test_copy_taken_under_load_comes_back_whole_and_works_on(tmp_path: Path) -> None:
    city, copies = write_small_city(tmp_path / "city"), tmp_path / "copies"
    (tmp_path / "first").mkdir()
    (tmp_path / "second").mkdir()
    (tmp_path / "second" / "liandong.toml").touch()
    with running_program(Program(tmp_path / "first", city)) as program:
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
        first = until(lambda: alarmed(acceptor), lambda found: len(found) >= 4, what="incidents")
    (copy,) = copies_in(copies)
    assert "good" in program.command("backup", "verify", str(copies))

    again = Program(tmp_path / "second", tmp_path / "second" / "data" / "city")
    again.command("restore", str(copies))
    with running_program(again):
        monitor, acceptor = (Person(again.url, name, word) for name, word in people.items())
        found = kept(monitor, load)
        whole = load.sent[: len(found)]
        assert before <= len(found) < len(load.sent)
        assert found == Counter((sensor, at) for sensor, at, _ in whole)
        expected = Counter(sensor for sensor, _, value in whole if value == HIGH_CM)
        until(lambda: alarmed(acceptor), lambda raised: raised == expected, what=f"incidents {expected}")
        assert expected <= first
        assert "whole" in again.command("audit", "verify")
        again.command(
            "export", "--out", str(tmp_path / "out.csv"), "--from", "2026-01-01T00:00:00Z", "--sensor", CROWD[0]
        )
        lines = (tmp_path / "out.csv").read_text("utf-8").splitlines()
        assert len(lines) == 1 + sum(sensor == CROWD[0] for sensor, _, _ in whole)
        with publisher(again.mqtt_port, username="field", password=password) as source:
            source.reading("up-01", datetime.now(UTC).isoformat(), water_level=HIGH_CM)
            until(lambda: acceptor.incidents(limit=200), lambda rows: "up-01" in {row["sensor"] for row in rows})
        assert alarmed(acceptor) == expected
    assert read_manifest(copy).history == "duckdb"
