"""Where an exercise's simulated sensors speak: the city's own broker, native topics, each reading marked simulated."""

import json
import secrets

from city.clock import iso
from city.errors import BadSettings, StoreUnavailable
from ingest.mqtt.packet import Credentials
from liandong.broker.sources import SIMULATOR_USER
from liandong.publishing import publishing_line
from liandong.secrets import Secrets
from liandong.settings import Settings
from linkage.plans.track import Reading
from simulators.mouth import Line, Mouth


class BrokerStage:
    """Publishes with QoS 1, each turn's readings over a connection of their own, and waits for their PUBACKs."""

    def __init__(self, settings: Settings, own: Secrets) -> None:
        self._settings, self._own = settings, own

    def say(self, readings: list[Reading]) -> None:
        """Publish readings; raises StoreUnavailable when the broker does not acknowledge them all."""
        with Mouth(self._line(), f"drill{secrets.token_hex(8)}") as mouth:
            for reading in readings:
                mouth.say(f"city/{reading.domain}/{reading.sensor}/reading", payload(reading))
        if mouth.acknowledged < len(readings):
            raise StoreUnavailable("broker", f"{len(readings) - mouth.acknowledged} readings are not acknowledged")

    def _line(self) -> Line:
        plans = self._settings.linkage.plans
        password = plans.drill_password
        if plans.drill_username and not self._settings.mqtt.embedded:
            line = publishing_line(self._settings, Credentials(), username=plans.drill_username, password_file=None)
            return Line(line.host, line.port, line.username, password.get_secret_value() if password else "", line.tls)
        own = Credentials(SIMULATOR_USER, self._own.simulator_password.get_secret_value())
        try:
            return publishing_line(self._settings, own, username=None, password_file=None)
        except BadSettings as error:
            raise StoreUnavailable("broker", "No user may publish there: `linkage.plans.drill_username`") from error


def payload(reading: Reading) -> bytes:
    """Return the body of a reading; its mark stays with it into history."""
    body: dict[str, object] = {
        "time": iso(reading.time_ns),
        "values": {reading.quantity: reading.value},
        "quality": "simulated",
    }
    if reading.unit:
        body["unit"] = {reading.quantity: reading.unit}
    return json.dumps(body).encode()
