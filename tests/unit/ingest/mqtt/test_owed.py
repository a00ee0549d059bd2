from hypothesis import given
from hypothesis import strategies as st

from ingest.mqtt.owed import Owed


def ids(*numbers: int) -> list[bytes]:
    return [number.to_bytes(2, "big") if number else b"" for number in numbers]


def test_what_was_settled_early_waits_for_what_came_before():
    owed = Owed()
    owed.add(ids(1, 0, 2, 3))

    assert (owed.settle(ids(3)), owed.settle(ids(2)), owed.settle(ids(1)), len(owed)) == ([], [], ids(1, 2, 3), 0)


@given(st.lists(st.integers(1, 5), max_size=12), st.randoms(use_true_random=False), st.integers(1, 4))
def test_everything_is_acknowledged_once_and_in_order_even_if_ids_repeat(numbers, random, size):
    owed = Owed()
    owed.add(ids(*numbers))
    shuffled = random.sample(numbers, len(numbers))

    sent = [one for at in range(0, len(numbers), size) for one in owed.settle(ids(*shuffled[at : at + size]))]

    assert sent == ids(*numbers)
    assert len(owed) == 0


def test_nothing_is_left_of_what_was_settled_early():
    owed = Owed()
    owed.add(ids(1, 2))
    owed.settle(ids(2))
    owed.settle(ids(1))

    assert not owed._early  # else every later one would be searched for
