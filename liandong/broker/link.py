"""The `[mqtt]` section: which broker ingest and the replay talk to, the embedded one or another."""

from urllib.parse import urlsplit

from pydantic import Field, field_validator

from city.errors import BadSettings
from ingest.config import MqttSettings
from liandong.broker.config import BrokerSettings
from liandong.broker.sources import INGEST_USER
from liandong.secrets import Secrets


class MqttLink(MqttSettings):
    """How to reach the broker; an empty `url` means the embedded one, whose users are generated."""

    url: str = Field("", description="another broker, as mqtt://HOST[:PORT] or mqtts:// for TLS; empty: the embedded")

    @field_validator("url")
    @classmethod
    def _check_url(cls, url: str) -> str:
        parts = urlsplit(url)
        if url and (parts.scheme not in {"mqtt", "mqtts"} or not parts.hostname):
            raise BadSettings(expected="mqtt://HOST[:PORT] or mqtts://HOST[:PORT]", got=url, at="mqtt.url")
        if parts.username or parts.password:
            raise BadSettings(expected="user name and password beside the URL", got="one within it", at="mqtt.url")
        return url

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
