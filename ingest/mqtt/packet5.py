"""MQTT 5 control packets: the bytes of those a client writes."""

from collections.abc import Sequence

from ingest.mqtt.packet import Credentials, framed, identified, text
from ingest.mqtt.property import MAXIMUM_PACKET_SIZE, RECEIVE_MAXIMUM, SESSION_EXPIRY, TOPIC_ALIAS_MAXIMUM, written

_NOTHING = written({})
_QOS_1 = b"\x01"


class Wishes:
    """What we ask of the broker for a connection (§3.1.2.11)."""

    def __init__(self, *, session_expiry_s: int, receive_maximum: int, max_packet_bytes: int, aliases: int) -> None:
        self.encoded = written(
            {
                SESSION_EXPIRY: session_expiry_s.to_bytes(4, "big"),
                RECEIVE_MAXIMUM: receive_maximum.to_bytes(2, "big"),
                TOPIC_ALIAS_MAXIMUM: aliases.to_bytes(2, "big"),
                MAXIMUM_PACKET_SIZE: max_packet_bytes.to_bytes(4, "big"),
            }
        )


def connect(client_id: str, *, keep_alive_s: int, credentials: Credentials, wishes: Wishes) -> bytes:
    """Return a CONNECT that resumes the session of `client_id` (§3.1)."""
    flags, fields = identified(client_id, credentials)
    head = b"\x00\x04MQTT\x05" + bytes([flags]) + keep_alive_s.to_bytes(2, "big") + wishes.encoded
    return framed(0x10, head + fields)


def subscribe(packet_id: int, filters: Sequence[str]) -> bytes:
    """Return a SUBSCRIBE that asks for QoS 1 on every filter, with retained messages as in MQTT 3.1.1 (§3.8)."""
    return framed(0x82, packet_id.to_bytes(2, "big") + _NOTHING + b"".join(text(one) + _QOS_1 for one in filters))


def unsubscribe(packet_id: int, filters: Sequence[str]) -> bytes:
    """Return an UNSUBSCRIBE (§3.10)."""
    return framed(0xA2, packet_id.to_bytes(2, "big") + _NOTHING + b"".join(map(text, filters)))
