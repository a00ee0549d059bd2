"""Messages over the city's own broker: acknowledged by it, heard by the department's account and by nobody else's."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from pydantic import SecretStr

from ingest.config import MqttSettings
from ingest.mqtt.packet import Credentials
from liandong.broker.mosquitto import MosquittoFiles
from liandong.broker.sources import INGEST_USER, new_source
from liandong.broker_courier import BrokerCourier
from linkage.telling.couriers import Letter
from tests.support.mqtt import client
from tests.support.servers import HOST, embedded_broker, free_port, mosquitto

WATER = Credentials("water-desk", "water-password")
SOURCE = new_source("water-desk", (), password="water-password", listens=("water",))
LETTER = Letter("key-1", "mqtt", "积水 / Flood", "16 cm", "water", "Wang")


@dataclass(frozen=True)
class Place:
    port: int
    ingest: Credentials


@pytest.fixture(params=["embedded", "mosquitto"])
def broker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    if request.param == "embedded":
        with embedded_broker(tmp_path / "data", sources=(SOURCE,)) as server:
            yield Place(server.port, server.ingest)
        return
    MosquittoFiles(tmp_path).put(SOURCE, "water-password")
    options = (f"password_file {tmp_path}/passwords", f"acl_file {tmp_path}/acl", "allow_anonymous false")
    with mosquitto(tmp_path, options=options) as server:
        yield Place(server.port, Credentials(INGEST_USER, (tmp_path / "ingest.password").read_text().strip()))


def courier(port: int, credentials: Credentials) -> BrokerCourier:
    password = SecretStr(credentials.password or "")
    settings = MqttSettings(url=f"mqtt://{HOST}:{port}", username=credentials.username, password=password)
    return BrokerCourier(settings, timeout_s=5)


def test_department_hears_its_messages_and_no_others(broker: Place) -> None:
    with client(broker.port, WATER) as water:
        assert water.subscribe("liandong/notify/water")
        receipts = [
            courier(broker.port, broker.ingest).carry(LETTER),
            courier(broker.port, broker.ingest).carry(Letter("key-2", "mqtt", "s", "b", "police")),
        ]
        water.wait_for("liandong/notify/water")

    ((topic, payload),) = water.came
    assert [receipt.delivered for receipt in receipts] == [True, True]
    assert topic == "liandong/notify/water"
    assert json.loads(payload) == {
        "key": "key-1",
        "department": "water",
        "person": "Wang",
        "subject": "积水 / Flood",
        "body": "16 cm",
    }


def test_broker_that_is_not_there_is_told() -> None:
    receipt = courier(free_port(), Credentials("x", "y")).carry(LETTER)

    assert (receipt.delivered, receipt.final) == (False, False)


def test_department_that_cannot_be_a_topic_is_refused() -> None:
    receipt = courier(free_port(), Credentials("x", "y")).carry(Letter("k", "mqtt", "s", "b", "a/#"))

    assert (receipt.final, receipt.blames_letter) == (True, True)
