import asyncio
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from city.clock import SystemClock
from city.entry import Arrivals, Connection, Context, Journaled, Tick
from city.errors import StoreUnavailable
from city.history import LatestReading, NewestReadings
from city.reading import ReadingBatch
from ingest.config import IngestSettings, JournalSettings, MqttSettings
from ingest.decoders.memory import Lesson
from ingest.identity import Identity
from ingest.journal_codec import Digests, Learned, Record
from ingest.service import IngestService, Parts
from tests.support.ingesting import MemoryHistory, NativeNormaliser, RecordingJudge

#: Nobody listens there; what is tested here needs no broker.
SETTINGS = IngestSettings(
    mqtt=MqttSettings(url="mqtt://127.0.0.1:1", backoff_first_s=60, backoff_cap_s=60),
    journal=JournalSettings(min_free_bytes=0),
)


@contextmanager
def service_in(
    folder: Path, judge: RecordingJudge, history: MemoryHistory, *followers: RecordingJudge
) -> Iterator[IngestService]:
    with closing(Identity(folder / "identity.sqlite")) as identity:
        parts = Parts(identity, NativeNormaliser(identity), judge, history, SystemClock(), followers=followers)
        with closing(IngestService(folder, SETTINGS, parts, filters=["city/#"])) as service:
            yield service


def readings(identity_numbers: tuple[int, int], *values: float) -> Arrivals:
    sensor, quantity = identity_numbers
    rows = [(sensor, quantity, place, place, value, 0) for place, value in enumerate(values)]
    return Arrivals(ReadingBatch.of(rows))


@pytest.fixture
def numbers(tmp_path: Path) -> tuple[int, int]:
    with closing(Identity(tmp_path / "identity.sqlite")) as identity:
        given = identity.sensor_number("air-1"), identity.quantity_number("pm25")
        identity.flush()
    return given


def test_judge_hears_after_a_restart_what_it_had_not_judged(tmp_path, numbers):
    with service_in(tmp_path, RecordingJudge(), MemoryHistory()) as service:
        service.journal.append([readings(numbers, 1.0), Digests(b"12345678")])
        service.journal.append([readings(numbers, 2.0, 3.0)])

    judge = RecordingJudge(position=1)
    with service_in(tmp_path, judge, MemoryHistory()):
        assert [item.position for item in judge.items] == [3]


def test_follower_hears_after_a_restart_the_newest_that_it_may_not_have_heard(tmp_path, numbers):
    with service_in(tmp_path, RecordingJudge(), MemoryHistory()) as service:
        for value in range(200):
            service.journal.append([readings(numbers, float(value)), Tick(value)])

    follower = RecordingJudge()
    with service_in(tmp_path, RecordingJudge(position=400), MemoryHistory(), follower):
        heard = [item.position for item in follower.items]
        assert (heard[0], heard[-1], len(heard)) == (337, 399, 32)


def test_latest_after_a_restart_joins_history_and_journal(tmp_path, numbers):
    class Remembering(MemoryHistory):
        def newest(self, since_ns: int) -> NewestReadings:
            return NewestReadings.of([LatestReading("air-1", "pm10", 5, 6, 7.0, 0)])

    with service_in(tmp_path, RecordingJudge(), MemoryHistory()) as service:
        service.journal.append([readings(numbers, 1.0)])

    with service_in(tmp_path, RecordingJudge(), Remembering()) as service:
        assert {(one.quantity, one.value) for one in service.latest.of(service.latest.sensors())} == {
            ("pm10", 7.0),
            ("pm25", 1.0),
        }


def test_start_does_not_need_the_history_store(tmp_path, numbers):
    with service_in(tmp_path, RecordingJudge(), MemoryHistory()) as service:
        service.journal.append([readings(numbers, 1.0)])

    with service_in(tmp_path, RecordingJudge(), MemoryHistory(away=True)) as service:
        assert [one.value for one in service.latest.of(service.latest.sensors())] == [1.0]


async def test_run_drains_the_journal_and_says_first_that_nobody_listens(tmp_path, numbers):
    judge, history = RecordingJudge(), MemoryHistory()
    with service_in(tmp_path, judge, history) as service:
        service.journal.append([readings(numbers, 1.0)])
        await service.adopt(Context(1, "v1", (), (), {}))
        async with asyncio.timeout(10), asyncio.TaskGroup() as group:
            running = group.create_task(service.run(), name="service")
            while not history.kept:  # noqa: ASYNC110 - the drain works in a thread, and tells nobody
                await asyncio.sleep(0)
            running.cancel()

    assert history.values() == [1.0]
    assert [type(item.entry) for item in judge.items][:2] == [Context, Connection]
    assert judge.items[1] == Journaled(3, Connection(judge.items[1].entry.time_ns, listening=False))  # type: ignore[union-attr]


def test_file_that_cannot_be_saved_in_the_end_is_counted_and_the_others_are_closed(tmp_path, monkeypatch):
    before = not_saved("discovery")
    with service_in(tmp_path, RecordingJudge(), MemoryHistory()) as service:
        monkeypatch.setattr(service.discovery, "save", refuse)
        service.journal.append([Digests(b"12345678")])

    assert not_saved("discovery") == before + 1
    assert not list((tmp_path / "journal").glob("*-wal"))


async def test_quarantine_that_cannot_forget_now_is_counted(tmp_path, monkeypatch):
    before = not_saved("quarantine")
    with service_in(tmp_path, RecordingJudge(), MemoryHistory()) as service:
        monkeypatch.setattr(service.quarantine, "expire", refuse)
        await service._expire()

    assert not_saved("quarantine") == before + 1


def refuse() -> None:
    raise StoreUnavailable("side", "told so by the test")


def not_saved(file: str) -> float:
    return REGISTRY.get_sample_value("ingest_side_writes_failed_total", {"file": file}) or 0.0


def test_damaged_lessons_keep_nobody_from_starting(tmp_path):
    with service_in(tmp_path, RecordingJudge(), MemoryHistory()) as service:
        service._lessons.keep([Record(1, Learned((Lesson("a key", b"x", 1),)))], 1)
    path = tmp_path / "lessons.sqlite"
    path.write_bytes(path.read_bytes().replace(b"a key", b"a \xffey"))

    with service_in(tmp_path, RecordingJudge(), MemoryHistory()) as service:
        assert [trouble.kind for trouble in service.troubles() if trouble.kind == "side_file_damaged"]
