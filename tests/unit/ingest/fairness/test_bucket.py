"""A rate with a burst, by a clock of its own."""

import pytest

from ingest.fairness.bucket import Bucket


def test_room_comes_back_at_the_rate_up_to_the_burst():
    bucket = Bucket(10, 2)
    bucket.room(0.0)
    bucket.spend(20)

    assert [bucket.room(now_s) for now_s in (0.0, 0.5, 1.0, 100.0)] == [0, 5, 10, 20]


def test_clock_that_goes_back_takes_nothing():
    bucket = Bucket(10, 2)
    bucket.room(100.0)
    bucket.spend(15)

    assert bucket.room(50.0) == 5


@pytest.mark.parametrize(("per_s", "kept_back", "room"), [(10, 0.25, 15), (10, 0.5, 10), (1.5, 0.5, 2), (0.1, 0.5, 1)])
def test_part_of_the_burst_is_kept_back_but_never_all_of_it(per_s, kept_back, room):
    assert Bucket(per_s, 2).room(0.0, kept_back=kept_back) == room


def test_without_a_rate_there_is_always_room():
    bucket = Bucket(None, 2)
    bucket.spend(10**12)

    assert bucket.room(0.0, kept_back=0.5) == float("inf")
