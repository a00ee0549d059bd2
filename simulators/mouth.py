"""Publishes at QoS 1 with a bounded number of messages in flight."""

import ssl
import threading
from dataclasses import dataclass

from paho.mqtt.client import Client, ConnectFlags, MQTTMessageInfo
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from city.errors import StoreUnavailable

#: Seconds to wait for the broker at the start, and for a place in flight.
PATIENCE_S = 15.0


@dataclass(frozen=True, slots=True)
class Line:
    """Where and as whom to publish."""

    host: str
    port: int
    username: str = ""
    password: str = ""
    tls: ssl.SSLContext | None = None
    in_flight: int = 500


class Mouth:
    """One MQTT connection to publish on; a context manager."""

    def __init__(self, line: Line, client_id: str) -> None:
        self._line = line
        self._places = threading.BoundedSemaphore(line.in_flight)
        self._connected = threading.Event()
        self._refusal = ""
        self.acknowledged = 0
        self._client = Client(CallbackAPIVersion.VERSION2, client_id=client_id)
        self._client.max_inflight_messages_set(line.in_flight)
        self._client.on_connect = self._on_connect
        self._client.on_publish = self._on_publish

    def __enter__(self) -> "Mouth":
        """Connect; raises StoreUnavailable when the broker does not accept us."""
        if self._line.username:
            self._client.username_pw_set(self._line.username, self._line.password)
        if self._line.tls is not None:
            self._client.tls_set_context(self._line.tls)
        self._client.connect_async(self._line.host, self._line.port, keepalive=30)
        self._client.loop_start()
        if not self._connected.wait(PATIENCE_S):
            self._client.loop_stop()
            raise StoreUnavailable("broker", self._refusal or f"no answer at {self._line.host}:{self._line.port}")
        return self

    def __exit__(self, *_: object) -> None:
        """Wait for what is in flight, then disconnect."""
        for _place in range(self._line.in_flight):
            if not self._places.acquire(timeout=PATIENCE_S):
                break
        self._client.disconnect()
        self._client.loop_stop()

    def say(self, topic: str, payload: bytes) -> MQTTMessageInfo:
        """Publish one message; waits for a place in flight and raises StoreUnavailable when none comes free."""
        if not self._places.acquire(timeout=PATIENCE_S):
            raise StoreUnavailable("broker", f"{self._line.in_flight} messages are not acknowledged")
        return self._client.publish(topic, payload, qos=1)

    def _on_connect(
        self,
        _client: Client,
        _data: object,
        _flags: ConnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        if reason.is_failure:
            self._refusal = f"connection refused: {reason}"
        else:
            self._connected.set()

    def _on_publish(
        self,
        _client: Client,
        _data: object,
        _mid: int,
        _reason: ReasonCode,
        _properties: Properties,
    ) -> None:
        self.acknowledged += 1
        self._places.release()
