"""`deploy/mosquitto.conf` as Debian's Mosquitto runs it: nobody anonymous, nothing lost while ingest is away."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ingest.mqtt.packet import Credentials
from liandong.broker.mosquitto import MosquittoFiles, mosquitto_hash
from liandong.broker.sources import INGEST_USER, new_source
from tests.support.mqtt import Refused, client
from tests.support.servers import Server, free_port, mosquitto

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"

#: More than the 1000 that Mosquitto queues by default.
MESSAGES = 3000


def options(folder: Path) -> tuple[str, ...]:
    """Return the lines of the file, with the container's paths and port replaced by the test's."""
    text = (DEPLOY / "mosquitto.conf").read_text()
    for path in ("/mosquitto/secrets/", "/mosquitto/data/"):
        text = text.replace(path, f"{folder}/")
    return tuple(line for line in text.splitlines() if line and not line.startswith(("#", "listener", "log_dest")))


@contextmanager
def deployed(folder: Path, port: int) -> Iterator[Server]:
    with mosquitto(folder, options=options(folder), port=port) as server:
        yield server


@pytest.fixture
def source(tmp_path: Path) -> Credentials:
    MosquittoFiles(tmp_path).put(new_source("field", ("city/#",), password="field-password"), "field-password")
    return Credentials("field", "field-password")


@pytest.fixture
def ingest(source: Credentials, tmp_path: Path) -> Credentials:
    return Credentials(INGEST_USER, (tmp_path / "ingest.password").read_text().strip())


def test_nobody_is_anonymous(source: Credentials, tmp_path: Path) -> None:
    with deployed(tmp_path, free_port()) as server:
        with pytest.raises(Refused), client(server.port, Credentials()):
            pass
        with client(server.port, source):
            pass


def test_nothing_is_lost_while_ingest_is_away_and_the_broker_starts_again(
    source: Credentials, ingest: Credentials, tmp_path: Path
) -> None:
    port = free_port()
    with deployed(tmp_path, port):
        with client(port, ingest, client_id="ingest", clean=False) as listener:
            assert listener.subscribe("city/#")
        with client(port, source) as publisher:
            sent = [
                publisher.paho.publish(f"city/traffic/{number}/reading", b"{}", qos=1) for number in range(MESSAGES)
            ]
            for info in sent:
                info.wait_for_publish(10.0)

    with deployed(tmp_path, port), client(port, ingest, client_id="ingest", clean=False) as listener:
        listener.wait_for(f"city/traffic/{MESSAGES - 1}/reading")

    assert len({topic for topic, _ in listener.came}) == MESSAGES


def test_example_of_an_acl_is_one(tmp_path: Path) -> None:
    users = {
        "lora-gateway": "v3/a/devices/b/up",
        "traffic-feed": "city/traffic/a/reading",
        "liandong-ingest": "liandong/x",
    }
    (tmp_path / "acl").write_text((DEPLOY / "mosquitto.acl").read_text())
    (tmp_path / "passwords").write_text("".join(f"{user}:{mosquitto_hash('secret')}\n" for user in users))

    with deployed(tmp_path, free_port()) as server, client(server.port, Credentials(INGEST_USER, "secret")) as listener:
        assert listener.subscribe("#")
        for user, topic in users.items():
            with client(server.port, Credentials(user, "secret")) as publisher:
                publisher.publish("city/environment/a/reading")
                publisher.publish(topic)
        listener.wait_for("liandong/x")

    assert {topic for topic, _ in listener.came} == set(users.values())
