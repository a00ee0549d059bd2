"""The `[mqtt]` section: which broker ingest and the replay talk to, the embedded one or another."""

from typing import Annotated, Self

from pydantic import Field, StringConstraints, field_validator, model_validator

from city.errors import BadSettings
from ingest.config import MqttSettings, checked_url
from liandong.broker.config import BrokerSettings
from liandong.broker.sources import INGEST_USER
from liandong.secrets import Secrets

#: Name of a broker as its session's file and the counters bear it; the first one is `main` unless it says otherwise.
BrokerName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,31}$")]


class MqttLink(MqttSettings):
    """How to reach the broker; an empty `url` means the embedded one, whose users are generated."""

    url: str = Field("", description="another broker, as mqtt://HOST[:PORT] or mqtts:// for TLS; empty: the embedded")
    brokers: dict[BrokerName, MqttSettings] = Field(
        {}, description="more brokers to take messages from, by name, each with the settings of this section"
    )

    @field_validator("url")
    @classmethod
    def _check_url(cls, url: str) -> str:
        return checked_url(url) if url else url

    @field_validator("brokers")
    @classmethod
    def _check_brokers(cls, brokers: dict[str, MqttSettings]) -> dict[str, MqttSettings]:
        for name, one in brokers.items():
            if "url" not in one.model_fields_set:
                raise BadSettings(expected="its url", got="none", at=f"mqtt.brokers.{name}")
            if "name" in one.model_fields_set:
                raise BadSettings(expected="no name beside that of the table", got=one.name, at=f"mqtt.brokers.{name}")
        return brokers

    @model_validator(mode="after")
    def _check_names(self) -> Self:
        if self.name in self.brokers:
            raise BadSettings(expected="a name that `mqtt` itself does not have", got=self.name, at="mqtt.brokers")
        if self.embedded and self.protocol == "5":
            raise BadSettings(expected="4, which the embedded broker speaks", got=self.protocol, at="mqtt.protocol")
        return self

    @property
    def embedded(self) -> bool:
        """Return whether the broker is our own."""
        return not self.url


def mqtt_settings(link: MqttLink, broker: BrokerSettings, secrets: Secrets) -> MqttSettings:
    """Return how ingest reaches its broker."""
    own = set(MqttLink.model_fields) - set(MqttSettings.model_fields)
    given = {name: getattr(link, name) for name in link.model_fields_set - own}
    if link.embedded:
        given |= {
            "url": f"mqtt://{broker.address.dialled}",
            "username": INGEST_USER,
            "password": secrets.ingest_password,
            "inflight_window": broker.max_ack_pending,
        }
    return MqttSettings(**given)


def more_brokers(link: MqttLink) -> tuple[MqttSettings, ...]:
    """Return the other brokers that ingest takes messages from, by name."""
    return tuple(one.model_copy(update={"name": name}) for name, one in sorted(link.brokers.items()))
