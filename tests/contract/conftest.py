"""Every history store for one suite, and both databases for another."""

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from storage.sql import Database
from tests.support.history_stores import Rig, duckdb_rig, influxdb_rig, victoria_rig
from tests.support.migrated import migrated
from tests.support.postgres import new_migrated, postgresql
from tests.support.servers import Server, influxd, victoria_metrics


@pytest.fixture(scope="session")
def influxdb_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with influxd(tmp_path_factory.mktemp("influxd")) as server:
        yield server


@pytest.fixture
def victoria_server(tmp_path: Path) -> Iterator[Server]:
    folder = tmp_path / "victoria"
    folder.mkdir()
    with victoria_metrics(folder) as server:
        yield server


def _rig(kind: str, request: pytest.FixtureRequest, folder: Path) -> Rig:
    own = folder / uuid.uuid4().hex
    own.mkdir()
    if kind == "duckdb":
        return duckdb_rig(own)
    if kind == "influxdb":
        return influxdb_rig(request.getfixturevalue("influxdb_server"), f"city_{uuid.uuid4().hex}", own)
    return victoria_rig(request.getfixturevalue("victoria_server"), own)


@pytest.fixture(params=["duckdb", "influxdb"])
def new_rig(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], Rig]]:
    """Give one empty store after the other."""
    made: list[Rig] = []

    def new() -> Rig:
        made.append(_rig(request.param, request, tmp_path))
        return made[-1]

    yield new
    for rig in made:
        rig.history.close()


@pytest.fixture
def rig(new_rig: Callable[[], Rig]) -> Rig:
    """Give a store that writes and reads."""
    return new_rig()


@pytest.fixture(params=["duckdb", "influxdb", "victoria"])
def written(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Rig]:
    """Give a store of which only the writes are looked at."""
    rig = _rig(request.param, request, tmp_path)
    yield rig
    rig.history.close()


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    with postgresql() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def migrated_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """Give a database with the present schema and nothing in it."""
    if request.param == "sqlite":
        database = migrated(tmp_path / "city.sqlite")
    else:
        database = Database(new_migrated(request.getfixturevalue("postgresql_url"), f"city_{uuid.uuid4().hex}"))
    yield database
    database.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    if request.param == "sqlite":
        database = Database(f"sqlite:///{tmp_path}/city.sqlite")
    else:
        database = Database(request.getfixturevalue("postgresql_url"))
        with database.write() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE; CREATE SCHEMA public"))
    yield database
    database.close()
