"""What paho would send, as bytes: another's encoder to hold ours against; but for `Paho`, all of MQTT 5."""

from collections.abc import Sequence
from typing import Any

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions


class Paho(Client):
    """A client whose packets are collected."""

    def __init__(self, **options: Any) -> None:
        super().__init__(CallbackAPIVersion.VERSION2, **options)
        self.sent = bytearray()

    def _packet_queue(self, command, packet, mid, qos, info=None):
        self.sent += packet
        return 0

    def _easy_log(self, *_: object) -> None:
        """Say nothing."""


def _of_five(client_id: str = "") -> Paho:
    return Paho(client_id=client_id, protocol=MQTTProtocolVersion.MQTTv5)


def properties(packet: int, **given: object) -> Properties:
    """Return paho's properties for a kind of packet."""
    made = Properties(packet)
    for name, value in given.items():
        setattr(made, name, value)
    return made


def published(topic: str, payload: bytes, *, qos: int = 1, packet_id: int = 1, **given: object) -> bytes:
    """Return a PUBLISH; `retain` and `dup` are flags, the rest are properties."""
    flags = {flag: bool(given.pop(flag, False)) for flag in ("retain", "dup")}
    paho = _of_five()
    paho._sock = object()  # type: ignore[assignment]
    made = properties(PacketTypes.PUBLISH, **given)
    paho._send_publish(packet_id, topic.encode(), payload, qos, flags["retain"], flags["dup"], properties=made)
    paho._sock = None
    return bytes(paho.sent)


def connecting(client_id: str, keep_alive_s: int, credentials: tuple[str, str], **given: object) -> bytes:
    """Return a CONNECT that resumes a session."""
    paho = _of_five(client_id)
    paho.username_pw_set(*credentials)
    paho._clean_start = False
    paho._connect_properties = properties(PacketTypes.CONNECT, **given)
    paho._send_connect(keep_alive_s)
    return bytes(paho.sent)


def subscribing(filters: Sequence[str]) -> bytes:
    """Return a SUBSCRIBE with QoS 1, its packet id 1."""
    paho = _of_five()
    paho._send_subscribe(dup=False, topics=[(one.encode(), SubscribeOptions(qos=1)) for one in filters])
    return bytes(paho.sent)


def unsubscribing(filters: Sequence[str]) -> bytes:
    """Return an UNSUBSCRIBE, its packet id 1."""
    paho = _of_five()
    paho._send_unsubscribe(dup=False, topics=[one.encode() for one in filters])
    return bytes(paho.sent)


def packet(head: int, body: bytes) -> bytes:
    """Return a packet of a broker."""
    return bytes([head, len(body)]) + body
