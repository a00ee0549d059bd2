"""Settings of ingest: the broker session, batches, the journal and what is drained from it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, model_validator
from pydantic_core import PydanticCustomError

from ingest.fairness.config import LedgerSettings
from ingest.topics import is_filter, overlap

_PORTS = {"mqtt": 1883, "mqtts": 8883}


def unfit(*, expected: str, got: str) -> PydanticCustomError:
    """Return what a check of settings raises, which gets its place where the settings are read; `got` is told."""
    return PydanticCustomError("unfit", "Expected {expected}, got `{got}`", {"expected": expected, "got": got})


def checked_url(url: str) -> str:
    """Return the address of a broker; raises what pydantic makes a ValidationError of."""
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname:
        raise unfit(expected="mqtt://HOST[:PORT] or mqtts://HOST[:PORT]", got=url)
    if parts.username or parts.password:
        raise unfit(expected="user name and password beside the URL", got="one within it")
    if not _is_dialled(parts):
        raise unfit(expected="a host's name or address, and a port from 1 to 65535", got=url)
    return url


def _is_dialled(parts: SplitResult) -> bool:
    """Return whether a host can be looked up and has such a port, whether it is there or not."""
    try:
        (parts.hostname or "").encode("idna")
        port = parts.port
    except ValueError:  # UnicodeError is one
        return False
    return port != 0


class _Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def _checked_filters(filters: tuple[str, ...] | None) -> tuple[str, ...] | None:
    if filters is None:
        return None
    if not filters:
        raise unfit(expected="at least one filter, or the setting left out", got="none")
    for place, one in enumerate(filters):
        if not is_filter(one):
            raise unfit(expected="MQTT topic filters", got=one)
        for other in filters[:place]:
            if overlap(one, other):
                raise unfit(expected=f"filters that do not overlap `{other}`", got=one)
    return filters


class MqttSettings(_Settings):
    """How to reach one broker."""

    url: Annotated[str, AfterValidator(checked_url)] = Field(
        "mqtt://127.0.0.1:1883", description="Broker, as mqtt://HOST[:PORT], or mqtts:// for TLS"
    )
    username: str | None = Field(None, description="User name; none for a broker without users", max_length=1024)
    password: SecretStr | None = Field(None, description="Password of that user")
    ca_file: Path | None = Field(None, description="PEM file of the authorities to trust, in place of the system's")
    cert_file: Path | None = Field(None, description="PEM file of our certificate, for mutual TLS")
    key_file: Path | None = Field(None, description="PEM file of that certificate's key")
    name: str = Field(
        "main", pattern=r"^[a-z0-9][a-z0-9_-]{0,31}$", description="Name in health, counters and the session's file"
    )
    # The environment says `5` as text, a file as a number.
    protocol: Annotated[Literal["4", "5", "auto"], BeforeValidator(str)] = Field(
        "4", description="4 is MQTT 3.1.1, 5 is MQTT 5; auto asks for 5 and takes 4 (the embedded broker knows only 4)"
    )
    filters: Annotated[tuple[str, ...] | None, AfterValidator(_checked_filters)] = Field(
        None, description="Topic filters to subscribe to at this broker; left out: those of all routes"
    )
    share: str = Field(
        "",
        max_length=64,
        pattern=r"^[^/+#\x00]*$",  # MQTT 5 §4.8.2
        description="Group of a shared subscription, which divides the messages among its members; empty: none",
    )
    required: bool = Field(
        default=True, description="Whether a sensor's silence counts only while this broker is connected and caught up"
    )
    session_expiry_s: int = Field(
        0xFFFF_FFFF,
        ge=60,
        le=0xFFFF_FFFF,
        description="MQTT 5: seconds for which the broker keeps our session while we are away; the largest: for ever, "
        "as in MQTT 3.1.1",
    )
    topic_aliases: int = Field(
        64, ge=0, le=1024, description="MQTT 5: topics that the broker may shorten; each may take 64 KiB of memory"
    )
    keep_alive_s: int = Field(30, ge=2, le=65535, description="Longest silence towards the broker, in seconds")
    timeout_s: float = Field(10, gt=0, description="Longest wait for the broker's answer, in seconds")
    backoff_first_s: float = Field(0.25, gt=0, description="First pause before connecting again, in seconds")
    backoff_cap_s: float = Field(15, gt=0, description="Longest pause before connecting again, in seconds")
    max_packet_bytes: int = Field(
        16 * 2**20, ge=1024, le=268_435_455, description="Largest packet that is read; a larger one ends the connection"
    )
    inflight_window: int = Field(
        20,
        ge=1,
        le=65535,
        description="Messages that the broker sends before it waits for us (Mosquitto's max_inflight_messages, whose "
        "default is 20; NATS's max_ack_pending)",
    )

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if (self.cert_file is None) != (self.key_file is None):
            raise unfit(expected="both or neither of cert_file and key_file", got="one")
        if self.password is not None and self.username is None:
            raise unfit(expected="a username with the password", got="none")
        return self

    def subscriptions(self, routed: Sequence[str]) -> tuple[str, ...]:
        """Return what to subscribe to, where the routes have the filters `routed`."""
        chosen = tuple(routed) if self.filters is None else self.filters
        return tuple(f"$share/{self.share}/{one}" for one in chosen) if self.share else chosen

    @property
    def host(self) -> str:
        """Return the broker's host."""
        return urlsplit(self.url).hostname or ""

    @property
    def port(self) -> int:
        """Return the broker's port."""
        parts = urlsplit(self.url)
        return parts.port if parts.port is not None else _PORTS[parts.scheme]

    @property
    def tls(self) -> bool:
        """Return whether the URL asks for TLS."""
        return urlsplit(self.url).scheme == "mqtts"


