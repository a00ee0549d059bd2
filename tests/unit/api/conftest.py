"""A signed-up city on a real SQLite file, and people in it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from shutil import copy

import pytest

from api.config import HttpSettings
from api.passwords import Passwords
from api.sessions import Sessions
from api.sign_in import SignIn, SignInLinks
from api.users import NewUser, User, Users
from city.clock import ManualClock
from storage.migrate import upgrade
from storage.sql import Database
from tests.support.api import Town, town_on
from tests.support.people import CHEAP, PASSWORD


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(datetime(2026, 11, 20, 8, tzinfo=UTC))


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a migrated file to copy: running the revisions takes longer than most tests."""
    path = tmp_path_factory.mktemp("empty") / "city.sqlite"
    database = Database(f"sqlite:///{path}")
    upgrade(database)
    database.close()
    return path


@pytest.fixture
def database(empty_database: Path, tmp_path: Path) -> Iterator[Database]:
    copy(empty_database, tmp_path / "city.sqlite")
    database = Database(f"sqlite:///{tmp_path / 'city.sqlite'}")
    yield database
    database.close()


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
