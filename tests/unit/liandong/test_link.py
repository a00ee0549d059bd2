import asyncio
import stat
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from city.alarm import AlarmTransition, Response
from city.errors import BadRequest, NotFound, StoreUnavailable
from city.feed import (
    Discovered,
    Feed,
    Heard,
    IngestStatus,
    OutboxItem,
    QuarantineCount,
    Quarantined,
    Refusals,
    Replayed,
    RuleSummary,
    SensorChange,
    StatesPage,
)
from city.history import KeptEvent, LatestReading, Resolution, Series, SeriesQuery
from city.level import Domain
from city.place import Place
from city.sensor import Sensor
from liandong.link.client import LinkClient, linked
from liandong.link.frame import MAX_FRAME_BYTES, Call, framed
from liandong.link.server import MAX_CALLS, served

QUERY = SeriesQuery("air-1", "pm25", 0, 10**18, Resolution.MINUTE, 7)
SERIES = Series("air-1", "pm25", Resolution.RAW, [1, 2], [1.5, float("inf")], [1.5, 2.0], [1.5, 2.0], [1, 1], [0, 3])
LATEST = LatestReading("air-1", "pm25", 5, 6, 7.5, 16)
STATUS = IngestStatus(
    listening=True,
    broker="b",
    since_ns=1,
    journal_position=2,
    history_position=3,
    judged_position=4,
    history_error="",
    book_version="v",
    book_error="",
    counters={"kept": 2.0},
)
RULE = RuleSummary("r", {"zh": "规"}, "silence", "s", "f", 1, "", "", {}, 2, 1, "road", {"major": 2}, ("a",))

PROPOSED = Sensor("x", "x", Domain.VIDEO, "camera", place=Place(1.5, 2.5), tags=frozenset({"a"}))

CALLS: dict[str, tuple[Any, ...]] = {
    "latest": (["air-1"], [LATEST]),
    "series_heard": (3, 5, [("air-1", "pm25")]),
    "states": ("air-0", 5, StatesPage(3, ("air-1",), b"\x01", ("unknown", "normal"), more=True)),
    "readings": (QUERY, SERIES),
    "events": ("cam-1", 0, 9, 2, [KeptEvent("cam-1", "intrusion", 1, 2, "{}")]),
    "discovered": ("", 10, [Discovered("x", 1, 2, 3, "t", ("pm25",), "s")]),
    "stranger": ("x", Discovered("x", 1, 2, 3, "t", (), "", (Heard(1, "t", "s"),), PROPOSED)),
    "quarantine_counts": ([QuarantineCount("not_json", "gw", 2, 1)],),
    "replay_quarantined": (Refusals("not_json", "gw", "gw/#"), 0, 10, Replayed(1, 2, 3, 4, more=True)),
    "quarantined": (0, 10, Refusals(), [Quarantined(1, 2, "t", "r", "d", 3)]),
    "quarantined_bytes": (1, Quarantined(1, 2, "t", "r", "d", 3, b"\x00\xff")),
    "settle": (7, None),
    "rules": ([RULE],),
    "status": (STATUS,),
    "refresh": (None,),
    "outbox": (5, 0.0, []),
}


class ScriptedFeed:
    """Gives `answers[name]`, raises it when it is an error, or waits for ever; remembers what it was asked."""

    def __init__(self, answers: dict[str, Any], changes: Sequence[list[SensorChange]] = ()) -> None:
        self.answers, self._changes = answers, changes
        self.asked: list[tuple[Any, ...]] = []
        self.given_up = asyncio.Event()

    def __getattr__(self, name: str) -> Callable[..., Coroutine[Any, Any, Any]]:
        async def answer(*arguments: object) -> Any:
            self.asked.append((name, *arguments))
            if name not in self.answers:
                await self._wait()
            if isinstance(self.answers[name], Exception):
                raise self.answers[name]
            return self.answers[name]

        return answer

    async def changes(self, version: int) -> AsyncIterator[list[SensorChange]]:
        self.asked.append(("changes", version))
        for change in self._changes:
            yield change
        await self._wait()

    async def _wait(self) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            self.given_up.set()


@asynccontextmanager
async def connected(feed: Feed, path: Path) -> AsyncIterator[LinkClient]:
    async with served(feed, path), linked(path) as client:
        await until(lambda: client.connected)
        yield client


async def until(true: Callable[[], bool]) -> None:
    for _ in range(2000):
        if true():
            return
        await asyncio.sleep(0.005)
    pytest.fail("it never came true")


@pytest.mark.parametrize("name", CALLS)
async def test_call_brings_its_arguments_there_and_its_result_back(name: str, tmp_path: Path) -> None:
    *arguments, result = CALLS[name]
    feed = ScriptedFeed({name: result})

    async with connected(feed, tmp_path / "s") as client:
        came = await getattr(client, name)(*arguments)

    assert came == result
    assert feed.asked == [(name, *arguments)]


INTS = st.integers(-(2**63), 2**63 - 1)
RESPONSES = st.builds(Response, priority=st.dictionaries(st.text(), INTS))
TRANSITIONS = st.builds(AlarmTransition, time_ns=INTS, arrival_ns=INTS, response=RESPONSES)


