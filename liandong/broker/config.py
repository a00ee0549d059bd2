"""Settings of the embedded broker."""

from typing import Literal

from pydantic import BaseModel, ByteSize, ConfigDict, Field

from liandong.address import Address


class BrokerSettings(BaseModel):
    """The embedded NATS server; unused while `[mqtt] url` names another broker."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str = Field("127.0.0.1", min_length=1, description="address that sensors connect to; loopback by default")
    port: int = Field(1883, ge=1, le=65535, description="TCP port of MQTT (IANA: mqtt)")
    sync_interval: Literal["1s", "always"] = Field(
        "1s",
        description="how much a power cut may take: the last second, or nothing at a few hundred messages a second",
    )
    max_file_store: ByteSize = Field(
        ByteSize(4 * 1024**3), ge=64 * 1024**2, description="disk for messages that ingest has not taken yet, bytes"
    )
    max_payload: ByteSize = Field(
        ByteSize(8 * 1024**2),
        ge=64 * 1024,
        le=64 * 1024**2,  # the server's own ceiling
        description="largest message, bytes; a client that sends a larger one is disconnected",
    )
    ack_wait_s: int = Field(5, ge=1, le=3600, description="seconds until an unacknowledged message is sent again")
    # The server has 65,535 in all for one session, counts filters that end in `#` twice, and refuses one that goes
    # beyond (docs.nats.io, mqtt.max_ack_pending). 700 leave room for 93 filters, or 46 with `#`.
    max_ack_pending: int = Field(
        700, ge=1, le=32_000, description="messages sent to ingest and not acknowledged, for each topic filter"
    )

    @property
    def address(self) -> Address:
        """Return where MQTT listens."""
        return Address(self.host, self.port)
