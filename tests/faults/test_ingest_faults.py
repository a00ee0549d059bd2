"""Ingest on one broker, whatever goes wrong around it: what was acknowledged is kept, once, and new messages flow."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from city.clock import to_ns
from city.history import Resolution, SeriesQuery
from city.quality import Quality
from ingest.identity import Identity
from ingest.mqtt.packet import Credentials
from ingest.mqtt.session_file import SessionFile
from storage.duckdb import DuckdbHistory
from tests.support.brokers import KINDS, City, running
from tests.support.ingest_process import IngestProcess, mood, running_ingest
from tests.support.mqtt import client
from tests.support.oracle import Oracle
from tests.support.reconnecting import reconnect, take_over

pytestmark = pytest.mark.timeout(90)

#: Messages before and after a fault.
COUNT = 200


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    with running("mosquitto", tmp_path_factory.mktemp("broker")) as city:
        yield city


@pytest.fixture
def city(broker: City, tmp_path: Path) -> Iterator[City]:
    """Lend the module's broker, and have it forget the test's session."""
    yield broker
    session = tmp_path / "ingest" / "session.json"
    if session.exists():
        with client(broker.server.port, Credentials(), client_id=SessionFile(session).read().client_id, clean=True):
            pass


@contextmanager
def connected(city: City, folder: Path, **settings: object) -> Iterator[IngestProcess]:
    with running_ingest(folder, city.settings, **settings) as ingest:  # type: ignore[arg-type]
        ingest.until(lambda seen: bool(seen["connected"]))
        yield ingest


def forget(broker: Path) -> None:
    """Remove what a broker keeps."""
    for path in [*broker.rglob("mosquitto.db")]:
        path.unlink()
    for path in [*broker.rglob("jetstream")]:
        shutil.rmtree(path)


@pytest.mark.parametrize("kind", KINDS)
def test_broker_that_lost_its_data_is_subscribed_to_again(kind: str, tmp_path: Path) -> None:
    folder, oracle = tmp_path / "ingest", Oracle()
    with running(kind, tmp_path / "broker") as before:
        fast = before.settings.model_copy(update={"backoff_cap_s": 0.5})
        with running_ingest(folder, fast) as ingest:
            ingest.until(lambda seen: bool(seen["connected"]))
            oracle.publish(before, COUNT)
            ingest.until(lambda seen: seen["readings"] >= COUNT)
            before.server.kill()
            forget(tmp_path / "broker")
            ingest.until(lambda seen: not seen["connected"])
            with KINDS[kind](tmp_path / "broker", before.server.port) as after:
                ingest.until(lambda seen: bool(seen["connected"]))
                oracle.publish(after, COUNT)
                oracle.flows(after, ingest)
    oracle.judge(folder)


def flipped(segment: Path) -> None:
    """Change some bits in each page behind the first, which holds the schema."""
    content = bytearray(segment.read_bytes())
    for place in range(2 * 4096 - 500, len(content), 512):
        content[place] ^= 0x10
    segment.write_bytes(content)


def cut(segment: Path) -> None:
    segment.write_bytes(segment.read_bytes()[: segment.stat().st_size // 2])


def emptied(segment: Path) -> None:
    segment.write_bytes(b"")


@pytest.mark.parametrize("damage", [flipped, cut, emptied])
def test_damaged_journal_is_set_aside_and_work_goes_on(
    city: City, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    folder, oracle = tmp_path / "ingest", Oracle()
    with connected(city, folder, batch={"max_messages": 10}) as ingest:
        oracle.publish(city, COUNT)
        ingest.until(lambda seen: seen["readings"] >= COUNT)
        ingest.kill()
    (segment,) = (folder / "journal").glob("*.sqlite")
    with closing(sqlite3.connect(segment)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    damage(segment)

    with connected(city, folder) as ingest:
        kept = ingest.seen["readings"]
        oracle.publish(city, COUNT)
        ingest.until(lambda seen: seen["readings"] >= kept + COUNT)

    assert list((folder / "journal" / "damaged").iterdir()), "what was damaged has a name"
    oracle.judge(folder, lost=COUNT)
    with pytest.raises(AssertionError, match="lost"):
        oracle.judge(folder)


@pytest.mark.parametrize("jump_s", [86_400, -86_400], ids=["a day ahead", "a day back"])
def test_clock_that_jumps_loses_nothing(city: City, tmp_path: Path, jump_s: int) -> None:
    folder, oracle = tmp_path / "ingest", Oracle()
    with connected(city, folder) as ingest:
        oracle.publish(city, COUNT)
        mood(folder, "clock").write_text(str(jump_s))
        oracle.publish(city, COUNT)
        oracle.flows(city, ingest)
        mood(folder, "clock").unlink()
        oracle.flows(city, ingest)

    with connected(city, folder) as ingest:
        oracle.flows(city, ingest)
    oracle.judge(folder)


@pytest.mark.parametrize("how", ["slow", "refuse"])
def test_store_that_is_slow_or_refuses_holds_nothing_up(city: City, tmp_path: Path, how: str) -> None:
    folder, oracle = tmp_path / "ingest", Oracle()
    folder.mkdir()
    mood(folder, "store").write_text(how)
    drain = {"rows": 20, "pause_s": 0, "backoff_cap_s": 0.3}
    with connected(city, folder, real=True, drain=drain) as ingest:
        oracle.publish(city, COUNT)
        ingest.until(lambda seen: seen["readings"] >= COUNT)
        behind = ingest.seen["journal"] - ingest.seen["history"]
        if how == "refuse":
            ingest.until(lambda seen: seen["troubles"] == ["history_away"])
        mood(folder, "store").unlink()
        oracle.publish(city, 1)
        ingest.until_kept(COUNT + 1)

    assert behind > 0
    assert len(stored(folder)) == COUNT + 1


def test_store_that_was_killed_with_ingest_goes_on_from_its_position(city: City, tmp_path: Path) -> None:
    folder, oracle = tmp_path / "ingest", Oracle()
    drain = {"rows": 20, "pause_s": 0}
    for _ in range(3):
        with connected(city, folder, real=True, drain=drain) as ingest:
            oracle.publish(city, COUNT)
            ingest.until(lambda seen: seen["readings"] >= len(oracle.owed) - COUNT // 2)
            ingest.kill()
    with connected(city, folder, real=True, drain=drain) as ingest:
        ingest.until_kept(3 * COUNT)

    assert len(stored(folder)) == 3 * COUNT


def stored(folder: Path) -> dict[tuple[str, int], tuple[float, int]]:
    """Return what the history store of an ingest that is gone holds: value and quality by sensor and time."""
    with closing(Identity(folder / "identity.sqlite")) as names:
        history = DuckdbHistory(folder / "history" / "readings.duckdb", names)
        found: dict[tuple[str, int], tuple[float, int]] = {}
        for number in range(7):
            series = history.readings(SeriesQuery(f"air-{number}", "pm25", 0, 2**62, Resolution.RAW, 10_000))
            columns = zip(series.time_ns, series.value, series.quality, strict=True)
            found |= {(series.sensor, time_ns): (value, quality) for time_ns, value, quality in columns}
        history.close()
    return found


def test_readings_that_come_twice_late_early_or_mixed_up_are_there_once(city: City, tmp_path: Path) -> None:
    folder, began = tmp_path / "ingest", datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
    second = [began + timedelta(seconds=number) for number in range(6)]
    ahead = datetime.now(UTC) + timedelta(days=1)
    told = [
        *((at, 1.0) for at in (second[2], second[0], second[4], second[1])),  # mixed up, so late ones among them
        (second[2], 1.0),  # twice
        (second[0], 7.0),  # the same time with another value: the last one counts
        (second[5], 1.0),
        (ahead, 9.0),  # not believed: kept at its arrival
        (second[3], 1.0),
    ]
    with connected(city, folder, real=True) as ingest, city.source() as source:
        for at, value in told:
            body = f'{{"time":"{at.isoformat()}","values":{{"pm25":{value}}}}}'
            source.publish("city/environment/air-0/reading", body.encode())
        ingest.until_kept(len(told))

    kept = {time_ns: reading for (_, time_ns), reading in stored(folder).items()}
    early = [quality for value, quality in kept.values() if value == 9.0]
    assert {to_ns(at): value for at, value in told if at != ahead}.items() <= {
        time_ns: value for time_ns, (value, _) in kept.items()
    }.items()
    assert len(kept) == len(second) + 1
    assert early == [Quality.CLOCK]
    assert kept[to_ns(second[1])][1] & Quality.LATE
    assert not any(time_ns > to_ns(datetime.now(UTC)) for time_ns in kept)


#: One message in a hundred that no decoder understands, each in another way.
POISON = (
    b"not json",
    b"\xff\xfe\x00",
    b"[" * 5000,
    b'{"values":{"pm25":1e400}}',
    b'{"values":{"pm25":"' + b"9" * 100_000 + b'"}}',
    b'{"values":null}',
    b"",
    b'{"values":{"pm25":NaN}}',
)


def test_poison_among_the_load_is_set_aside_and_holds_nothing_up(city: City, tmp_path: Path) -> None:
    folder, oracle = tmp_path / "ingest", Oracle()
    with connected(city, folder) as ingest:
        oracle.publish(city, 100 * len(POISON), poison=POISON)
        oracle.flows(city, ingest)
        ingest.until(lambda seen: seen["quarantined"] == len(POISON))
    oracle.judge(folder)


def test_sources_that_reconnect_for_each_message_lose_none(city: City, tmp_path: Path) -> None:
    folder, oracle = tmp_path / "ingest", Oracle()
    with connected(city, folder) as ingest:
        reconnect(city, oracle, 10_000)
        oracle.flows(city, ingest)
    oracle.judge(folder)


def test_session_that_is_taken_over_again_and_again_loses_nothing(city: City, tmp_path: Path) -> None:
    folder, oracle = tmp_path / "ingest", Oracle()
    fast = {"backoff_first_s": 0.02, "backoff_cap_s": 0.05}
    patient = City(city.server, city.settings.model_copy(update=fast), city.field)
    with connected(patient, folder) as ingest:
        mine = SessionFile(folder / "session.json").read().client_id
        for _ in range(20):
            oracle.publish(city, 10)
            take_over(city.server.port, mine)
        oracle.flows(patient, ingest)
    oracle.judge(folder)
