"""Users, sessions and sign-in links mean the same on SQLite and on PostgreSQL."""

from datetime import UTC, datetime, timedelta

import pytest

from api.config import HttpSettings
from api.passwords import Passwords
from api.sessions import Sessions
from api.sign_in import SignInLinks
from api.users import NewUser, User, Users
from city.clock import ManualClock
from city.errors import Conflict
from linkage.person import Role
from storage.sql import Database
from tests.support.people import CHEAP, PASSWORD

SETTINGS = HttpSettings()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(datetime(2026, 11, 20, 8, tzinfo=UTC))


@pytest.fixture
def users(migrated_database: Database, clock: ManualClock) -> Users:
    return Users(migrated_database, Passwords(CHEAP), clock)


@pytest.fixture
def sessions(migrated_database: Database, clock: ManualClock) -> Sessions:
    return Sessions(migrated_database, SETTINGS, clock)


@pytest.fixture
def li(users: Users) -> User:
    return users.add(NewUser(username="li", name="李明", roles=(Role.FOREMAN, Role.ACCEPTOR), password=PASSWORD))


def test_user_comes_back_as_added(users: Users, li: User) -> None:
    assert users.page(after=0, limit=10) == [li]
    assert users.check("li", PASSWORD) == li
    with pytest.raises(Conflict):
        users.add(NewUser(username="li", name="Li", roles=(Role.MONITOR,)))


def test_session_lives_and_ends(sessions: Sessions, clock: ManualClock, li: User) -> None:
    used, idle = (sessions.open(li, address="10.0.0.9") for _ in range(2))
    key = sessions.find(used.token)
    assert key is not None

    clock.advance(timedelta(seconds=SETTINGS.session_idle_s - 1))
    assert sessions.use({key.key}) == {key.key}
    clock.advance(timedelta(seconds=1))

    assert sessions.find(used.token) is not None
    assert sessions.find(idle.token) is None


def test_link_is_used_up(migrated_database: Database, sessions: Sessions, clock: ManualClock, li: User) -> None:
    links = SignInLinks(migrated_database, sessions, SETTINGS, clock)
    token = links.create(li)

    opened = links.redeem(token, "10.0.0.9")

    assert opened is not None
    assert opened.user == li
    assert links.redeem(token, "10.0.0.9") is None


def test_disabled_user_leaves_nothing_behind(users: Users, sessions: Sessions, li: User) -> None:
    opened = sessions.open(li, address="10.0.0.9")

    users.disable("li")

    assert sessions.find(opened.token) is None
    assert [user.disabled for user in users.page(after=0, limit=10)] == [True]
    assert users.check("li", PASSWORD) is None
