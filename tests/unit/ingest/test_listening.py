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
