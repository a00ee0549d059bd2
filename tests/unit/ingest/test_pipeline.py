import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from prometheus_client import REGISTRY

from city.clock import ManualClock
from city.entry import Arrivals, Connection, Context, ContextChange, Journaled, Tick
from city.errors import StoreUnavailable
from ingest.commit import Acknowledge, Commit, Follow
from ingest.config import BatchSettings, JournalSettings, QuarantineSettings
from ingest.duplicates import DuplicateWindow
from ingest.failpoint import Failpoints
from ingest.identity import Identity
from ingest.intake import Sift, Understand
from ingest.journal import Journal
from ingest.message import Message
from ingest.mqtt.codec import Parsed
from ingest.mqtt.inbox import Inbox
from ingest.pipeline import Pipeline
from ingest.stage import Stage, Work
from tests.support.ingesting import NativeNormaliser, RecordingJudge
from tests.support.virtual_time import run_virtually


@dataclass(eq=False)
class Broker:
    """A connection and session in one: up or down, and what was acknowledged to it."""

    connected: bool = True
    blocked: bool = False
    acknowledged: list[bytes] = field(default_factory=list)

    def acknowledge(self, packet_ids: list[bytes]) -> None:
        self.acknowledged += packet_ids

    def pause(self) -> None:
        """Nothing to pause."""

    def resume(self) -> None:
        """Nothing to resume."""


@dataclass
class Moody:
    """A stage that does not work until told to."""

    away: bool = False
    runs: int = 0

    def run(self, work: Work) -> None:
        self.runs += 1
        if self.away:
            raise StoreUnavailable("moody", "told so by the test")


@dataclass
class Scene:
    pipeline: Pipeline
    broker: Broker
    inbox: Inbox
    judge: RecordingJudge
    journal: Journal
    moody: Moody

    def arrive(self, *values: int, dup: bool = False) -> None:
        topic = "city/environment/air-1/reading"
        messages = [Message(topic, topic.encode(), b'{"values":{"pm25":%d}}' % value, dup=dup) for value in values]
        self.inbox.put(self.broker, Parsed(messages, [value.to_bytes(2, "big") for value in values]), 100)

    def entries(self) -> list[str]:
        return [_word(item) for item in self.judge.items]


def _word(item: Journaled) -> str:
    match item.entry:
        case Tick():
            return "tick"
        case Connection(_, listening):
            return "listening" if listening else "not listening"
        case Arrivals(readings):
            return f"readings {readings.value.tolist()}"
        case Context(_, version):
            return f"context {version}"
        case ContextChange(base, context):
            return f"context {base} to {context.version}"


class _LoopClock:
    """Wall time that moves with the loop's."""

    def now_ns(self) -> int:
        start = ManualClock(datetime(2026, 11, 20, 8, tzinfo=UTC)).now_ns()
        return start + round(asyncio.get_running_loop().time() * 1e9)


def play(folder: Path, story: Callable[[Scene], Awaitable[object]]) -> object:
    async def scene() -> object:
        identity = Identity(folder / "identity.sqlite")
        journal = Journal(folder / "journal", JournalSettings(min_free_bytes=0), readers={})
        inbox, broker, judge, moody = Inbox(BatchSettings()), Broker(), RecordingJudge(), Moody()
        duplicates, nothing = DuplicateWindow(100), Failpoints()
        intake: list[Stage] = [Sift(duplicates), Understand(NativeNormaliser(identity), QuarantineSettings())]
        onward: list[Stage] = [
            moody,
            Commit(journal, duplicates, [identity], nothing),
            Acknowledge(nothing),
            Follow(judge),
        ]
        pipeline = Pipeline(inbox, broker, _LoopClock(), intake=intake, onward=onward)
        try:
            async with asyncio.TaskGroup() as group:
                running = group.create_task(pipeline.run(), name="pipeline")
                result = await story(Scene(pipeline, broker, inbox, judge, journal, moody))
                running.cancel()
            return result
        finally:
            journal.close()
            identity.close()

    return run_virtually(scene())


