"""The NATS server's configuration, a pure function of settings, users and paths; NATS reads JSON."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from liandong.broker.config import BrokerSettings
from liandong.broker.sources import INGEST_USER, NOTIFY_TOPIC, REPLAY_USER, SIMULATOR_USER, Source
from liandong.broker.subject import subjects

#: What no publisher may write to, whatever else it may: Liandong's own topics and the server's inner subjects.
_NEVER = ("liandong", "liandong.>", "$MQTT.>", "$JS.>", "$SYS.>", "$KV.>", "$O.>", "_INBOX.>", "_R_.>")

_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class ProgramUsers:
    """bcrypt hashes of the passwords of Liandong's own users; kept while the broker runs, so that a reload is quiet."""

    ingest: str
    simulator: str
    replay: str


def nats_config(settings: BrokerSettings, users: ProgramUsers, sources: Iterable[Source], folder: Path) -> str:
    """Return the configuration file's text.

    One account holds everybody: MQTT sessions and retained messages do not cross accounts. Inside it each user has
    its own permissions, on converted subjects, and may speak MQTT only. A denied publish is acknowledged (MQTT 3.1.1
    has no other answer), dropped, and logged by the server.
    """
    return json.dumps(
        {
            "server_name": "liandong",
            # The port of NATS's own protocol cannot be closed: a random one, and no user may use it.
            "host": "127.0.0.1",
            "port": -1,
            "max_payload": int(settings.max_payload),
            "log_file": str(folder / "nats.log"),
            "logfile_size_limit": 16 * _MIB,
            "logfile_max_num": 4,
            "jetstream": {
                "store_dir": str(folder),
                "max_memory_store": 64 * _MIB,
                "max_file_store": int(settings.max_file_store),
                "sync_interval": settings.sync_interval,
            },
            "mqtt": {
                "host": settings.host,
                "port": settings.port,
                "ack_wait": f"{settings.ack_wait_s}s",
                "max_ack_pending": settings.max_ack_pending,
            },
            "accounts": {"SYS": {}, "CITY": {"jetstream": "enabled", "users": _users(users, sources)}},
            "system_account": "SYS",
        },
        indent=2,
    )


def _users(users: ProgramUsers, sources: Iterable[Source]) -> list[dict[str, object]]:
    ingest = _user(INGEST_USER, users.ingest, publish={"allow": ["liandong.>"]}, subscribe={"allow": [">"]})
    simulator = _user(SIMULATOR_USER, users.simulator, publish={"allow": [">"], "deny": list(_NEVER)})
    replay = _user(REPLAY_USER, users.replay, publish={"allow": ["city.>"]})
    return [ingest, simulator, replay, *(_source(source) for source in sources)]


def _source(source: Source) -> dict[str, object]:
    allowed = [subject for topic in source.topics for subject in subjects(topic)]
    heard = [subject for department in source.listens for subject in subjects(f"{NOTIFY_TOPIC}/{department}")]
    return _user(
        source.name,
        source.password_hash,
        publish={"allow": allowed, "deny": list(_NEVER)},
        subscribe={"allow": heard} if heard else None,
    )


def _user(
    name: str, password_hash: str, *, publish: dict[str, list[str]], subscribe: dict[str, list[str]] | None = None
) -> dict[str, object]:
    return {
        "user": name,
        "password": password_hash,
        "allowed_connection_types": ["MQTT"],
        "permissions": {"publish": publish, "subscribe": subscribe or {"deny": [">"]}},
    }
