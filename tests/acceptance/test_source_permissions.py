"""A source may publish under its own topics and do nothing else, at the embedded broker and at Mosquitto."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from ingest.mqtt.packet import Credentials
from liandong.broker.mosquitto import MosquittoFiles
from liandong.broker.sources import INGEST_USER, new_source
from tests.support.mqtt import Refused, client
from tests.support.servers import embedded_broker, mosquitto

GATEWAY, OTHER = Credentials("gateway", "gateway-password"), Credentials("other", "other-password")
SOURCES = [
    (new_source("gateway", ("v3/+/devices/+/up", "/json/key/#"), password="gateway-password"), "gateway-password"),
    (new_source("other", ("city/#",), password="other-password"), "other-password"),
]
ALLOWED = ["v3/app@tenant/devices/dev-1/up", "/json/key", "/json/key/dev/attrs"]
FORBIDDEN = [
    "city/traffic/a/reading",
    "v3/app/devices/dev-1/down",
    "v3",
    "/json/other/dev/attrs",
    "json/key/dev",
    "liandong/alarms",
    "$SYS/x",
    "$MQTT/msgs/city/traffic/a/reading",
    "$JS/API/STREAM/DELETE/x",
]


@dataclass(frozen=True)
class Place:
    port: int
    ingest: Credentials


@pytest.fixture(params=["embedded", "mosquitto"])
def broker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    if request.param == "embedded":
        with embedded_broker(tmp_path / "data", sources=tuple(source for source, _ in SOURCES)) as server:
            yield Place(server.port, server.ingest)
        return
    for source, password in SOURCES:
        MosquittoFiles(tmp_path).put(source, password)
    options = (f"password_file {tmp_path}/passwords", f"acl_file {tmp_path}/acl", "allow_anonymous false")
    with mosquitto(tmp_path, options=options) as server:
        yield Place(server.port, Credentials(INGEST_USER, (tmp_path / "ingest.password").read_text().strip()))


def test_source_publishes_to_its_own_topics_only(broker: Place) -> None:
    with client(broker.port, broker.ingest) as ingest, client(broker.port, GATEWAY) as gateway:
        assert ingest.subscribe("#")

        for topic in [*FORBIDDEN, *ALLOWED]:
            gateway.publish(topic)
            gateway.publish(topic, retain=True)
        ingest.wait_for(ALLOWED[-1])

    assert {topic for topic, _ in ingest.came} == set(ALLOWED)


def test_source_hears_nothing(broker: Place) -> None:
    with client(broker.port, OTHER) as other, client(broker.port, GATEWAY) as gateway:
        for topic_filter in ["#", "city/#", "$SYS/#", "$MQTT/#", "+/+/+/reading"]:
            gateway.subscribe(topic_filter)

        other.publish("city/traffic/a/reading")
        other.publish("city/traffic/a/reading")

    assert gateway.came == []


def test_source_that_takes_over_ingests_session_hears_nothing(broker: Place) -> None:
    with client(broker.port, broker.ingest, client_id="ingest", clean=False) as ingest:
        assert ingest.subscribe("city/#")
    with client(broker.port, OTHER) as other:
        other.publish("city/traffic/a/reading")

        with client(broker.port, GATEWAY, client_id="ingest", clean=False) as thief:
            other.publish("city/traffic/b/reading")
            other.publish("city/traffic/b/reading")

    assert thief.came == []


@pytest.mark.parametrize(
    "credentials",
    [Credentials("gateway", "wrong"), Credentials("nobody", "gateway-password"), Credentials(None, None)],
    ids=["wrong password", "unknown user", "no user"],
)
def test_stranger_is_not_let_in(broker: Place, credentials: Credentials) -> None:
    with pytest.raises(Refused), client(broker.port, credentials):
        pass
