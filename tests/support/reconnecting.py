"""Clients that come and go: one message a connection, or somebody else with our id."""

import socket

from ingest.mqtt.packet import Credentials
from tests.support.brokers import City
from tests.support.oracle import Oracle, body_of, reading, topic_of

HOST = "127.0.0.1"

#: Longest wait for an answer, in seconds.
_PATIENCE_S = 20.0

#: Clients that take turns; each reconnects under an id of its own.
_CLIENTS = 3


def reconnect(city: City, oracle: Oracle, times: int) -> None:
    """Connect so many times, each time for one message and its acknowledgement."""
    first = len(oracle.sent)
    for number in range(first, first + times):
        one = reading(number)
        oracle.sent.add(one)
        _publish(city.server.port, city.field, f"source-{number % _CLIENTS}", (topic_of(one), body_of(one)))
        oracle.owed.add(one)


def take_over(port: int, client_id: str) -> None:
    """Connect as somebody else, be let into their session, and go without acknowledging anything."""
    with socket.create_connection((HOST, port), timeout=_PATIENCE_S) as connection:
        connection.sendall(_connect(client_id, Credentials(), clean=False))
        assert connection.recv(4) == b"\x20\2\1\0", "let in, into the session that was there"


def _publish(port: int, credentials: Credentials, client_id: str, message: tuple[str, bytes]) -> None:
    """Publish at QoS 1, wait for the acknowledgement and drop the connection."""
    topic, body = message
    publish = _packet(0x32, _text(topic.encode()) + b"\0\1" + body)
    with socket.create_connection((HOST, port), timeout=_PATIENCE_S) as connection:
        connection.sendall(_connect(client_id, credentials, clean=True) + publish)
        answer = b""
        while len(answer) < 8:  # CONNACK and PUBACK (MQTT 3.1.1, 3.2 and 3.4)
            came = connection.recv(8)
            assert came, "the broker hung up"
            answer += came
        assert answer == b"\x20\2\0\0\x40\2\0\1"


def _connect(client_id: str, credentials: Credentials, *, clean: bool) -> bytes:
    flags = 0x02 * clean
    fields = _text(client_id.encode())
    if credentials.username is not None and credentials.password is not None:
        flags |= 0xC0
        fields += _text(credentials.username.encode()) + _text(credentials.password.encode())
    return _packet(0x10, b"\0\4MQTT\4" + bytes([flags]) + b"\0\x3c" + fields)


def _packet(kind: int, rest: bytes) -> bytes:
    assert len(rest) < 128, "one byte of length"
    return bytes([kind, len(rest)]) + rest


def _text(content: bytes) -> bytes:
    return len(content).to_bytes(2, "big") + content
