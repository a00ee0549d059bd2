import asyncio
from dataclasses import dataclass, field
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import REGISTRY

from ingest.config import BatchSettings
from ingest.message import Message
from ingest.mqtt.codec import Parsed
from ingest.mqtt.inbox import Inbox, Received
from tests.support.virtual_time import TURN_S, run_virtually


@dataclass(eq=False)
class Source:
    """A connection that remembers what was done to it."""

    blocked: bool = False
    acknowledged: list[bytes] = field(default_factory=list)
    paused: int = 0

    def acknowledge(self, packet_ids: list[bytes]) -> None:
        self.acknowledged += packet_ids

    def pause(self) -> None:
        self.paused += 1

    def resume(self) -> None:
        self.paused -= 1


def arrived(*numbers: int, qos: int = 1) -> Parsed:
    messages = [Message("a", b"a", str(number).encode()) for number in numbers]
    return Parsed(messages, [number.to_bytes(2, "big") if qos else b"" for number in numbers])


def numbers_of(received: Received) -> list[int]:
    return [int(message.payload) for message in received.messages]


async def put_every(inbox: Inbox, source: Source, pause_s: float, count: int) -> None:
    for number in range(1, count + 1):
        inbox.put(source, arrived(number), 10)
        await asyncio.sleep(pause_s)


def test_batch_closes_as_soon_as_nothing_more_is_waiting():
    async def story() -> tuple[Received, float]:
        inbox = Inbox(BatchSettings())
        inbox.put(Source(), arrived(1, 2), 20)
        return await inbox.take(), asyncio.get_running_loop().time()

    received, now_s = run_virtually(story())

    assert numbers_of(received) == [1, 2]
    assert received.caught_up
    assert now_s < 10 * TURN_S


def test_take_waits_for_the_first_message():
    async def story() -> float:
        inbox, loop = Inbox(BatchSettings()), asyncio.get_running_loop()
        loop.call_later(7, inbox.put, Source(), arrived(1), 10)
        await inbox.take()
        return loop.time()

    assert run_virtually(story()) == pytest.approx(7, abs=10 * TURN_S)


def test_batches_under_load_are_spaced_apart():
    async def story() -> list[float]:
        inbox, source, times = Inbox(BatchSettings(spacing_ms=5)), Source(), []
        async with asyncio.TaskGroup() as group:
            group.create_task(put_every(inbox, source, 0.001, 40))
            for _ in range(4):
                await inbox.take()
                times.append(asyncio.get_running_loop().time())
        return times

    times = run_virtually(story())

    assert all(later - earlier >= 0.005 - TURN_S for earlier, later in pairwise(times))


def test_window_that_is_full_closes_a_batch_without_spacing():
    async def story() -> tuple[bool, float]:
        inbox, source = Inbox(BatchSettings(spacing_ms=5)), Source()
        inbox.put(source, arrived(1), 10)
        await inbox.take()
        source.blocked = True
        inbox.put(source, arrived(2), 10)
        received = await inbox.take()
        return received.caught_up, asyncio.get_running_loop().time()

    caught_up, now_s = run_virtually(story())

    assert not caught_up
    assert now_s < 20 * TURN_S


def test_batch_closes_at_its_age_while_more_keeps_coming():
    async def story() -> tuple[float, bool]:
        inbox, source, loop = Inbox(BatchSettings(max_age_ms=20)), Source(), asyncio.get_running_loop()

        def again(left: int) -> None:
            inbox.put(source, arrived(1), 10)
            if left:
                loop.call_soon(again, left - 1)

        again(10_000)
        received = await inbox.take()
        return loop.time(), received.caught_up

    age_s, caught_up = run_virtually(story())

    assert age_s == pytest.approx(0.02, abs=2 * TURN_S)
    assert not caught_up


@given(st.lists(st.integers(1, 9), min_size=1, max_size=12), st.integers(1, 7))
def test_batches_keep_order_and_bounds_however_reads_were_cut(reads, limit):
    async def story() -> tuple[list[Received], Source]:
        inbox, source, number = Inbox(BatchSettings(max_messages=limit, spacing_ms=0)), Source(), 0
        for count in reads:
            inbox.put(source, arrived(*range(number, number + count)), count * 10)
            number += count
        batches = []
        while inbox.waiting:
            batches.append(await inbox.take())
            batches[-1].acknowledge()
        return batches, source

    batches, source = run_virtually(story())

    assert [number for batch in batches for number in numbers_of(batch)] == list(range(sum(reads)))
    assert source.acknowledged == [number.to_bytes(2, "big") for number in range(sum(reads))]
    assert all(0 < len(batch.messages) <= limit for batch in batches)
    assert [batch.caught_up for batch in batches[:-1]] == [False] * (len(batches) - 1)


