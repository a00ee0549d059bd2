"""A fair lock."""

from threading import Event, Thread

from storage.turnstile import Turnstile


def test_turnstile_lets_one_through_at_a_time() -> None:
    turnstile = Turnstile()

    first, second = turnstile.acquire(0), turnstile.acquire(0)
    turnstile.release()
    third = turnstile.acquire(0)

    assert (first, second, third) == (True, False, True)


def test_turnstile_goes_to_who_waits_and_not_back_to_who_let_go() -> None:
    turnstile, came = Turnstile(), Event()

    def wait() -> None:
        assert turnstile.acquire(5)
        came.set()

    turnstile.acquire(0)
    waiter = Thread(target=wait)
    waiter.start()
    again = True
    while again:  # until the waiter waits
        turnstile.release()
        again = turnstile.acquire(0)

    assert came.wait(5)
    waiter.join()
    turnstile.release()
    assert turnstile.acquire(0)
