"""Nothing outlives the supervisor: not when it is killed, not after Ctrl-C; and two of it never meet."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from liandong.exits import Exit
from tests.support.process import children_of, wait_gone
from tests.support.program import ROOT, Program, running_program
from tests.support.servers import HOST, free_port
from tests.support.small_city import write_small_city

pytestmark = pytest.mark.timeout(180)


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_small_city(tmp_path_factory.mktemp("city") / "smallville")


@pytest.fixture(scope="module")
def first(city: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    with running_program(Program(tmp_path_factory.mktemp("first"), city)) as program:
        yield program


def processes(program: Program) -> list[int]:
    assert program.process is not None
    found = children_of(program.process.pid)
    assert {part["pid"] for part in program.parts.values()} <= set(found)
    return found


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0


def test_killed_or_ended_supervisor_leaves_nothing(city: Path, tmp_path: Path) -> None:
    program = Program(tmp_path, city, root=ROOT)
    with running_program(program):
        killed = processes(program)
        program.kill()
        assert [pid for pid in killed if not wait_gone(pid)] == []
        assert not listens(program.http_port)
        assert not listens(program.mqtt_port)

        program.start()
        ended = processes(program)
        code = program.stop()

    assert code == Exit.OK
    assert [pid for pid in ended if not wait_gone(pid, timeout_s=0)] == []
    assert not listens(program.http_port)
    assert not listens(program.mqtt_port)
    assert not list((program.data / "run").glob("*.sock"))


@pytest.mark.parametrize("taken", ["http port", "mqtt port", "data folder"])
def test_second_program_says_in_one_line_what_is_taken(first: Program, taken: str, tmp_path: Path) -> None:
    http, mqtt = (f"{HOST}:{free_port()}" for _ in range(2))
    http = f"{HOST}:{first.http_port}" if taken == "http port" else http
    mqtt = f"{HOST}:{first.mqtt_port}" if taken == "mqtt port" else mqtt
    data = str(first.data if taken == "data folder" else tmp_path / "data")
    options = ["--data", data, "--city", str(first.city), "--http", http, "--mqtt", mqtt]

    done = subprocess.run(
        [sys.executable, "-m", "liandong", "up", *options], capture_output=True, text=True, check=False, cwd=ROOT
    )

    assert done.returncode == Exit.TAKEN
    assert done.stdout == ""
    [line] = done.stderr.splitlines()
    assert {"http port": http, "mqtt port": mqtt, "data folder": data}[taken] in line
