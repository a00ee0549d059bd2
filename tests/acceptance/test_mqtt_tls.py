"""The MQTT session over TLS: it trusts the city's own authority, shows its certificate, and refuses strangers."""

import asyncio
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

from ingest.config import BatchSettings, MqttSettings
from ingest.mqtt.inbox import Inbox
from ingest.mqtt.session import Session
from ingest.mqtt.session_file import SessionFile
from tests.support.servers import free_port, require, running


@dataclass(frozen=True)
class Authority:
    """A certificate authority of the test's own, in a folder."""

    folder: Path

    @property
    def certificate(self) -> Path:
        return self.folder / "ca.pem"

    def issue(self, name: str) -> tuple[Path, Path]:
        """Return certificate and key of `name`."""
        key, request, certificate = (self.folder / f"{name}.{suffix}" for suffix in ("key", "csr", "pem"))
        extensions = self.folder / f"{name}.ext"
        extensions.write_text("subjectAltName=IP:127.0.0.1\n")
        openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", request, "-subj", f"/CN={name}")
        signer = ("-CA", self.certificate, "-CAkey", self.folder / "ca.key", "-CAcreateserial")
        openssl("x509", "-req", "-in", request, *signer, "-out", certificate, "-extfile", extensions, "-days", "2")
        return certificate, key


def openssl(*words: str | Path) -> None:
    subprocess.run([require("openssl"), *map(str, words)], check=True, capture_output=True)


def authority(folder: Path) -> Authority:
    folder.mkdir()
    own = ("-keyout", folder / "ca.key", "-out", folder / "ca.pem", "-subj", "/CN=city", "-days", "2")
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", *own)
    return Authority(folder)


@pytest.fixture
def city(tmp_path: Path) -> Authority:
    return authority(tmp_path / "city")


async def outcome(folder: Path, settings: MqttSettings, true: Callable[[Session], bool]) -> None:
    session = Session(
        settings, SessionFile(folder / "s.json"), Inbox(BatchSettings()), filters=["city/#"], random=Random(1)
    )
    async with asyncio.timeout(10), asyncio.TaskGroup() as group:
        task = group.create_task(session.run(), name="session")
        while not true(session):  # noqa: ASYNC110 - what is waited for has no event of its own
            await asyncio.sleep(0.01)
        task.cancel()


def listener(city: Authority, port: int, folder: Path) -> list[str]:
    certificate, key = city.issue("broker")
    lines = [
        f"listener {port} 127.0.0.1",
        "user root",
        "allow_anonymous true",
        f"cafile {city.certificate}",
        f"certfile {certificate}",
        f"keyfile {key}",
        "require_certificate true",
    ]
    configuration = folder / "mosquitto.conf"
    configuration.write_text("\n".join(lines) + "\n")
    return [require("mosquitto"), "-c", str(configuration)]


def test_session_with_a_certificate_of_the_city_is_let_in(city, tmp_path):
    port = free_port()
    certificate, key = city.issue("ingest")
    settings = MqttSettings(
        url=f"mqtts://127.0.0.1:{port}", ca_file=city.certificate, cert_file=certificate, key_file=key
    )
    with running(listener(city, port, tmp_path), port=port, folder=tmp_path, ready=lambda: is_open(tmp_path)):
        asyncio.run(outcome(tmp_path, settings, lambda session: session.connected))


@pytest.mark.parametrize("trusting", ["system", "another city"])
def test_broker_that_nobody_vouches_for_is_refused(city, tmp_path, trusting):
    port = free_port()
    ca_file = None if trusting == "system" else authority(tmp_path / "other").certificate
    settings = MqttSettings(url=f"mqtts://127.0.0.1:{port}", ca_file=ca_file)
    with running(listener(city, port, tmp_path), port=port, folder=tmp_path, ready=lambda: is_open(tmp_path)):
        asyncio.run(outcome(tmp_path, settings, lambda session: "certificate verify failed" in session.error))


def is_open(folder: Path) -> bool:
    return "running" in (folder / "server.log").read_text()


def test_session_without_a_certificate_is_not_let_in(city, tmp_path):
    port = free_port()
    settings = MqttSettings(url=f"mqtts://127.0.0.1:{port}", ca_file=city.certificate, backoff_first_s=0.05)
    with running(listener(city, port, tmp_path), port=port, folder=tmp_path, ready=lambda: is_open(tmp_path)):
        asyncio.run(outcome(tmp_path, settings, lambda session: bool(session.error) and not session.connected))