def test_batch_closes_at_its_bytes():
    async def story() -> list[int]:
        inbox = Inbox(BatchSettings(max_bytes=1024, spacing_ms=0))
        for number in range(1, 5):
            inbox.put(Source(), arrived(number), 600)
        return [len((await inbox.take()).messages), len((await inbox.take()).messages)]

    assert run_virtually(story()) == [2, 2]


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param(BatchSettings(max_waiting_messages=3), id="messages"),
        pytest.param(BatchSettings(max_waiting_bytes=1024), id="bytes"),
    ],
)
def test_full_inbox_pauses_its_source_until_there_is_room(settings):
    async def story() -> list[int]:
        inbox, source, seen = Inbox(settings), Source(), []
        inbox.put(source, arrived(1), 500)
        seen.append(source.paused)
        inbox.put(source, arrived(2, 3), 600)
        seen.append(source.paused)
        await inbox.take()
        seen.append(source.paused)
        return seen

    assert run_virtually(story()) == [0, 1, 0]


def test_source_that_brings_more_than_the_inbox_holds_is_paused_once():
    async def story() -> list[int]:
        inbox, source, seen = Inbox(BatchSettings(max_waiting_messages=1)), Source(), []
        for number in (1, 2):
            inbox.put(source, arrived(number), 10)
            seen.append(source.paused)
        await inbox.take()
        return [*seen, source.paused]

    assert run_virtually(story()) == [1, 1, 0]


def test_connection_that_ends_makes_room_for_the_others():
    async def story() -> tuple[int, int]:
        inbox, ended, alive = Inbox(BatchSettings(max_waiting_messages=3)), Source(), Source()
        inbox.put(ended, arrived(1, 2, 3), 30)
        inbox.put(alive, arrived(4), 10)
        before = alive.paused
        inbox.drop(ended)
        return before, alive.paused

    assert run_virtually(story()) == (1, 0)


def test_messages_of_an_ended_connection_are_let_go_but_for_qos_0():
    async def story() -> tuple[list[int], list[bytes]]:
        inbox, ended, alive = Inbox(BatchSettings()), Source(), Source()
        inbox.put(ended, arrived(1, 2), 20)
        inbox.put(ended, arrived(3, qos=0), 10)
        inbox.put(alive, arrived(4), 10)
        inbox.drop(ended)
        received = await inbox.take()
        received.acknowledge()
        return numbers_of(received), ended.acknowledged

    assert run_virtually(story()) == ([3, 4], [])


def test_what_is_let_go_is_counted():
    async def story() -> None:
        inbox, ended = Inbox(BatchSettings()), Source()
        inbox.put(ended, arrived(1, 2), 20)
        inbox.put(ended, arrived(3, qos=0), 10)
        inbox.drop(ended)

    before = let_go()
    run_virtually(story())

    assert let_go() == before + 2


def let_go() -> float:
    return REGISTRY.get_sample_value("ingest_messages_discarded_total", {"reason": "connection_ended"}) or 0.0


def test_bytes_that_are_let_go_make_room():
    async def story() -> int:
        inbox, ended, alive = Inbox(BatchSettings(max_waiting_bytes=1024)), Source(), Source()
        mixed = arrived(1, 2)
        mixed.packet_ids[0] = b""  # QoS 0: kept
        inbox.put(ended, mixed, 1000)
        inbox.drop(ended)
        inbox.put(alive, arrived(3), 500)
        return alive.paused

    assert run_virtually(story()) == 0


def test_take_goes_on_waiting_when_what_it_saw_was_let_go():
    async def story() -> list[int]:
        inbox, ended = Inbox(BatchSettings()), Source()
        loop = asyncio.get_running_loop()
        inbox.put(ended, arrived(1), 10)
        await inbox.take()
        inbox.put(ended, arrived(2), 10)
        loop.call_later(0.001, inbox.drop, ended)
        loop.call_later(3, inbox.put, Source(), arrived(3), 10)
        return numbers_of(await inbox.take())

    assert run_virtually(story()) == [3]


def test_acknowledgements_go_to_the_connection_by_which_each_came():
    async def story() -> tuple[list[bytes], list[bytes]]:
        inbox, one, other = Inbox(BatchSettings()), Source(), Source()
        for number, source in enumerate([one, other, one], 1):
            inbox.put(source, arrived(number), 10)
        (await inbox.take()).acknowledge()
        return one.acknowledged, other.acknowledged

    assert run_virtually(story()) == ([b"\x00\x01", b"\x00\x03"], [b"\x00\x02"])
