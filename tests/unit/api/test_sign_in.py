"""Signing in: by password, slowed when guessed at, and by a link that works once."""

from datetime import timedelta

import pytest

from api.config import HttpSettings
from api.errors import TooMany, Unauthenticated
from api.sessions import Sessions
from api.sign_in import ADDRESS_FREE_ATTEMPTS, SignIn, SignInLinks
from api.throttle import Throttle
from api.users import User, Users
from city.clock import ManualClock
from tests.support.people import PASSWORD


def fail(sign_in: SignIn, username: str, *, address: str = "10.0.0.9") -> None:
    with pytest.raises(Unauthenticated):
        sign_in.by_password(username, "wrong password", address=address)


def test_right_password_opens_a_session(sign_in: SignIn, sessions: Sessions, li: User) -> None:
    opened = sign_in.by_password("li", PASSWORD, address="10.0.0.9")

    session = sessions.find(opened.token)

    assert session is not None
    assert session.user == li


def test_refusal_does_not_tell_which_was_wrong(sign_in: SignIn, li: User) -> None:
    with pytest.raises(Unauthenticated) as unknown:
        sign_in.by_password("nobody", PASSWORD, address="10.0.0.9")
    with pytest.raises(Unauthenticated) as wrong:
        sign_in.by_password(li.username, "wrong password", address="10.0.0.9")

    assert str(unknown.value) == str(wrong.value)


@pytest.mark.parametrize("username", ["li", "nobody"])
def test_guessing_at_an_account_waits_twice_as_long_each_time(
    sign_in: SignIn, clock: ManualClock, settings: HttpSettings, li: User, username: str
) -> None:
    del li
    for _ in range(settings.sign_in_free_attempts):
        fail(sign_in, username)

    waits = []
    for _ in range(12):
        with pytest.raises(TooMany) as refused:
            sign_in.by_password(username, PASSWORD, address="10.0.0.9")
        waits.append(refused.value.retry_after_s)
        clock.advance(timedelta(seconds=refused.value.retry_after_s))
        fail(sign_in, username)

    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]


def test_guessing_from_elsewhere_does_not_lock_the_owner_out(sign_in: SignIn, settings: HttpSettings, li: User) -> None:
    for _ in range(settings.sign_in_free_attempts):
        fail(sign_in, li.username, address="203.0.113.7")

    assert sign_in.by_password(li.username, PASSWORD, address="10.0.0.9")


def test_guessing_from_everywhere_stops_new_addresses_only(sign_in: SignIn, settings: HttpSettings, li: User) -> None:
    sign_in.by_password(li.username, PASSWORD, address="10.0.0.9")
    for number in range(settings.sign_in_account_attempts):
        fail(sign_in, li.username, address=f"203.0.113.{number}")

    with pytest.raises(TooMany):
        sign_in.by_password(li.username, PASSWORD, address="198.51.100.1")

    assert sign_in.by_password(li.username, PASSWORD, address="10.0.0.9")


def test_guessing_from_one_address_waits(sign_in: SignIn, li: User) -> None:
    for number in range(ADDRESS_FREE_ATTEMPTS):
        fail(sign_in, f"user{number}")

    with pytest.raises(TooMany):
        sign_in.by_password(li.username, PASSWORD, address="10.0.0.9")

    assert sign_in.by_password(li.username, PASSWORD, address="10.0.0.10")


def test_success_forgets_failures(sign_in: SignIn, settings: HttpSettings, li: User) -> None:
    for _ in range(3):
        for _ in range(settings.sign_in_free_attempts - 1):
            fail(sign_in, li.username)
        sign_in.by_password(li.username, PASSWORD, address="10.0.0.9")


def test_throttle_remembers_a_bounded_number_of_keys(clock: ManualClock) -> None:
    throttle = Throttle(clock, free_attempts=1, longest_wait_s=10, capacity=2)

    for key in ("a", "b", "c"):
        throttle.failed(key)

    throttle.check("a", at="key")
    with pytest.raises(TooMany):
        throttle.check("c", at="key")


def test_throttle_survives_a_clock_set_back(clock: ManualClock) -> None:
    throttle = Throttle(clock, free_attempts=1, longest_wait_s=10)
    throttle.failed("a")
    clock.advance(timedelta(hours=-1))

    with pytest.raises(TooMany) as refused:
        throttle.check("a", at="key")

    assert refused.value.retry_after_s == 1


def test_link_signs_in_once(sign_in: SignIn, links: SignInLinks, sessions: Sessions, li: User) -> None:
    token = links.create(li)

    opened = sign_in.by_link(token, address="127.0.0.1")

    assert sessions.find(opened.token) is not None
    with pytest.raises(Unauthenticated):
        sign_in.by_link(token, address="127.0.0.1")


def test_link_expires(
    sign_in: SignIn, links: SignInLinks, clock: ManualClock, settings: HttpSettings, li: User
) -> None:
    token = links.create(li)

    clock.advance(timedelta(seconds=settings.link_life_s))

    with pytest.raises(Unauthenticated):
        sign_in.by_link(token, address="127.0.0.1")


def test_link_of_a_disabled_user_is_dead(sign_in: SignIn, links: SignInLinks, users: Users, li: User) -> None:
    token = links.create(li)

    users.disable(li.username)

    with pytest.raises(Unauthenticated):
        sign_in.by_link(token, address="127.0.0.1")


def test_unknown_link_is_refused(sign_in: SignIn) -> None:
    with pytest.raises(Unauthenticated):
        sign_in.by_link("\ud800", address="127.0.0.1")
