"""A signed-up city on a real SQLite file, and people in it."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from api.config import HttpSettings
from api.passwords import Passwords
from api.sessions import Sessions
from api.sign_in import SignIn, SignInLinks
from api.users import NewUser, User, Users
from city.clock import ManualClock
from storage.sql import Database
from tests.support.api import Town, town_on
from tests.support.empty_city import EmptyCity
from tests.support.people import CHEAP, PASSWORD


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(datetime(2026, 11, 20, 8, tzinfo=UTC))


@pytest.fixture(scope="session")
def empty_city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmptyCity]:
    city = EmptyCity(tmp_path_factory.mktemp("sqlite"))
    yield city
    city.database.close()


@pytest.fixture
def database(empty_city: EmptyCity) -> Database:
    return empty_city.fresh()


@pytest.fixture
def settings() -> HttpSettings:
    return HttpSettings()


@pytest.fixture
def users(database: Database, clock: ManualClock) -> Users:
    return Users(database, Passwords(CHEAP), clock)


@pytest.fixture
def sessions(database: Database, settings: HttpSettings, clock: ManualClock) -> Sessions:
    return Sessions(database, settings, clock)


@pytest.fixture
def links(database: Database, sessions: Sessions, settings: HttpSettings, clock: ManualClock) -> SignInLinks:
    return SignInLinks(database, sessions, settings, clock)


@pytest.fixture
def sign_in(users: Users, sessions: Sessions, links: SignInLinks, settings: HttpSettings, clock: ManualClock) -> SignIn:
    return SignIn(users, sessions, links, settings, clock)


@pytest.fixture
def li(users: Users) -> User:
    return users.add(NewUser(username="li", name="李明", roles=frozenset({"foreman"}), password=PASSWORD))


@pytest.fixture
def town(database: Database) -> Town:
    return town_on(database)
