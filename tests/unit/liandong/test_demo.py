import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.passwords import Passwords
from api.sessions import Sessions
from api.sign_in import SignInLinks
from api.users import Users
from city.clock import SystemClock
from liandong.city_folder import CityFolder, read_city
from liandong.demo import settle_demo
from liandong.settings import Settings
from linkage.person import Role
from storage.sql import Database
from tests.support.migrated import migrated
from tests.support.people import CHEAP
from tests.support.small_city import write_small_city


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr("api.passwords.Passwords.__init__.__defaults__", (CHEAP,))
    settings = Settings(data=tmp_path / "data", city=write_small_city(tmp_path / "city"))
    settings.folder.create()
    return settings


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    database = migrated(settings.folder.database)
    yield database
    database.close()


@pytest.fixture
def city(settings: Settings) -> CityFolder:
    return read_city(settings.city)


def test_demo_has_somebody_in_every_role(settings: Settings, database: Database, city: CityFolder) -> None:
    settle_demo(settings, settings.folder, database, city.departments)

    users = Users(database, Passwords(CHEAP), SystemClock())
    accounts = [line.split() for line in settings.folder.demo_accounts.read_text().splitlines()[1:]]
    assert {role for user in users.page(after=0, limit=100) for role in user.roles} == set(Role)
    assert stat.S_IMODE(settings.folder.demo_accounts.stat().st_mode) == 0o600
    username, password = accounts[-1][:2]
    assert users.check(username, password) is not None


def test_link_signs_in_once(settings: Settings, database: Database, city: CityFolder) -> None:
    settle_demo(settings, settings.folder, database, city.departments)

    link = settings.folder.sign_in_link.read_text().strip()
    clock = SystemClock()
    links = SignInLinks(database, Sessions(database, settings.http, clock), settings.http, clock)
    address, token = link.split("#/link/")
    opened = links.redeem(token, "127.0.0.1")

    assert address == "http://127.0.0.1:8470/"
    assert opened is not None
    assert opened.user.username == "demo"
    assert links.redeem(token, "127.0.0.1") is None


def test_second_start_keeps_the_accounts(settings: Settings, database: Database, city: CityFolder) -> None:
    settle_demo(settings, settings.folder, database, city.departments)
    before = settings.folder.demo_accounts.read_text()

    settle_demo(settings, settings.folder, database, city.departments)

    assert settings.folder.demo_accounts.read_text() == before