class BatchSettings(_Settings):
    """When a batch of messages closes; it closes at once when nothing more is waiting."""

    max_messages: int = Field(2000, ge=1, description="Messages at which a batch closes")
    max_bytes: int = Field(8 * 2**20, ge=1024, description="Bytes of payload at which a batch closes")
    max_age_ms: float = Field(30, gt=0, description="Age of its first message at which a batch closes, in ms")
    # A batch costs 1.5 ms before its first message, most of it the commit (tried): at 10,000 messages/s three times as
    # much as the messages with 5 ms, as much with 15 ms.
    spacing_ms: float = Field(
        15, ge=0, description="Shortest time between commits under load, unless the broker's window is full, in ms"
    )
    max_waiting_messages: int = Field(20_000, ge=1, description="Messages waiting at which we stop reading")
    max_waiting_bytes: int = Field(64 * 2**20, ge=1024, description="Bytes waiting at which we stop reading")


class NormaliseSettings(_Settings):
    """What is understood of the messages, and what is believed."""

    max_payload_bytes: int = Field(2**20, ge=1024, description="Bytes of a payload above which it is not decoded")
    max_ahead_s: int = Field(300, ge=0, description="Seconds that a sensor's clock may be ahead of ours")
    max_age_days: int = Field(30, ge=1, description="Age of a reading, in days, above which its time is not believed")
    max_unknown_sensors: int = Field(100_000, ge=0, description="Sensors that are not registered; more are refused")
    max_series_per_sensor: int = Field(500, ge=1, description="Series of one sensor; more are refused")
    max_quantities: int = Field(
        20_000, ge=1, description="Ways of telling a quantity, of all sensors; more are refused"
    )


#: Segments that a full journal has at least.
_SEGMENTS = 4


class JournalSettings(_Settings):
    """The append-only journal on disk."""

    segment_bytes: int = Field(
        64 * 2**20,
        ge=64 * 2**10,
        description="Size at which a new segment file is begun; a quarter of max_bytes at most",
    )
    max_bytes: int = Field(
        8 * 2**30, ge=2**20, description="Size of the whole journal at which nothing more is read from the broker"
    )
    min_free_bytes: int = Field(
        256 * 2**20, ge=0, description="Free space on its disk below which nothing more is read from the broker"
    )
    duplicate_window: int = Field(
        262_144,
        ge=0,
        description="Messages among which a repeated one is recognised (NATS has at most 65,535 in flight)",
    )

    @property
    def begun_bytes(self) -> int:
        """Return the size at which a segment is begun: of a journal in one piece nothing could be given back."""
        return min(self.segment_bytes, self.max_bytes // _SEGMENTS)


class QuarantineSettings(_Settings):
    """What is kept of messages that could not be understood."""

    max_messages: int = Field(10_000, ge=1, description="Messages kept; the oldest go first")
    max_payload_bytes: int = Field(64 * 2**10, ge=0, description="Bytes kept of one payload")
    keep_days: float = Field(7, gt=0, le=7, description="Days after which a message is deleted; seven at most")


class DrainSettings(_Settings):
    """How a store is filled from the journal."""

    rows: int = Field(10_000, ge=1, description="Readings collected for one write")
    pause_s: float = Field(0.5, ge=0, description="Longest wait for more readings before a write, in seconds")
    backoff_first_s: float = Field(0.25, gt=0, description="First pause when the store does not answer, in seconds")
    backoff_cap_s: float = Field(30, gt=0, description="Longest pause when the store does not answer, in seconds")


class IngestSection(_Settings):
    """Ingest's settings but for the brokers, which have a section of their own."""

    batch: BatchSettings = BatchSettings()
    normalise: NormaliseSettings = NormaliseSettings()
    journal: JournalSettings = JournalSettings()
    quarantine: QuarantineSettings = QuarantineSettings()
    drain: DrainSettings = DrainSettings()
    ledger: LedgerSettings = LedgerSettings()
    failpoints: tuple[str, ...] = Field(
        (), description="Names of places at which the process kills itself; for tests of crashes only"
    )


class IngestSettings(IngestSection):
    """All of ingest's settings."""

    mqtt: MqttSettings = MqttSettings()
    brokers: tuple[MqttSettings, ...] = Field((), description="More brokers to take messages from, beside `mqtt`")
