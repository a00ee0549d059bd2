"""Two installations on one PostgreSQL: both serve, one works, and the other takes over when it dies."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from linkage.person import Role
from tests.support.postgres import postgres_server
from tests.support.program import Program, eventually, running_program

pytestmark = [pytest.mark.timeout(240), pytest.mark.slow]

LEASE_S = 2.0


@pytest.fixture
def programs(tmp_path: Path, city: Path) -> Iterator[tuple[Program, Program]]:
    with postgres_server() as server:
        settings = f'[database]\nurl = "{server.url}"\n[linkage]\nlease_s = {LEASE_S}\n'
        (tmp_path / "one").mkdir()
        (tmp_path / "two").mkdir()
        one = Program(tmp_path / "one", city, settings=settings)
        two = Program(tmp_path / "two", city, settings=settings)
        with running_program(one), running_program(two):
            yield one, two


def working(program: Program) -> bool:
    return program.metric("linkage_lease_held") == 1


def test_other_installation_serves_and_takes_over(programs: tuple[Program, Program]) -> None:
    one, two = programs
    before = working(one), working(two)
    foreman = one.person("foreman", Role.FOREMAN)
    acceptor = two.person("acceptor", Role.ACCEPTOR)
    report = foreman.post("/incidents", title="积水", **{"class": "road_water"}, priority=2, source="hotline")
    seen = eventually(lambda: [line for line in acceptor.incidents() if line["id"] == report["id"]], what="the report")
    one.kill()
    eventually(lambda: working(two), within_s=LEASE_S * 2 + 10, what="the other's turn")
    after = acceptor.step(seen[0], "acknowledge")

    assert before == (True, False)
    assert after["acknowledged_at"] is not None
