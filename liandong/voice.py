"""How the city speaks: the couriers of every channel, the broker among them, and the keys of links."""

from city.clock import SystemClock
from liandong.broker.link import mqtt_settings
from liandong.broker_courier import BrokerCourier
from liandong.copies.restored import RestoredMark
from liandong.drill_stage import BrokerStage
from liandong.secrets import Secrets
from liandong.settings import Settings
from linkage.desk import Desk
from linkage.ledger import Ledger
from linkage.telling.carrying import MQTT_CHANNEL, couriers
from linkage.telling.link import LinkKeys, Links


class Voice:
    """What telling needs of the whole program.

    Attributes:
        keys: those that sign the links in messages: the configured one, or the one made at the first start.
    """

    def __init__(self, settings: Settings, secrets: Secrets) -> None:
        messages = settings.linkage.messages
        current = secrets.link_key if messages.link_key is None else messages.link_key
        keys = (current, *messages.older_link_keys)
        self.keys = LinkKeys([key.get_secret_value().encode() for key in keys])
        self._settings, self._secrets = settings, secrets
        self._restored = RestoredMark(settings.folder.restored, SystemClock())

    def desk(self, ledger: Ledger) -> Desk:
        """Return a desk that speaks by every channel; in a restored copy once somebody has called it the city."""
        settings = self._settings
        timeout_s = settings.linkage.messages.paced(MQTT_CHANNEL).timeout_s
        broker = BrokerCourier(mqtt_settings(settings.mqtt, settings.broker, self._secrets), timeout_s)
        courier = couriers(settings.linkage, ledger.clock, {MQTT_CHANNEL: broker})
        links = Links(self.keys, ledger.console_url) if ledger.console_url else None
        return Desk(ledger, courier, links, BrokerStage(settings, self._secrets), self._restored.lifted)