def test_batch_is_committed_acknowledged_and_judged(tmp_path):
    async def story(scene: Scene) -> None:
        scene.arrive(1, 2)
        await asyncio.sleep(0.1)

        assert scene.broker.acknowledged == [b"\x00\x01", b"\x00\x02"]
        assert scene.entries() == ["not listening", "readings [1.0, 2.0]"]
        assert [item.position for item in scene.judge.items] == [1, 2]

    play(tmp_path, story)


def test_repeated_message_is_acknowledged_and_dropped(tmp_path):
    async def story(scene: Scene) -> None:
        scene.arrive(1)
        await asyncio.sleep(0.1)
        scene.arrive(1, dup=True)
        await asyncio.sleep(0.1)

        assert scene.broker.acknowledged == [b"\x00\x01", b"\x00\x01"]
        assert scene.judge.readings() == 1

    play(tmp_path, story)


def test_nothing_is_acknowledged_while_the_commit_is_impossible(tmp_path):
    async def story(scene: Scene) -> None:
        await asyncio.sleep(0.1)
        scene.moody.away = True
        scene.arrive(1)
        await asyncio.sleep(5)
        waiting = scene.pipeline.error, list(scene.broker.acknowledged)
        scene.moody.away = False
        await asyncio.sleep(5)

        assert "moody" in waiting[0]
        assert waiting[1] == []
        assert scene.broker.acknowledged == [b"\x00\x01"]
        assert scene.pipeline.error == ""
        assert scene.judge.readings() == 1

    play(tmp_path, story)


def test_every_attempt_that_fails_is_counted(tmp_path):
    async def story(scene: Scene) -> None:
        await asyncio.sleep(0.1)
        before, runs = retried(), scene.moody.runs
        scene.moody.away = True
        scene.arrive(1)
        await asyncio.sleep(5)

        assert retried() - before == scene.moody.runs - runs > 2

    play(tmp_path, story)


def retried() -> float:
    return REGISTRY.get_sample_value("ingest_stages_retried_total", {"store": "moody"}) or 0.0


def test_attempts_are_spaced_out(tmp_path):
    async def story(scene: Scene) -> int:
        await asyncio.sleep(0.1)
        scene.moody.away = True
        scene.arrive(1)
        before = scene.moody.runs
        await asyncio.sleep(60)
        return scene.moody.runs - before

    runs = play(tmp_path, story)

    assert isinstance(runs, int)
    assert 30 <= runs <= 80


def test_judge_that_is_away_hears_everything_once_later(tmp_path):
    async def story(scene: Scene) -> None:
        await asyncio.sleep(0.1)
        scene.judge.away = True
        scene.arrive(1)
        await asyncio.sleep(3)
        scene.arrive(2)
        acknowledged_meanwhile = list(scene.broker.acknowledged)
        scene.judge.away = False
        await asyncio.sleep(3)

        assert acknowledged_meanwhile == [b"\x00\x01"]
        assert scene.judge.readings() == 2

    play(tmp_path, story)


def test_clock_ticks_every_second(tmp_path):
    async def story(scene: Scene) -> list[int]:
        await asyncio.sleep(5.5)
        return [item.entry.time_ns for item in scene.judge.items if isinstance(item.entry, Tick)]

    times = play(tmp_path, story)

    assert isinstance(times, list)
    assert [round(time_ns / 1e9) % 60 for time_ns in times] == [1, 2, 3, 4, 5]


def test_listening_begins_when_settled_and_ends_with_the_connection(tmp_path):
    async def story(scene: Scene) -> None:
        await asyncio.sleep(4)
        scene.broker.connected = False
        await asyncio.sleep(2)
        scene.broker.connected = True
        await asyncio.sleep(4)

        said = [entry for entry in scene.entries() if entry != "tick"]
        assert said == ["not listening", "listening", "not listening", "listening"]

    play(tmp_path, story)


def test_context_is_journaled_once_a_version(tmp_path):
    async def story(scene: Scene) -> None:
        await asyncio.sleep(0.1)
        for version in ("a", "a", "b"):
            await scene.pipeline.adopt(Context(1, version, (), (), {}))

        assert scene.entries() == ["not listening", "context a", "context b"]
        assert scene.pipeline.context_version == "b"

    play(tmp_path, story)
