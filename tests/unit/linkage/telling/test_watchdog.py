from threading import Event

from linkage.telling.watchdog import Watchdog


def test_block_that_lasts_too_long_is_ended():
    watchdog, early, late = Watchdog("test"), Event(), Event()
    with watchdog.watching(3600, late.set), watchdog.watching(0, early.set):
        ended = early.wait(10)

    assert ended
    assert not late.is_set()


def test_block_that_ends_in_time_is_let_be():
    watchdog, first, second = Watchdog("test"), Event(), Event()
    with watchdog.watching(0.001, first.set):
        first.wait(10)
    first.clear()
    with watchdog.watching(3600, first.set):
        pass
    with watchdog.watching(0, second.set):
        second.wait(10)

    assert second.is_set()
    assert not first.is_set()