@given(items=st.lists(st.builds(OutboxItem, number=INTS, transition=TRANSITIONS), max_size=20))
@settings(max_examples=30)
def test_transitions_arrive_as_they_left(items: list[OutboxItem], tmp_path_factory: pytest.TempPathFactory) -> None:
    async def there_and_back() -> list[OutboxItem]:
        path = tmp_path_factory.mktemp("link") / "s"
        async with connected(ScriptedFeed({"outbox": items}), path) as client:
            return await client.outbox(100, 0.0)

    assert repr(asyncio.run(there_and_back())) == repr(items)


async def test_many_calls_at_once_each_get_their_own_answer(tmp_path: Path) -> None:
    class Echo(ScriptedFeed):
        async def quarantined_bytes(self, number: int) -> Quarantined:
            await asyncio.sleep((number % 7) / 1000)
            return Quarantined(number, 0, "", "", "", 0)

    async with connected(Echo({}), tmp_path / "s") as client:
        came = await asyncio.gather(*(client.quarantined_bytes(number) for number in range(3 * MAX_CALLS)))

    assert [one.id for one in came] == list(range(3 * MAX_CALLS))


async def test_feed_that_is_not_there_is_unavailable(tmp_path: Path) -> None:
    async with linked(tmp_path / "nobody") as client:
        with pytest.raises(StoreUnavailable):
            await client.states("", 1)
        with pytest.raises(StoreUnavailable):
            await anext(client.changes(0))


async def test_client_connects_again_by_itself(tmp_path: Path) -> None:
    path = tmp_path / "s"
    async with linked(path) as client:
        async with served(ScriptedFeed({"rules": []}), path):
            await until(lambda: client.connected)
            await client.rules()
        await until(lambda: not client.connected)

        async with served(ScriptedFeed({"discovered": []}), path):
            await until(lambda: client.connected)

            assert await client.discovered("", 1) == []


async def test_call_in_hand_ends_when_the_server_does(tmp_path: Path) -> None:
    feed = ScriptedFeed({})
    async with linked(tmp_path / "s") as client:
        async with served(feed, tmp_path / "s"):
            await until(lambda: client.connected)
            waiting = asyncio.gather(client.outbox(1, 60.0), return_exceptions=True)
            await until(lambda: bool(feed.asked))
        [error] = await waiting

    assert isinstance(error, StoreUnavailable)


async def test_call_is_given_up_when_the_client_is_gone(tmp_path: Path) -> None:
    feed = ScriptedFeed({})
    async with served(feed, tmp_path / "s"):
        async with linked(tmp_path / "s") as client:
            await until(lambda: client.connected)
            waiting = asyncio.gather(client.outbox(1, 60.0), return_exceptions=True)
            await until(lambda: bool(feed.asked))

        await feed.given_up.wait()
        await waiting


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        pytest.param(NotFound("message", 7), NotFound, id="an error of the city keeps its class"),
        pytest.param(ZeroDivisionError("oops"), StoreUnavailable, id="a fault is told as unavailable"),
        pytest.param("x" * (MAX_FRAME_BYTES + 1), BadRequest, id="an answer that fits no frame is refused"),
    ],
)
async def test_error_ends_one_call_only(answer: Any, kind: type[Exception], tmp_path: Path) -> None:
    async with connected(ScriptedFeed({"quarantined_bytes": answer, "rules": []}), tmp_path / "s") as client:
        with pytest.raises(kind):
            await client.quarantined_bytes(7)

        assert await client.rules() == []


async def test_client_that_goes_amid_refusals_takes_nobody_along(tmp_path: Path) -> None:
    path, refused = tmp_path / "s", ScriptedFeed({"quarantined_bytes": NotFound("message", "x" * 200_000), "rules": []})
    call = framed(Call(1, "quarantined_bytes", msgspec.Raw(msgspec.msgpack.encode((7,)))))
    async with connected(refused, path) as client:
        _, writer = await asyncio.open_unix_connection(path)
        writer.write(call * MAX_CALLS)
        await until(lambda: len(refused.asked) == MAX_CALLS)
        writer.transport.abort()

        assert await client.rules() == []


async def test_junk_ends_its_own_connection_only(tmp_path: Path) -> None:
    path = tmp_path / "s"
    async with connected(ScriptedFeed({"rules": []}), path) as client:
        reader, writer = await asyncio.open_unix_connection(path)
        writer.write(b"\xff" * 8)
        junk_answer = await reader.read()
        writer.close()

        assert junk_answer == b""
        assert await client.rules() == []


async def test_changes_come_in_order_until_ingest_is_away(tmp_path: Path) -> None:
    sent = [[SensorChange(f"air-{number}", (LATEST,), "silent")] for number in range(50)]
    came = []
    feed = ScriptedFeed({}, changes=sent)
    async with served(feed, tmp_path / "s"):
        client = LinkClient(tmp_path / "s")
        stream = client.changes(7)
        came = [await anext(stream) for _ in sent]
        rest = asyncio.gather(anext(stream), return_exceptions=True)
        await asyncio.sleep(0)

    assert came == sent
    assert feed.asked == [("changes", 7)]
    assert isinstance((await rest)[0], StoreUnavailable)


async def test_socket_is_for_its_owner_alone_at_any_depth(tmp_path: Path) -> None:
    path = tmp_path / ("deep" * 30) / "ingest.sock"
    path.parent.mkdir()

    async with connected(ScriptedFeed({"rules": []}), path) as client:
        assert await client.rules() == []
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
