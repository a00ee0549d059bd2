import pytest

from ingest.listening import Listening


@pytest.fixture
def settled() -> Listening:
    listening = Listening()
    listening.judge(100.0, connected=True, idle=True)
    listening.judge(102.0, connected=True, idle=True)
    return listening


def test_nobody_listens_before_a_connection():
    assert not Listening().judge(100.0, connected=False, idle=True)


def test_connection_counts_once_it_has_settled():
    listening = Listening()

    assert [listening.judge(now, connected=True, idle=True) for now in (100.0, 100.9, 101.0)] == [False, False, True]


def test_backlog_delays_listening():
    listening = Listening()
    listening.judge(100.0, connected=True, idle=False)
    for now in (100.5, 101.0, 101.5):
        listening.batch(now, caught_up=False)

    assert not listening.judge(102.0, connected=True, idle=False)
    listening.batch(102.1, caught_up=True)
    assert listening.judge(102.6, connected=True, idle=False)


def test_lost_connection_ends_listening_at_once(settled):
    assert settled.value
    assert not settled.judge(103.0, connected=False, idle=True)
    assert not settled.judge(103.5, connected=True, idle=True)


def test_short_burst_is_no_backlog(settled):
    for now in range(103, 108):
        settled.batch(float(now), caught_up=False)

    assert settled.judge(108.0, connected=True, idle=False)


def test_lasting_backlog_ends_listening(settled):
    for now in range(103, 114):
        settled.batch(float(now), caught_up=False)

    assert not settled.judge(113.5, connected=True, idle=False)


def test_busy_city_that_is_kept_up_with_is_listened_to(settled):
    for now in range(103, 130):
        settled.batch(now + 0.1, caught_up=False)
        settled.batch(now + 0.2, caught_up=True)

        assert settled.judge(now + 0.9, connected=True, idle=False)


def bursts(listening: Listening, *, lull_s: float, caught_up: bool) -> float:
    """Have batches cut short for ten seconds, a lull after each or one that took all; return since when it listens."""
    now_s, listens_s, ticks = 100.0, 0.0, 0
    listening.judge(now_s, connected=True, idle=False)
    while now_s < 110:
        listening.batch(now_s, caught_up=False)
        listening.done(now_s := now_s + 0.02)
        if caught_up:
            listening.batch(now_s, caught_up=True)
            listening.done(now_s := now_s + 0.02)
        now_s += lull_s
        ticks, ticked = int(now_s - 100), ticks
        if ticks > ticked and listening.judge(now_s, connected=True, idle=False) and not listens_s:
            listens_s = now_s - 100
    return listens_s


def test_sensors_that_speak_at_once_are_no_backlog():
    assert 3 <= bursts(Listening(), lull_s=0.02, caught_up=True) < 5


def test_broker_that_is_slow_to_send_more_had_nothing_more():
    assert 3 <= bursts(Listening(), lull_s=0.15, caught_up=False) < 5


def test_backlog_that_comes_without_a_lull_is_one_for_as_long_as_it_lasts():
    assert bursts(Listening(), lull_s=0.05, caught_up=False) == 0


def test_idle_moment_just_after_a_batch_is_the_brokers(settled):
    for now in range(103, 115):
        settled.batch(now + 0.9, caught_up=False)
        settled.done(now + 0.95)
        listens = settled.judge(now + 1.0, connected=True, idle=True)

    assert listens  # the broker was silent before each of them


def test_proof_of_long_ago_is_none(settled):
    for tenth in range(1030, 1080):
        settled.batch(tenth / 10, caught_up=True)
        settled.done(tenth / 10 + 0.01)
    for tenth in range(1080, 1200):
        settled.batch(tenth / 10, caught_up=False)
        settled.done(tenth / 10 + 0.09)

    assert not settled.judge(120.0, connected=True, idle=False)
