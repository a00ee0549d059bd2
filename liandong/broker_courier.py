"""Carries messages to the city's own broker: a topic for each department, acknowledged by the broker."""

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from ingest.config import MqttSettings
from ingest.mqtt.errors import BadTlsFile
from ingest.mqtt.tls import client_context
from liandong.broker.sources import NOTIFY_TOPIC
from linkage.telling.couriers import Letter, Receipt

_FORBIDDEN = frozenset("+#\0/ ")


class BrokerCourier:
    """Publishes with QoS 1, each letter over a connection of its own; delivered means that the broker acknowledged."""

    def __init__(self, settings: MqttSettings, timeout_s: float) -> None:
        self._settings, self._timeout_s = settings, timeout_s

    def carry(self, letter: Letter) -> Receipt:
        """Publish and wait for the broker's acknowledgement."""
        if not letter.department or _FORBIDDEN.intersection(letter.department):
            answer = f"`{letter.department}` cannot be a level of a topic"
            return Receipt(delivered=False, answer=answer, final=True, blames_letter=True)
        topic = f"{NOTIFY_TOPIC}/{letter.department}"
        try:
            with self._connected() as client:
                sent = client.publish(topic, self._payload(letter), qos=1)
                sent.wait_for_publish(self._timeout_s)
                delivered = bool(sent.is_published())
        except (OSError, ValueError, RuntimeError, BadTlsFile) as error:
            return Receipt(delivered=False, answer=str(error) if str(error) else type(error).__name__)
        return Receipt(delivered=delivered, answer=f"acknowledged at {topic}" if delivered else "not acknowledged")

    @contextmanager
    def _connected(self) -> Iterator[paho.Client]:
        settings = self._settings
        client = paho.Client(CallbackAPIVersion.VERSION2, client_id=f"notify{secrets.token_hex(8)}")
        client.connect_timeout = self._timeout_s
        if settings.username is not None:
            password = None if settings.password is None else settings.password.get_secret_value()
            client.username_pw_set(settings.username, password)
        context = client_context(settings)
        if context is not None:
            client.tls_set_context(context)
        client.connect(settings.host, settings.port, keepalive=settings.keep_alive_s)
        client.loop_start()
        try:
            yield client
        finally:
            client.disconnect()
            client.loop_stop()

    @staticmethod
    def _payload(letter: Letter) -> bytes:
        said = {
            "key": letter.key,
            "department": letter.department,
            "person": letter.person,
            "subject": letter.subject,
            "body": letter.body,
        }
        return json.dumps(said, ensure_ascii=False).encode()
