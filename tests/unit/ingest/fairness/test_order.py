from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import cycle, islice

from hypothesis import given
from hypothesis import strategies as st

from ingest.config import BatchSettings
from ingest.fairness.lanes import Lanes
from ingest.fairness.order import FairOrder
from ingest.fairness.rank import Ranking
from ingest.fairness.shares import Shares, Source
from ingest.message import Message
from ingest.mqtt.codec import Parsed
from ingest.mqtt.inbox import Inbox
from tests.support.virtual_time import run_virtually


class NoFamilies:
    def goes_first(self, topic: str) -> bool:
        del topic
        return False


@dataclass(eq=False)
class Connection:
    blocked: bool = False
    acknowledged: list[bytes] = field(default_factory=list)

    def acknowledge(self, packet_ids: list[bytes]) -> None:
        self.acknowledged += packet_ids

    def pause(self) -> None:
        """Nothing is read from it."""

    def resume(self) -> None:
        """Nothing is read from it."""


SHARES = Shares(sources=(Source("gw", ("gw/#",)), Source("roof", ("roof/#",), weight=2)))


def taken(reads: list[list[str]], batch: int, others: Sequence[Shares] = ()) -> list[list[str]]:
    """Return the topics of each batch, with a number behind each, when `reads` were all waiting.

    Between two batches the city has `others` in place of its sources, one after the other.
    """

    async def story() -> list[list[str]]:
        lanes, turns = Lanes(SHARES, Ranking(NoFamilies())), cycle(others)
        inbox, number = Inbox(BatchSettings(max_messages=batch), FairOrder(lanes)), 0
        connections = [Connection(), Connection()]
        for turn, read in enumerate(reads):
            parsed = Parsed()
            for topic in read:
                number += 1
                parsed.messages.append(Message(topic, topic.encode(), str(number).encode()))
                parsed.packet_ids.append(number.to_bytes(2, "big"))
            inbox.put(connections[turn % 2], parsed, 20 * len(read))
        batches = []
        while inbox.waiting:
            received = await inbox.take()
            received.acknowledge()
            batches.append([f"{message.topic} {message.payload.decode()}" for message in received.messages])
            for shares in islice(turns, 1):
                lanes.use(shares, NoFamilies())
                inbox.sort_anew()
        assert sum(len(one.acknowledged) for one in connections) == number
        return batches

    result: list[list[str]] = run_virtually(story())
    return result


def test_flood_that_is_waiting_holds_up_neither_events_nor_others():
    batches = taken([["gw/a"] * 50, ["roof/b"] * 8 + ["city/video/cam/event"], ["gw/a"] * 20], batch=10)

    assert batches[0] == [
        *(f"gw/a {number}" for number in range(1, 4)),
        *(f"roof/b {number}" for number in range(51, 57)),
        "city/video/cam/event 59",
    ]


reads = st.lists(
    st.lists(st.sampled_from(["gw/a", "gw/b", "roof/a", "x/1", "x/2", "y", "s/status"]), min_size=1, max_size=30),
    min_size=1,
    max_size=8,
)


@given(reads, st.integers(1, 40), st.lists(st.sampled_from([SHARES, Shares()]), max_size=2))
def test_everything_comes_out_once_and_no_topic_overtakes_itself(reads, batch, others):
    batches = taken(reads, batch, others)

    assert all(len(one) <= batch for one in batches)
    by_topic: defaultdict[str, list[int]] = defaultdict(list)
    for topic, number in (one.split() for batch_ in batches for one in batch_):
        by_topic[topic].append(int(number))
    assert sorted(number for numbers in by_topic.values() for number in numbers) == list(
        range(1, 1 + sum(map(len, reads)))
    )
    assert all(numbers == sorted(numbers) for numbers in by_topic.values())
