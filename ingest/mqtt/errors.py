"""What can go wrong between us and a broker; none of these leaves `ingest.mqtt`."""

from pathlib import Path
from typing import ClassVar

from city.errors import LiandongError


class MqttError(LiandongError):
    """Base of what ends one connection; another one is tried."""

    code: ClassVar[str] = "mqtt_error"


class MalformedPacket(MqttError):
    """Raised for bytes that no broker may send; the connection cannot go on after them."""

    code = "malformed_packet"

    def __init__(self, *, expected: str, got: object, at: str) -> None:
        self.expected, self.got, self.at = expected, got, at
        super().__init__(f"Expected {expected}, got `{got}` - at `{at}`")


class BadTlsFile(MqttError):
    """Raised when a file of the settings does not do for TLS; another attempt reads it anew."""

    code = "bad_tls_file"

    def __init__(self, *, expected: str, got: str, at: Path | str) -> None:
        self.expected, self.got, self.at = expected, got, str(at)
        super().__init__(f"Expected {expected}, got `{got}` - at `{at}`")


class ConnectionRefused(MqttError):
    """Raised when the broker answered CONNECT with a refusal; `reason` is the broker's own."""

    code = "connection_refused"

    def __init__(self, reason: str, *, at: str) -> None:
        self.reason, self.at = reason, at
        super().__init__(f"Broker refused the connection: {reason} - at `{at}`")


class UnsupportedVersion(ConnectionRefused):
    """Raised when the broker does not speak the version of MQTT that we asked for."""

    code = "unsupported_version"


class ConnectionLost(MqttError):
    """Raised when a connection ended without our wish."""

    code = "connection_lost"

    def __init__(self, cause: str, *, at: str) -> None:
        self.cause, self.at = cause, at
        super().__init__(f"Connection to the broker lost: {cause} - at `{at}`")


class NoAnswer(MqttError):
    """Raised when the broker was silent for too long."""

    code = "no_answer"

    def __init__(self, timeout_s: float, *, at: str) -> None:
        self.timeout_s, self.at = timeout_s, at
        super().__init__(f"No answer from the broker in {timeout_s:g} s - at `{at}`")
