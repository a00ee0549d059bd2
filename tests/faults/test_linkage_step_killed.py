"""A desk killed on either side of the commit of an officer's step: the step is whole or was never taken."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from linkage.acting import Order
from linkage.event_log import verify
from linkage.states import Step
from storage.migrate import upgrade
from storage.sql import Database
from tests.support.desk_process import KILLED
from tests.support.linkage import MONITOR, Town
from tests.support.postgres import postgres_server
from tests.support.program import ROOT

pytestmark = [pytest.mark.timeout(90), pytest.mark.slow]

_STEPS = """
import json, sys
from dataclasses import replace
from linkage.acting import Order
from linkage.failpoint import Failpoints
from linkage.incidents import Incidents
from linkage.states import Step
from storage.sql import Database
from tests.support.linkage import MONITOR, Town
url, place, incident, version = json.loads(sys.argv[1])
town = Town(Database(url))
ledger = replace(town.ledger, failpoints=Failpoints([place]))
Incidents(ledger).act(incident, Order(step=Step.COMMENT, version=version, note="seen"), MONITOR)
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Database, str]]:
    if request.param == "sqlite":
        yield from _opened(f"sqlite:///{tmp_path / 'city.sqlite'}")
    else:
        with postgres_server() as server:
            yield from _opened(server.url)


def _opened(url: str) -> Iterator[tuple[Database, str]]:
    database = Database(url)
    upgrade(database)
    yield database, url
    database.close()


def killed_at(place: str, url: str, incident: str, version: int) -> int:
    """Take a step in a process that dies there; return its exit code."""
    told = json.dumps([url, place, incident, version])
    return subprocess.run([sys.executable, "-c", _STEPS, told], cwd=ROOT, check=False).returncode


def test_step_killed_before_its_commit_was_never_taken(database: tuple[Database, str]) -> None:
    here, url = database
    town = Town(here)
    shown = town.reported()

    code = killed_at("before_step", url, shown.id, shown.version)
    after = town.incidents.one(shown.id, MONITOR)
    again = town.incidents.act(shown.id, Order(step=Step.COMMENT, version=shown.version, note="seen"), MONITOR)

    assert code == KILLED
    assert after.version == shown.version
    assert [event.step for event in again.events].count("comment") == 1
    assert verify(here) == []


def test_step_killed_after_its_commit_was_taken_whole(database: tuple[Database, str]) -> None:
    here, url = database
    town = Town(here)
    shown = town.reported()

    code = killed_at("after_step", url, shown.id, shown.version)
    after = town.incidents.one(shown.id, MONITOR)

    assert code == KILLED
    assert after.version == shown.version + 1
    assert [event.step for event in after.events].count("comment") == 1
    assert verify(here) == []
