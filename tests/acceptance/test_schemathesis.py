"""What the OpenAPI document promises is what the running program does."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from linkage.person import Role
from tests.support.program import Person, Program, eventually, running_program
from tests.support.publisher import publisher
from tests.support.schemathesis import Target

#: Made-up requests of each kind for each operation, beside those that schemathesis derives from the document itself;
#: `make soak` asks for more of them, made up anew each time, and by every method.
EXAMPLES = os.environ.get("SCHEMATHESIS_EXAMPLES", "")
MADE_UP = ("--max-examples", EXAMPLES) if EXAMPLES else ("--max-examples", "2", "--seed", "1")

pytestmark = [pytest.mark.timeout(3600 if EXAMPLES else 600), pytest.mark.slow]


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory, city: Path) -> Iterator[Program]:
    with running_program(Program(tmp_path_factory.mktemp("program"), city)) as program:
        yield program


@pytest.fixture(scope="module")
def everybody(program: Program) -> Person:
    """Return somebody with every role, in a city where something has happened."""
    person = program.person("all", *Role, department="water-bureau")
    password = program.command("source", "add", "field", "--topics", "city/#")
    with publisher(program.mqtt_port, username="field", password=password) as source:
        source.reading("up-01", datetime.now(UTC).isoformat(), water_level=18.0)
        source.reading("stranger-1", datetime.now(UTC).isoformat(), pm25=18.0)
        source.send("city/environment/air-01/reading", b"\x00 no json")
        eventually(lambda: person.incidents(), what="an incident")
        eventually(lambda: person.get("/quarantine")["items"], what="a quarantined message")
        eventually(lambda: person.get("/discovery")["items"], what="a discovered sensor")
    return person


def target(program: Program, person: Person) -> Target:
    return Target(program.url, person.client.cookies["liandong_session"], person.client.cookies["liandong_csrf"])


def test_schemathesis_finds_nothing(program: Program, everybody: Person, tmp_path: Path) -> None:
    run = target(program, everybody).run(tmp_path, *MADE_UP, every_method=bool(EXAMPLES))

    assert run.returncode == 0, run.stdout[-8000:]


def test_signing_out_keeps_what_it_promises(program: Program, tmp_path: Path) -> None:
    leaver = program.person("leaver", Role.MONITOR)

    run = target(program, leaver).run(tmp_path, "--include-method", "DELETE", *MADE_UP, sign_out=True)

    assert run.returncode == 0, run.stdout[-8000:]
