from hypothesis import given
from hypothesis import strategies as st

from ingest.speaking_topics import NOBODY, Topics

TOPICS = st.binary(max_size=2)


@given(st.lists(st.tuples(TOPICS, st.integers(1, 9)) | TOPICS, max_size=60))
def test_the_sensor_of_a_topic_is_the_one_that_was_learned_last(steps: list[tuple[bytes, int] | bytes]) -> None:
    topics, expected = Topics(), dict[bytes, int]()

    for step in steps:
        if isinstance(step, tuple):
            topics.learn(*step)
            expected[step[0]] = step[1]
            assert topics.sensor(step[0]) == step[1]
        else:
            assert topics.sensors([step]).tolist() == [expected.get(step, NOBODY)]
            assert topics.sensor(step) == expected.get(step)


def test_many_topics_are_entered_before_anybody_asks() -> None:
    topics, names = Topics(), [b"city/water/%d/reading" % number for number in range(5_000)]

    for number, name in enumerate(names, 1):
        topics.learn(name, number)

    assert topics.sensors([*names, b"else"]).tolist() == [*range(1, len(names) + 1), NOBODY]
