"""What telling needs of the whole program: the broker as a channel, and the keys of links."""

from liandong.broker.link import mqtt_settings
from liandong.broker_courier import BrokerCourier
from liandong.secrets import Secrets
from liandong.settings import Settings
from linkage.ledger import Ledger
from linkage.telling.carrying import MQTT_CHANNEL, couriers
from linkage.telling.couriers import Courier
from linkage.telling.link import LinkKeys


def courier_of(settings: Settings, secrets: Secrets, ledger: Ledger) -> Courier:
    """Return the courier of every channel, the city's broker among them."""
    timeout_s = settings.linkage.messages.paced(MQTT_CHANNEL).timeout_s
    broker = BrokerCourier(mqtt_settings(settings.mqtt, settings.broker, secrets), timeout_s)
    return couriers(settings.linkage, ledger.clock, {MQTT_CHANNEL: broker})


def link_keys(settings: Settings, secrets: Secrets) -> LinkKeys:
    """Return the keys that sign the links in messages: the configured one, or the one made at the first start."""
    messages = settings.linkage.messages
    current = secrets.link_key if messages.link_key is None else messages.link_key
    keys = (current, *messages.older_link_keys)
    return LinkKeys([key.get_secret_value().encode() for key in keys])
