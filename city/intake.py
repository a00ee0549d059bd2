"""What ingest says of the brokers that it listens to, and of what it had to let go."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class BrokerStatus:
    """How one broker is.

    Attributes:
        connected: it accepted us and granted every subscription.
        required: a sensor's silence counts only while this one is connected.
        version: of MQTT, as last spoken; empty before the first connection.
        error: why it is not connected; empty while it is.
        refused: topic filters that it does not grant with QoS 1, each with its reason if it has one.
    """

    name: str
    url: str
    connected: bool
    required: bool = True
    version: str = ""
    error: str = ""
    refused: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Shed:
    """Messages of one source that were acknowledged and not kept, within one hour and for one reason.

    Attributes:
        source: as `sources.toml` names it.
        size: their bytes, topics and payloads together.
    """

    id: int
    source: str
    reason: str
    messages: int
    size: int
    first_ns: int
    last_ns: int
