"""The whole program on both kinds of broker, with people of all three sides."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.program import Program, running_program
from tests.support.publisher import Publisher, publisher
from tests.support.servers import mosquitto
from tests.support.small_city import write_small_city
from tests.support.staff import Staff, hire

#: What the tests' one source may publish to.
TOPICS = ("city/#", "v3/#", "fiware/#", "telegraf/#")

#: Parts that a test killed come back without the pauses that spare a machine on which nothing runs.
RESTART = "[restart]\nlongest_pause_s = 0.5\n"


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_small_city(tmp_path_factory.mktemp("city") / "smallville")


@pytest.fixture(scope="module", params=["embedded", "mosquitto"])
def program(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, city: Path) -> Iterator[Program]:
    folder = tmp_path_factory.mktemp(request.param)
    if request.param == "embedded":
        with running_program(Program(folder, city, RESTART)) as program:
            yield program
        return
    (folder / "broker").mkdir()
    options = ("allow_anonymous true", "max_inflight_messages 0", "max_queued_messages 0")
    with mosquitto(folder / "broker", options=options) as broker:
        settings = f'[mqtt]\nurl = "mqtt://127.0.0.1:{broker.port}"\n{RESTART}'
        with running_program(Program(folder, city, settings, mqtt_port=broker.port)) as program:
            yield program


@pytest.fixture(scope="module")
def source(program: Program) -> Iterator[Publisher]:
    if "[mqtt]" in program.settings:
        with publisher(program.mqtt_port) as connected:
            yield connected
        return
    topics = [word for topic in TOPICS for word in ("--topics", topic)]
    password = program.command("source", "add", "field", *topics)
    with publisher(program.mqtt_port, username="field", password=password) as connected:
        yield connected


@pytest.fixture(scope="module")
def staff(program: Program) -> Staff:
    return hire(program)
