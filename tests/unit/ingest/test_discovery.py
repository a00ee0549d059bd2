import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from city.entry import Context, ContextChange, Journaled, NumberedSensor
from city.errors import StoreUnavailable
from city.feed import Discovered, Heard
from city.level import Domain
from city.sensor import Sensor
from ingest.discovery import Discovery, strangers_in
from ingest.message import Sighting


def sighting(number: int, sensor: str, sample: str = "{}", *quantities: str) -> Sighting:
    return Sighting(number, sensor, f"city/environment/{sensor}/reading", quantities, sample)


def opened(folder: Path) -> Discovery:
    return Discovery(folder / "discovery.sqlite")


def test_stranger_is_listed_with_what_it_said(tmp_path):
    with closing(opened(tmp_path)) as discovery:
        discovery.note([sighting(1, "air-9", "first", "pm25")], 100)
        discovery.note([sighting(1, "air-9", "second", "pm10", "pm25")], 200)

        (found,) = discovery.listed("", 10)

    topic = "city/environment/air-9/reading"
    proposed = Sensor("air-9", "air-9", Domain.ENVIRONMENT, "air_station", quantities=("pm25", "pm10"))
    heard = (Heard(200, topic, "second"), Heard(100, topic, "first"))
    assert found == Discovered("air-9", 100, 200, 2, topic, ("pm25", "pm10"), "second", heard, proposed)


def test_list_goes_on_after_a_sensor_in_order_of_id(tmp_path):
    with closing(opened(tmp_path)) as discovery:
        discovery.note([sighting(number, sensor) for number, sensor in enumerate(["c", "a", "d", "b"], 1)], 1)

        assert [one.sensor for one in discovery.listed("a", 2)] == ["b", "c"]


def test_one_stranger_is_found_by_its_number(tmp_path):
    with closing(opened(tmp_path)) as discovery:
        discovery.note([sighting(7, "air-9")], 1)

        found = discovery.find(7)
        assert found is not None
        assert found.sensor == "air-9"
        assert discovery.find(8) is None


def test_strangers_of_an_earlier_version_are_still_there(tmp_path):
    with closing(sqlite3.connect(tmp_path / "discovery.sqlite")) as old, old:
        old.execute(
            "CREATE TABLE discovered (number INTEGER PRIMARY KEY, sensor TEXT NOT NULL UNIQUE, first_ns, last_ns,"
            " messages, topic TEXT, quantities TEXT, sample TEXT)"
        )
        old.execute("INSERT INTO discovered VALUES (3, 'air-9', 1, 2, 40, 't', 'pm25\npm10', 's')")

    for _ in range(2):
        with closing(opened(tmp_path)) as discovery:
            (found,) = discovery.listed("", 10)

        assert (found.sensor, found.messages, found.quantities) == ("air-9", 40, ("pm25", "pm10"))
        assert (found.first_ns, found.topic, found.sample) == (1, "t", "s")


def test_new_stranger_survives_a_crash_once_flushed(tmp_path):
    crashed = opened(tmp_path)
    crashed.note([sighting(1, "air-9", "first")], 100)
    crashed.flush()
    crashed.note([sighting(1, "air-9", "second")], 200)
    crashed.flush()

    with closing(opened(tmp_path)) as discovery:
        assert [(one.messages, one.sample) for one in discovery.listed("", 10)] == [(1, "first")]
    crashed.close()


def test_save_keeps_what_strangers_said_since(tmp_path):
    with closing(opened(tmp_path)) as discovery:
        discovery.note([sighting(1, "air-9", "first", "pm25", "no2")], 100)
        discovery.flush()
        discovery.note([sighting(1, "air-9", "second")], 200)
        discovery.save()
        told = discovery.listed("", 10)

    with closing(opened(tmp_path)) as again:
        assert again.listed("", 10) == told


def test_sensor_that_a_context_registers_is_forgotten_for_good(tmp_path):
    sensor = NumberedSensor(1, Sensor("air-9", "空气", Domain.ENVIRONMENT, "air"))
    context = Context(1, "v1", (), (sensor,), {})
    with closing(opened(tmp_path)) as discovery:
        discovery.note([sighting(1, "air-9"), sighting(2, "air-10")], 100)
        discovery.flush()
        discovery.apply(Journaled(5, context))
        left = [one.sensor for one in discovery.listed("", 10)]

    with closing(opened(tmp_path)) as again:
        assert [one.sensor for one in again.listed("", 10)] == left == ["air-10"]


