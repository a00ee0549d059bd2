"""Real servers for the tests, each on a free port of the loopback and gone when the test process is."""

import os
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from ingest.mqtt.packet import Credentials
from liandong import leash
from liandong.broker.config import BrokerSettings
from liandong.broker.embedded import EmbeddedBroker
from liandong.broker.sources import INGEST_USER, Source, SourceFile
from liandong.folder import DataFolder
from liandong.secrets import secrets_at

HOST = "127.0.0.1"

#: How httpx asks servers of the tests: without `verify` it loads the trusted certificates each time, for 20 ms, and
#: there is no TLS here.
DIRECT: dict[str, Any] = {"trust_env": False, "verify": False}

#: Below Linux's ephemeral range (32768 up), so that no outgoing connection can take a port between look and use.
_PORTS = range(20_000, 32_000)
_GIVEN: set[int] = set()

#: A server that is not ready by then is broken; starts take well under a second on an idle machine.
_START_S = 15.0

_MQTT_CONNECT = bytes([16, 17, 0, 4]) + b"MQTT" + bytes([4, 2, 0, 10, 0, 5]) + b"probe"


@dataclass(frozen=True)
class Server:
    """A running server; `folder` holds its configuration, its data and `server.log`."""

    host: str
    port: int
    folder: Path
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        """Return the server's HTTP address."""
        return f"http://{self.host}:{self.port}"

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        self.process.kill()
        self.process.wait()

    def log(self) -> str:
        """Return what it has said so far."""
        return (self.folder / "server.log").read_text(errors="replace")


def require(program: str) -> str:
    """Return the path of `program`; skip the test when it is not installed, or fail it where `CI=true`."""
    found = shutil.which(program, path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"]))
    if found is not None:
        return found
    reason = f"`{program}` is not installed"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def free_port() -> int:
    """Return a loopback port that nobody listens on, another one each time."""
    while True:
        port = secrets.choice(_PORTS)  # not `random`: every worker of a test run has the same seed
        if port in _GIVEN:
            continue
        _GIVEN.add(port)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
        return port


def accepts_mqtt(port: int) -> bool:
    """Tell whether a broker answers a CONNECT there, be it to refuse."""
    try:
        with socket.create_connection((HOST, port), timeout=1.0) as client:
            client.sendall(_MQTT_CONNECT)
            answer = client.recv(4)
    except OSError:
        return False
    # An empty answer is a broker that closes on a client without a user, as NATS does: it is there.
    return answer[:1] in {b"\x20", b""}


def answers_http(url: str) -> bool:
    """Tell whether `url` answers with success."""
    try:
        return httpx.get(url, timeout=1.0, **DIRECT).is_success
    except httpx.HTTPError:
        return False


def wait_until(
    ready: Callable[[], bool], process: subprocess.Popen[bytes], log: Path, *, within_s: float = _START_S
) -> None:
    """Return when `ready()`; fail with the server's own words when it ended or took too long."""
    deadline = time.monotonic() + within_s
    while not ready():
        try:
            code = process.wait(timeout=0.02)
        except subprocess.TimeoutExpired:
            if time.monotonic() < deadline:
                continue
            code = None
        said = log.read_text(errors="replace")[-2000:]
        pytest.fail(f"`{process.args!r}` is not ready (exit code {code}):\n{said}")


@contextmanager
def running(
    command: list[str], *, port: int, folder: Path, ready: Callable[[], bool], within_s: float = _START_S
) -> Iterator[Server]:
    """Run `command` on a leash until the block ends; enter it when the server is ready."""
    log = folder / "server.log"
    with log.open("ab") as output:
        process = subprocess.Popen(leash.command(*command), stdout=output, stderr=output, cwd=folder)
    try:
        wait_until(ready, process, log, within_s=within_s)
        yield Server(HOST, port, folder, process)
    finally:
        process.terminate()
        try:
            process.wait(timeout=5.0)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def mosquitto(
    folder: Path, *, options: tuple[str, ...] = ("allow_anonymous true",), port: int | None = None
) -> Iterator[Server]:
    """Run Debian's Mosquitto with these lines of `mosquitto.conf`; give `port` to come back to an earlier one."""
    program = require("mosquitto")
    chosen = free_port() if port is None else port
    lines = [f"listener {chosen} {HOST}", "user root", "log_dest stderr", *options]
    configuration = folder / "mosquitto.conf"
    configuration.write_text("\n".join(lines) + "\n")
    command = [program, "-c", str(configuration)]
    with running(command, port=chosen, folder=folder, ready=lambda: accepts_mqtt(chosen)) as server:
        yield server


@dataclass(frozen=True)
class Broker(Server):
    """The embedded broker; `ingest` may read everything, sources may publish to their own topics."""

    ingest: Credentials


@contextmanager
def embedded_broker(
    data: Path, *, sources: tuple[Source, ...] = (), settings: BrokerSettings | None = None
) -> Iterator[Broker]:
    """Run the embedded broker in the data folder `data`; give `settings` to come back to an earlier port."""
    chosen = BrokerSettings(port=free_port()) if settings is None else settings
    folder = DataFolder(data)
    folder.create()
    for source in sources:
        SourceFile(folder.broker).put(source)
    broker = EmbeddedBroker(chosen, folder, secrets_at(folder.secrets))
    broker.write()
    password = secrets_at(folder.secrets).ingest_password.get_secret_value()
    command, port = list(broker.part().command), chosen.port
    with running(command, port=port, folder=folder.broker, ready=lambda: accepts_mqtt(port)) as server:
        yield Broker(server.host, server.port, server.folder, server.process, Credentials(INGEST_USER, password))


@contextmanager
def influxd(folder: Path, *, port: int | None = None, within_s: float = _START_S) -> Iterator[Server]:
    """Run Debian's InfluxDB 1.6 with its data under `folder`, which may take a while to read."""
    program = require("influxd")
    chosen = free_port() if port is None else port
    configuration = folder / "influxdb.conf"
    configuration.write_text(
        f'reporting-disabled = true\nbind-address = "{HOST}:{free_port()}"\n'
        f'[meta]\ndir = "{folder}/meta"\n[data]\ndir = "{folder}/data"\nwal-dir = "{folder}/wal"\n'
        f'[http]\nbind-address = "{HOST}:{chosen}"\n[monitor]\nstore-enabled = false\n'
    )
    url = f"http://{HOST}:{chosen}/ping"
    command = [program, "run", "-config", str(configuration)]
    ready = partial(answers_http, url)
    with running(command, port=chosen, folder=folder, ready=ready, within_s=within_s) as server:
        yield server


@contextmanager
def victoria_metrics(folder: Path, *, port: int | None = None) -> Iterator[Server]:
    """Run Debian's VictoriaMetrics with its data under `folder`; it keeps every time since 1970."""
    program = require("victoria-metrics")
    chosen = free_port() if port is None else port
    command = [program, f"-storageDataPath={folder / 'data'}", f"-httpListenAddr={HOST}:{chosen}"]
    command += ["-retentionPeriod=100y", "-search.latencyOffset=0s"]
    url = f"http://{HOST}:{chosen}/health"
    with running(command, port=chosen, folder=folder, ready=lambda: answers_http(url)) as server:
        yield server
