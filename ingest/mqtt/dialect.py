"""The versions of MQTT as a connection speaks them: what it writes, what it reads, and what answers mean."""

from collections.abc import Sequence
from typing import Protocol

from ingest.config import MqttSettings
from ingest.mqtt import packet, packet5, reason
from ingest.mqtt.codec import Parsed, Parser
from ingest.mqtt.codec5 import Parser5
from ingest.mqtt.packet import Connack, Credentials

#: MQTT 3.1.1 has no words for a refused filter.
_QOS_1 = 1
#: CONNACK codes that say: not this version (MQTT 3.1.1 §3.2.2.3, MQTT 5 §3.2.2.2).
_OLD_VERSION, _NEW_VERSION = 0x01, 0x84


class Parsing(Protocol):
    """What reads the broker's bytes."""

    def feed(self, data: bytes) -> Parsed:
        """Return every packet that `data` completes; raises MalformedPacket."""
        ...


class Dialect(Protocol):
    """One version of MQTT."""

    version: str

    def parser(self) -> Parsing:
        """Return a parser for one connection."""
        ...

    def connect(self, client_id: str, credentials: Credentials) -> bytes:
        """Return a CONNECT that resumes the session of `client_id`."""
        ...

    def subscribe(self, packet_id: int, filters: Sequence[str]) -> bytes:
        """Return a SUBSCRIBE with QoS 1."""
        ...

    def unsubscribe(self, packet_id: int, filters: Sequence[str]) -> bytes:
        """Return an UNSUBSCRIBE."""
        ...

    def refusal(self, answer: Connack) -> str:
        """Return in words why the connection was refused."""
        ...

    def shortfall(self, code: int, said: str) -> str:
        """Return in words what a SUBACK code lacks of QoS 1; empty where there are no words for it."""
        ...


class Version4:
    """MQTT 3.1.1."""

    version = "3.1.1"

    def __init__(self, settings: MqttSettings) -> None:
        self._settings = settings

    def parser(self) -> Parsing:
        """Return a parser for one connection."""
        return Parser(max_packet_bytes=self._settings.max_packet_bytes, broker=self._settings.name)

    def connect(self, client_id: str, credentials: Credentials) -> bytes:
        """Return a CONNECT that resumes the session of `client_id`."""
        return packet.connect(client_id, keep_alive_s=self._settings.keep_alive_s, credentials=credentials)

    def subscribe(self, packet_id: int, filters: Sequence[str]) -> bytes:
        """Return a SUBSCRIBE with QoS 1."""
        return packet.subscribe(packet_id, filters)

    def unsubscribe(self, packet_id: int, filters: Sequence[str]) -> bytes:
        """Return an UNSUBSCRIBE."""
        return packet.unsubscribe(packet_id, filters)

    def refusal(self, answer: Connack) -> str:
        """Return in words why the connection was refused."""
        return packet.CONNACK_REASONS.get(answer.code, f"code {answer.code}")

    def shortfall(self, code: int, said: str) -> str:
        """Return in words what a SUBACK code lacks of QoS 1."""
        del said  # only MQTT 5 says something
        return "" if code == packet.REFUSED else _granted(code)


class Version5:
    """MQTT 5."""

    version = "5"

    def __init__(self, settings: MqttSettings) -> None:
        self._settings = settings

    def parser(self) -> Parsing:
        """Return a parser for one connection."""
        settings = self._settings
        return Parser5(max_packet_bytes=settings.max_packet_bytes, aliases=settings.topic_aliases, broker=settings.name)

    def connect(self, client_id: str, credentials: Credentials) -> bytes:
        """Return a CONNECT that resumes the session of `client_id`."""
        settings = self._settings
        wishes = packet5.Wishes(
            session_expiry_s=settings.session_expiry_s,
            receive_maximum=settings.inflight_window,
            max_packet_bytes=settings.max_packet_bytes,
            aliases=settings.topic_aliases,
        )
        keep_alive_s = settings.keep_alive_s
        return packet5.connect(client_id, keep_alive_s=keep_alive_s, credentials=credentials, wishes=wishes)

    def subscribe(self, packet_id: int, filters: Sequence[str]) -> bytes:
        """Return a SUBSCRIBE with QoS 1."""
        return packet5.subscribe(packet_id, filters)

    def unsubscribe(self, packet_id: int, filters: Sequence[str]) -> bytes:
        """Return an UNSUBSCRIBE."""
        return packet5.unsubscribe(packet_id, filters)

    def refusal(self, answer: Connack) -> str:
        """Return in words why the connection was refused."""
        if answer.old:
            return packet.CONNACK_REASONS.get(answer.code, f"code {answer.code}")
        return reason.words(answer.code, answer.said)

    def shortfall(self, code: int, said: str) -> str:
        """Return in words what a SUBACK code lacks of QoS 1."""
        return reason.words(code, said) if code >= reason.FAILURE else _granted(code)


def speaking(settings: MqttSettings, *, only_old: bool) -> Dialect:
    """Return the version to speak: the newest that is allowed, unless the broker has `only_old`."""
    return Version4(settings) if settings.protocol == "4" or only_old else Version5(settings)


def is_too_new(answer: Connack) -> bool:
    """Return whether the broker says that it does not speak this version."""
    return answer.code == (_OLD_VERSION if answer.old else _NEW_VERSION)


def _granted(code: int) -> str:
    return f"granted QoS {code} only, which loses messages" if code < _QOS_1 else f"code {code}"
