import json
from pathlib import Path
from typing import Any

import pytest

from ingest.routes import KNOWN_GRAMMARS, NATIVE_FILTERS
from liandong.broker.config import BrokerSettings
from liandong.broker.nats_config import ProgramUsers, nats_config
from liandong.broker.sources import new_source

USERS = ProgramUsers(ingest="$2b$ingest", simulator="$2b$simulator", replay="$2b$replay")


def configuration(*topics: str, **changes: Any) -> Any:
    sources = [new_source("gateway", topics, password="plain-password")] if topics else []
    return json.loads(nats_config(BrokerSettings(**changes), USERS, sources, Path("/data/broker")))


def users(*topics: str) -> dict[str, Any]:
    return {user["user"]: user for user in configuration(*topics)["accounts"]["CITY"]["users"]}


def test_broker_listens_on_loopback_and_keeps_what_it_took() -> None:
    made = configuration()

    assert (made["host"], made["mqtt"]["host"], made["mqtt"]["port"]) == ("127.0.0.1", "127.0.0.1", 1883)
    assert made["jetstream"]["sync_interval"] == "1s"
    assert made["jetstream"]["store_dir"] == "/data/broker"


def test_settings_reach_the_broker() -> None:
    made = configuration(sync_interval="always", port=1999, ack_wait_s=9, max_payload="1MiB")

    assert made["jetstream"]["sync_interval"] == "always"
    assert (made["mqtt"]["port"], made["mqtt"]["ack_wait"], made["max_payload"]) == (1999, "9s", 1024 * 1024)


def test_users_speak_mqtt_only_and_their_passwords_are_hashes() -> None:
    for user in users("v3/#").values():
        assert user["allowed_connection_types"] == ["MQTT"]
        assert user["password"].startswith("$2b$")


def test_source_publishes_to_its_own_and_hears_nothing() -> None:
    permissions = users("v3/+/devices/+/up", "city/#")["gateway"]["permissions"]

    assert permissions["publish"]["allow"] == ["v3.*.devices.*.up", "city", "city.>"]
    assert {"liandong.>", "$MQTT.>", "$JS.>", "$SYS.>"} <= set(permissions["publish"]["deny"])
    assert permissions["subscribe"] == {"deny": [">"]}


def test_only_ingest_may_listen() -> None:
    listening = [name for name, user in users("v3/#").items() if "allow" in user["permissions"]["subscribe"]]

    assert listening == ["liandong-ingest"]


@pytest.mark.parametrize("own", [0, 5, 200])
def test_the_window_is_as_wide_as_the_filters_let_it_be(own: int) -> None:
    filters = [*NATIVE_FILTERS, *KNOWN_GRAMMARS, *(f"own-{number}/#" for number in range(own))]

    window = BrokerSettings().fitted(filters).max_ack_pending

    weight = sum(1 + topic_filter.endswith("#") for topic_filter in filters)
    assert window * weight <= 65_535
    assert window * (weight + 13) > 65_535 - weight - 13


def test_a_window_that_was_chosen_stays() -> None:
    assert BrokerSettings(max_ack_pending=50).fitted(["city/+/+/reading"]).max_ack_pending == 50


def test_known_families_and_as_many_of_the_citys_own_fit_into_one_session() -> None:
    weight = sum(1 + topic_filter.endswith("#") for topic_filter in KNOWN_GRAMMARS)

    assert 2 * weight * BrokerSettings().max_ack_pending <= 65_535
