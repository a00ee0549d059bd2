from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.fairness.bucket import Rate
from ingest.fairness.gate import Gate
from ingest.fairness.lanes import Lanes
from ingest.fairness.rank import Rank, Ranking
from ingest.fairness.shares import Shares, Source
from ingest.journal_codec import ShedRow
from ingest.message import Message


class NoFamilies:
    """Nobody claims any topic but that of cameras."""

    def goes_first(self, topic: str) -> bool:
        return topic.startswith("hik/")


def gate_of(shares: Shares, **ranks: Rank) -> Gate:
    ranking = Ranking(NoFamilies())
    ranking.sensor = lambda sensor: ranks.get(sensor, Rank.BULK)
    return Gate(shares, Lanes(shares, ranking))


def messages(topic: str, count: int = 1, *, size: int = 10, dup: bool = False) -> list[Message]:
    return [Message(topic, topic.encode(), b"x" * size, dup=dup) for _ in range(count)]


def counted(kept: list[Message]) -> dict[str, int]:
    return dict(Counter(message.topic or "" for message in kept))


def test_without_a_quota_everything_is_let_in():
    flood = messages("gw/a", 100_000)

    assert gate_of(Shares()).admit(flood, 0.0).messages is flood


def test_flooding_source_is_held_to_its_quota_and_nobody_else_notices():
    gate = gate_of(Shares(sources=(Source("gw", ("gw/#",), Rate(messages_per_s=10, burst_s=1)),)))

    admitted = gate.admit([*messages("gw/a", 50, size=6), *messages("roof/b", 500)], 0.0)

    # Bulk leaves half of a burst to what goes first.
    assert counted(admitted.messages) == {"gw/a": 5, "roof/b": 500}
    assert admitted.shed == (ShedRow("gw", "source_rate", 45, 450),)


def test_quota_fills_again_with_time():
    gate = gate_of(Shares(sources=(Source("gw", ("gw/#",), Rate(messages_per_s=10, burst_s=1)),)))
    gate.admit(messages("gw/a", 50), 0.0)

    assert [len(gate.admit(messages("gw/a", 50), now_s).messages) for now_s in (0.0, 0.3, 100.0)] == [0, 3, 5]


@pytest.mark.parametrize(("per_s", "let_in"), [(0.1, 10), (0.5, 50), (0.9, 90)])
def test_source_that_may_send_less_than_one_a_second_is_let_in_so_often(per_s, let_in):
    gate = gate_of(Shares(sources=(Source("gw", ("gw/#",), Rate(messages_per_s=per_s)),)))

    kept = sum(len(gate.admit(messages("gw/a"), float(second)).messages) for second in range(100))

    assert let_in - 1 <= kept <= let_in + 2


def test_bytes_are_bounded_as_messages_are():
    gate = gate_of(Shares(sources=(Source("gw", ("gw/#",), Rate(bytes_per_s=1000, burst_s=1)),)))

    assert len(gate.admit(messages("gw/a", 50, size=96), 0.0).messages) == 5


def test_citys_rate_is_shared_by_weight_and_the_flood_pays():
    heavy = Source("heavy", ("heavy/#",), weight=2)
    gate = gate_of(Shares(Rate(messages_per_s=600, burst_s=1), (heavy, Source("light", ("light/#",)))))
    offered = [*messages("heavy/a", 1000), *messages("light/a", 1000), *messages("small/a", 30)]

    admitted = gate.admit(offered, 0.0)

    assert counted(admitted.messages) == {"heavy/a": 180, "light/a": 90, "small/a": 30}
    assert {(row.source, row.reason, row.messages) for row in admitted.shed} == {
        ("heavy", "city_rate", 820),
        ("light", "city_rate", 910),
    }


def test_what_goes_first_finds_room_in_the_midst_of_a_flood():
    gate = gate_of(Shares(Rate(messages_per_s=100, burst_s=1)), pump=Rank.WATCHED, smoke=Rank.FIRST)
    for turn in range(100):
        gate.admit(messages("bulk/x", 500), turn / 100)
    urgent = ["city/video/cam/event", "hik/1", "spBv1.0/g/NBIRTH/n", "homie/d/$nodes", "a/smoke/reading"]

    offered = [
        *messages("bulk/x", 500),
        *(one for topic in urgent for one in messages(topic)),
        *messages("a/pump/b", 9),
    ]
    kept = counted(gate.admit(offered, 1.0).messages)

    assert [kept.get(topic, 0) for topic in urgent] == [1] * len(urgent)
    assert kept["a/pump/b"] == 9
    assert kept.get("bulk/x", 0) <= 2


def test_flood_is_thinned_out_over_all_its_topics():
    gate = gate_of(Shares(sources=(Source("gw", ("gw/#",), Rate(messages_per_s=10, burst_s=2)),)))
    heard: Counter[str] = Counter()
    for second in range(100):
        heard += Counter(counted(gate.admit([one for n in range(50) for one in messages(f"gw/{n}")], second).messages))

    assert set(heard) == {f"gw/{number}" for number in range(50)}
    assert max(heard.values()) - min(heard.values()) <= 1


def test_message_that_comes_again_always_passes():
    gate = gate_of(Shares(Rate(messages_per_s=1, burst_s=1)))

    assert len(gate.admit(messages("a", 50, dup=True), 0.0).messages) == 50


def test_message_that_comes_again_is_not_shed_as_well():
    gate = gate_of(Shares(Rate(messages_per_s=2, burst_s=1)))

    admitted = gate.admit([*messages("a", 50, dup=True), *messages("a", 50)], 0.0)

    assert (len(admitted.messages), sum(row.messages for row in admitted.shed)) == (52, 48)


batches = st.lists(
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 2), st.integers(0, 200)), max_size=40), min_size=1, max_size=8
)


@given(batches, st.sampled_from([1.0, 7.0, 1000.0]), st.sampled_from([None, 5.0, 500.0]))
def test_everything_is_kept_or_in_the_ledger_and_no_topic_overtakes_itself(batches, messages_per_s, bytes_per_s):
    own = Source("own", ("0/#",), Rate(messages_per_s=3, bytes_per_s=bytes_per_s))
    gate = gate_of(Shares(Rate(messages_per_s, bytes_per_s), (own,)))
    number = 0
    for now_s, batch in enumerate(batches):
        offered = []
        for source, sensor, size in batch:
            number += 1
            topic = f"{source}/{sensor}"
            offered.append(Message(topic, topic.encode(), number.to_bytes(4, "big") + bytes(size)))

        admitted = gate.admit(offered, float(now_s))

        kept = [message.payload[:4] for message in admitted.messages]
        assert kept == sorted(kept)
        assert len(kept) + sum(row.messages for row in admitted.shed) == len(offered)
        size_of = {True: 0, False: 0}
        for message in offered:
            size_of[message in admitted.messages] += len(message.raw_topic) + len(message.payload)
        assert sum(row.size for row in admitted.shed) == size_of[False]


@pytest.mark.parametrize("topics", [3_000], ids=["more topics than a column begins with"])
def test_topics_may_be_many(topics):
    gate = gate_of(Shares(Rate(messages_per_s=1e6)))

    kept = gate.admit([one for number in range(topics) for one in messages(f"gw/{number}")], 0.0).messages

    assert len(kept) == topics