def test_what_a_stranger_can_make_us_keep_is_bounded(tmp_path):
    with closing(opened(tmp_path)) as discovery:
        discovery.note([sighting(1, "air-9", "x" * 10_000, *(f"q{number}" for number in range(1000)))], 1)
        (one,) = discovery.listed("", 10)

    assert (len(one.sample), len(one.quantities)) == (1000, 50)


def test_damaged_file_is_set_aside_for_a_fresh_one(tmp_path):
    (tmp_path / "discovery.sqlite").write_bytes(b"no database" * 999)

    with closing(opened(tmp_path)) as discovery:
        discovery.note([sighting(1, "air-9")], 100)
        discovery.flush()

    assert (tmp_path / "discovery.damaged-1").exists()
    with closing(opened(tmp_path)) as again:
        assert [one.sensor for one in again.listed("", 10)] == ["air-9"]


@pytest.mark.parametrize("body", ["x'00'", "7"])
def test_damaged_stranger_is_let_go_and_counted_and_the_others_stay(tmp_path, body):
    with closing(opened(tmp_path)) as discovery:
        discovery.note([sighting(number, f"air-{number}") for number in (1, 2, 3)], 100)
        discovery.flush()
    path = tmp_path / "discovery.sqlite"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(f"UPDATE stranger SET body = {body} WHERE number = 2")
    before = let_go()

    with closing(opened(tmp_path)) as again:
        assert [one.sensor for one in again.listed("", 10)] == ["air-1", "air-3"]
    assert let_go() == before + 1
    assert strangers_in(path) == [(1, "air-1"), (3, "air-3")]


def let_go() -> float:
    return REGISTRY.get_sample_value("ingest_side_rows_damaged_total", {"file": "discovery"}) or 0.0


def test_nobody_is_recalled_of_a_file_that_is_none(tmp_path):
    (tmp_path / "discovery.sqlite").write_bytes(b"no database" * 999)

    assert strangers_in(tmp_path / "discovery.sqlite") == []


@pytest.mark.parametrize("step", ["save", "forget"])
def test_stranger_that_cannot_be_written_now_is_written_later(tmp_path, step):
    path = tmp_path / "discovery.sqlite"
    with closing(opened(tmp_path)) as discovery, closing(sqlite3.connect(path)) as other:
        discovery._file.writer.execute("PRAGMA busy_timeout = 0")
        discovery.note([sighting(1, "air-9")], 100)
        if step == "forget":
            discovery.flush()
        write = discovery.flush if step == "save" else partial(discovery.forget, [1])
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailable, match="locked"):
            write()
        other.rollback()
        write()

    with closing(opened(tmp_path)) as again:
        assert [one.sensor for one in again.listed("", 10)] == (["air-9"] if step == "save" else [])


def test_file_that_turns_out_damaged_is_begun_anew_with_everybody(tmp_path, monkeypatch):
    with closing(opened(tmp_path)) as discovery:
        discovery.note([sighting(1, "air-9")], 100)
        discovery.flush()
        discovery.note([sighting(2, "air-10")], 200)
        with monkeypatch.context() as broken:
            broken.setattr("ingest.discovery._SAVE", "INSERT INTO nowhere VALUES (?, ?)")
            with pytest.raises(StoreUnavailable, match="no such table"):
                discovery.flush()
        error = sqlite3.DatabaseError("malformed")
        error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
        discovery._renew(error)
        discovery.flush()

    with closing(opened(tmp_path)) as again:
        assert [one.sensor for one in again.listed("", 10)] == ["air-10", "air-9"]


def test_sensor_that_a_change_of_the_registry_names_is_forgotten(tmp_path):
    sensor = NumberedSensor(1, Sensor("air-9", "空气", Domain.ENVIRONMENT, "air"))
    with closing(opened(tmp_path)) as discovery:
        discovery.note([sighting(1, "air-9"), sighting(2, "air-10")], 100)
        discovery.apply(Journaled(5, ContextChange("v1", Context(1, "v2", (), (sensor,), {}))))

        assert [one.sensor for one in discovery.listed("", 10)] == ["air-10"]
