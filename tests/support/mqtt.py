"""MQTT as a sensor or a listener speaks it, with paho: connect, publish until acknowledged, collect what comes."""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from ingest.mqtt.packet import Credentials

HOST = "127.0.0.1"

#: Longest wait for any one answer of a broker on this machine.
PATIENCE_S = 10.0


class Refused(Exception):
    """Raised when the broker did not let a client in; `code` is its return code."""

    def __init__(self, code: int) -> None:
        self.code = code
        super().__init__(f"CONNACK {code}")


class Client:
    """A connected client; `came` collects (topic, payload) of what it subscribed to."""

    def __init__(self, port: int, credentials: Credentials, *, client_id: str, clean: bool) -> None:
        self.came: list[tuple[str, bytes]] = []
        self._news = threading.Condition()
        self._code: int | None = None
        self._granted: dict[int, list[int]] = {}
        self.paho = paho.Client(
            CallbackAPIVersion.VERSION2, client_id=client_id, clean_session=clean, protocol=paho.MQTTv311
        )
        self.paho.username_pw_set(credentials.username, credentials.password)
        self.paho.on_connect = lambda _c, _u, _f, code, _p: self._tell(lambda: setattr(self, "_code", code.value))
        self.paho.on_subscribe = lambda _c, _u, mid, codes, _p: self._tell(
            lambda: self._granted.update({mid: [code.value for code in codes]})
        )
        self.paho.on_message = lambda _c, _u, message: self._tell(
            lambda: self.came.append((message.topic, bytes(message.payload)))
        )
        self.paho.connect(HOST, port)
        self.paho.loop_start()
        self._wait(lambda: self._code is not None)
        if self._code:
            self.close()
            raise Refused(self._code)

    def close(self) -> None:
        self.paho.disconnect()
        self.paho.loop_stop()

    def publish(self, topic: str, payload: bytes = b"{}", *, retain: bool = False) -> None:
        """Publish with QoS 1; return when the broker has acknowledged it."""
        self.paho.publish(topic, payload, qos=1, retain=retain).wait_for_publish(PATIENCE_S)

    def publish_all(self, messages: Iterable[tuple[str, bytes]]) -> None:
        """Publish (topic, payload) pairs with QoS 1; return when the broker has acknowledged all."""
        for sent in [self.paho.publish(topic, payload, qos=1) for topic, payload in messages]:
            sent.wait_for_publish(PATIENCE_S)

    def subscribe(self, topic_filter: str) -> bool:
        """Subscribe with QoS 1; return whether the broker granted it."""
        _, number = self.paho.subscribe(topic_filter, qos=1)
        assert number is not None
        self._wait(lambda: number in self._granted)
        return self._granted[number][0] < 0x80

    def wait_for(self, topic: str) -> None:
        """Return when something has come on `topic`."""
        self._wait(lambda: any(came == topic for came, _ in self.came))

    def wait_until(self, true: Callable[[], bool]) -> None:
        """Return when `true`; asked again whenever something has come."""
        self._wait(true)

    def _tell(self, change: Callable[[], None]) -> None:
        with self._news:
            change()
            self._news.notify_all()

    def _wait(self, true: Callable[[], bool]) -> None:
        with self._news:
            assert self._news.wait_for(true, PATIENCE_S), "the broker did not answer"


@contextmanager
def client(port: int, credentials: Credentials, *, client_id: str = "", clean: bool = True) -> Iterator[Client]:
    """Connect for the length of the block; raises Refused when the broker does not let us in."""
    made = Client(port, credentials, client_id=client_id, clean=clean)
    try:
        yield made
    finally:
        made.close()
