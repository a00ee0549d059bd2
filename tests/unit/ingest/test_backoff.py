from random import Random

from ingest.backoff import Backoff


def test_pauses_double_up_to_the_cap_with_jitter():
    backoff = Backoff(1.0, 10.0, Random(1))

    pauses = [backoff.next_s() for _ in range(2000)]

    for pause, ceiling in zip(pauses, [1.0, 2.0, 4.0, 8.0, *([10.0] * 1996)], strict=True):
        assert ceiling / 2 <= pause <= ceiling
    assert len(set(pauses)) > 1000


def test_success_starts_over():
    backoff = Backoff(1.0, 10.0, Random(1))
    for _ in range(5):
        backoff.next_s()

    backoff.reset()

    assert backoff.next_s() <= 1.0
