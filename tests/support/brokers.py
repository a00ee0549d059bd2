"""Both kinds of broker as ingest meets them: its settings, and a source that may publish to the city."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from ingest.config import MqttSettings
from ingest.mqtt.packet import Credentials
from liandong.broker.config import BrokerSettings
from liandong.broker.sources import Source, hashed
from tests.support.mqtt import Client, client
from tests.support.servers import Server, embedded_broker, free_port, mosquitto

_PASSWORD = "field-password"
_FIELD = Credentials("field", _PASSWORD)
#: Mosquitto's own window, as most installations have it.
_WINDOW = 20


@dataclass(frozen=True)
class City:
    """A broker with room for ingest and for one source."""

    server: Server
    settings: MqttSettings
    field: Credentials

    def source(self) -> AbstractContextManager[Client]:
        """Connect a source that may publish below `city/`."""
        return client(self.server.port, self.field)


@contextmanager
def on_mosquitto(folder: Path, port: int) -> Iterator[City]:
    """Run Mosquitto; one that ended comes back with what it saved when it is given the same port."""
    folder.mkdir(exist_ok=True)
    options = ("allow_anonymous true", "persistence true", f"persistence_location {folder}/", "max_queued_messages 0")
    with mosquitto(folder, options=options, port=port) as server:
        yield City(server, MqttSettings(url=f"mqtt://127.0.0.1:{port}", inflight_window=_WINDOW), Credentials())


@contextmanager
def on_nats(folder: Path, port: int) -> Iterator[City]:
    """Run the embedded broker; one that ended comes back with what it saved when it is given the same port."""
    settings = BrokerSettings(port=port, ack_wait_s=1)
    with embedded_broker(folder, sources=(Source("field", hashed(_PASSWORD), ("city/#",)),), settings=settings) as one:
        username, password = one.ingest
        mqtt = MqttSettings(
            url=f"mqtt://127.0.0.1:{port}",
            username=username,
            password=SecretStr(password or ""),
            inflight_window=settings.max_ack_pending,
        )
        yield City(one, mqtt, _FIELD)


#: How to run each kind of broker, by its name.
KINDS: dict[str, Callable[[Path, int], AbstractContextManager[City]]] = {"mosquitto": on_mosquitto, "nats": on_nats}


@contextmanager
def running(kind: str, folder: Path) -> Iterator[City]:
    """Run a broker on a free port."""
    with KINDS[kind](folder, free_port()) as city:
        yield city
