"""Settings of the embedded broker."""

from collections.abc import Collection
from typing import Literal, Self

from pydantic import BaseModel, ByteSize, ConfigDict, Field

from liandong.address import Address

#: Messages that the server holds unacknowledged for one session, over all its filters, of which those that end in `#`
#: count twice (docs.nats.io, mqtt.max_ack_pending); weight of filters that a city may add while the broker runs; and
#: more than this for one filter speeds up nothing: ingest takes 2,000 at once.
_SESSION, _SPARE, _WIDEST = 65_535, 12, 8_000


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
    # Where a session has more than 65,535 in all, its filter is refused: 700 leave room for 93, or 46 with `#`.
    max_ack_pending: int = Field(
        700,
        ge=1,
        le=32_000,
        description="messages sent to ingest and not acknowledged, for each topic filter; not chosen: what fits",
    )

    def fitted(self, filters: Collection[str]) -> Self:
        """Return settings with as wide a window as these topic filters leave room for, unless one was chosen."""
        if "max_ack_pending" in self.model_fields_set:
            return self
        weight = sum(1 + one.endswith("#") for one in filters) + _SPARE
        return self.model_copy(update={"max_ack_pending": min(_WIDEST, _SESSION // weight)})

    def has_room(self, filters: Collection[str]) -> bool:
        """Tell whether the server, running with these settings, grants one session so many topic filters."""
        return self.max_ack_pending * sum(1 + one.endswith("#") for one in filters) <= _SESSION

    @property
    def address(self) -> Address:
        """Return where MQTT listens."""
        return Address(self.host, self.port)
