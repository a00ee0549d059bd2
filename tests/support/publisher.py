"""A sensor's side of MQTT for tests: publishes at QoS 1 and knows which messages the broker acknowledged."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import orjson
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from tests.support.servers import HOST


class Publisher:
    """One connection that comes back by itself and sends again what was not acknowledged."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._lock = threading.Lock()
        self._waiting: dict[int, str] = {}
        self._early: set[int] = set()
        self.acknowledged: set[str] = set()
        client.on_publish = lambda _client, _data, mid, _reason, _properties: self._told(mid)

    def send(self, topic: str, payload: bytes, *, key: str = "") -> None:
        """Publish; `key` stands in `acknowledged` once the broker has said so."""
        info = self._client.publish(topic, payload, qos=1)
        with self._lock:
            if info.mid in self._early:
                self._early.discard(info.mid)
                self.acknowledged.add(key)
            else:
                self._waiting[info.mid] = key

    def reading(self, sensor: str, time: str, domain: str = "environment", **values: float) -> None:
        """Publish a native reading."""
        body = orjson.dumps({"time": time, "values": values})
        self.send(f"city/{domain}/{sensor}/reading", body, key=f"{sensor} {time}")

    @property
    def open(self) -> int:
        """Return how many messages wait for their acknowledgement."""
        with self._lock:
            return len(self._waiting)

    def _told(self, mid: int) -> None:
        with self._lock:
            if mid in self._waiting:
                self.acknowledged.add(self._waiting.pop(mid))
            else:
                self._early.add(mid)


@contextmanager
def publisher(
    port: int, *, username: str = "", password: str = "", client_id: str = "test-source"
) -> Iterator[Publisher]:
    """Connect to a broker on the loopback and stay connected until the block ends."""
    client = Client(CallbackAPIVersion.VERSION2, client_id=client_id, clean_session=False)
    client.max_inflight_messages_set(200)
    client.max_queued_messages_set(0)
    client.reconnect_delay_set(1, 1)
    if username:
        client.username_pw_set(username, password)
    client.connect_async(HOST, port, keepalive=30)
    client.loop_start()
    try:
        yield Publisher(client)
    finally:
        client.disconnect()
        client.loop_stop()


def flood(source: Publisher, sensor: str, level_cm: float) -> None:
    """Say that water stands so high, now."""
    source.reading(sensor, datetime.now(UTC).isoformat(), water_level=level_cm)
