"""Permanent numbers in memory, as ingest keeps them on disk."""

from ingest.identity import Numbering


class Numbers:
    """Gives sensors and quantities their numbers and names, from 1 up."""

    def __init__(self) -> None:
        self._sensors, self._quantities = Numbering("sensor", []), Numbering("quantity", [])
        self.sensor_number, self.quantity_number = self._sensors.number, self._quantities.number
        self.known_sensor = self._sensors.known
        self.sensor, self.quantity = self._sensors.name, self._quantities.name
