"""Lanes: a topic's lane and rank are its own, whoever came before, and however many are remembered."""

from collections.abc import Callable, Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.fairness import lanes as lanes_module
from ingest.fairness.lanes import OTHER_LANES, Lanes
from ingest.fairness.rank import Rank, Ranking
from ingest.fairness.shares import Shares, Source
from ingest.message import Message

SHARES = Shares(sources=(Source("gw", ("gw/#",)), Source("fire", ("fire/#",), first=True)))
TOPICS = ["gw/a", "gw/b", "fire/1", "roof/1/t", "roof/1/h", "roof/2/t", "s/status", *(f"x/{n}" for n in range(20))]


class NoFamilies:
    def goes_first(self, topic: str) -> bool:
        del topic
        return False


def ranks(known: Mapping[str, Rank]) -> Callable[[str], Rank]:
    return lambda sensor: known.get(sensor, Rank.BULK)


def new_lanes() -> Lanes:
    ranking = Ranking(NoFamilies())
    ranking.sensor = ranks({"x/4": Rank.WATCHED, "roof/2": Rank.FIRST})
    return Lanes(SHARES, ranking)


def messages(topics: Sequence[str]) -> list[Message]:
    return [Message(topic, topic.encode(), b"1") for topic in topics]


def told(lanes: Lanes, topics: Sequence[str]) -> list[tuple[int, int]]:
    found = lanes.sort(messages(topics))
    return list(zip(found.lane.tolist(), found.rank.tolist(), strict=True))


ALONE = {topic: told(new_lanes(), [topic])[0] for topic in TOPICS}


@given(batches=st.lists(st.lists(st.sampled_from(TOPICS), max_size=30), max_size=8), most=st.integers(1, 40))
def test_lane_and_rank_are_the_topics_own(batches: list[list[str]], most: int) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(lanes_module, "MOST_TOPICS", most)
        lanes = new_lanes()
        for batch in batches:
            found = lanes.sort(messages(batch))
            again = dict(zip(batch, found.topic.tolist(), strict=True))

            assert list(zip(found.lane.tolist(), found.rank.tolist(), strict=True)) == [ALONE[one] for one in batch]
            assert [again[one] for one in batch] == found.topic.tolist()
            assert len(set(again.values())) == len(again)


def test_more_topics_than_there_is_room_for_at_first_keep_when_they_were_heard() -> None:
    lanes = new_lanes()
    few = lanes.sort(messages(["gw/a", "roof/1/t"])).topic
    lanes.heard_s[few] = 7.0

    lanes.sort(messages([f"many/{number}" for number in range(5_000)]))

    assert lanes.sort(messages(["gw/a", "roof/1/t"])).topic.tolist() == few.tolist()
    assert lanes.heard_s[few].tolist() == [7.0, 7.0]
    assert lanes.heard_s[lanes.sort(messages(["many/4999"])).topic].tolist() == [float("-inf")]


def test_what_a_device_sends_stays_in_one_lane_of_the_others() -> None:
    (one, _), (other, _) = told(new_lanes(), ["roof/1/t", "roof/1/h"])

    assert one == other
    assert len(SHARES.sources) <= one < len(SHARES.sources) + OTHER_LANES


def test_ranks_are_looked_up_anew_when_they_change() -> None:
    lanes = new_lanes()
    before = told(lanes, ["x/3"])[0][1]

    lanes.rank_sensors(ranks({"x/3": Rank.WATCHED}))

    assert (before, told(lanes, ["x/3"])[0][1]) == (Rank.BULK, Rank.WATCHED)
