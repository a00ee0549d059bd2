"""A normaliser for tests, with numbers in memory and a registry of one's own."""

import json
from collections.abc import Mapping, Sequence

from city.catalogue import default_catalogue
from city.entry import Context, NumberedSensor
from city.history import Names
from city.level import Domain
from city.quality import names_of
from city.sensor import Sensor
from ingest.config import NormaliseSettings
from ingest.message import Batch, Message
from ingest.normalise import Normaliser
from ingest.routes import Routes


class MemoryNumbering(Names):
    """Numbers from 1 up, in order of asking."""

    def __init__(self) -> None:
        self._sensors: list[str] = []
        self._quantities: list[str] = []

    def sensor_number(self, sensor: str) -> int:
        return _number(self._sensors, sensor)

    def quantity_number(self, quantity: str) -> int:
        return _number(self._quantities, quantity)

    def known_sensor(self, sensor: str) -> int | None:
        return self._sensors.index(sensor) + 1 if sensor in self._sensors else None

    def sensor(self, number: int) -> str:
        return self._sensors[number - 1]

    def quantity(self, number: int) -> str:
        return self._quantities[number - 1]


def _number(names: list[str], name: str) -> int:
    if name not in names:
        names.append(name)
    return names.index(name) + 1


class Desk:
    """A normaliser and what one needs to talk to it and to read its answers."""

    def __init__(self, *sensors: str, recorded: Sequence[str] = (), routes: str = "", **settings: int) -> None:
        self.numbering = MemoryNumbering()
        self.normaliser = Normaliser(
            Routes.parse(routes), default_catalogue(), self.numbering, NormaliseSettings.model_validate(settings)
        )
        self.register(*sensors, recorded=recorded)

    def register(self, *sensors: str, recorded: Sequence[str] = ()) -> None:
        registered = tuple(
            NumberedSensor(
                self.numbering.sensor_number(sensor),
                Sensor(sensor, sensor, Domain.ENVIRONMENT, "station", recorded=sensor in recorded),
            )
            for sensor in (*sensors, *recorded)
        )
        self.normaliser.use(Context(0, "", (), registered, {}))

    def batch(self, *messages: Message, at_ns: int) -> Batch:
        return self.normaliser.batch(messages, at_ns)

    def rows(self, batch: Batch) -> list[tuple[str, str, int, float, tuple[str, ...]]]:
        """Return the readings as (sensor, series, time, value, qualities)."""
        readings = batch.arrivals.readings
        return [
            (
                self.numbering.sensor(int(readings.sensor[row])),
                self.numbering.quantity(int(readings.quantity[row])),
                int(readings.time_ns[row]),
                float(readings.value[row]),
                names_of(int(readings.quality[row])),
            )
            for row in range(len(readings))
        ]


def message(topic: str, body: object, *, retain: bool = False) -> Message:
    """Return a message; a body that is not bytes goes as JSON."""
    payload = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Message(topic, topic.encode(), payload, retain=retain)


def reading(
    sensor: str, *, time: object = None, retain: bool = False, values: Mapping[str, float] | None = None, **more: float
) -> Message:
    """Return a native reading, its values as a mapping or as arguments."""
    body = {"time": time, "values": {**(values or {}), **more}}
    return message(f"city/environment/{sensor}/reading", body, retain=retain)
