"""Reading a file of sensors: every mistake is gathered with its place, and with one of them nothing is taken."""

from collections.abc import Mapping
from dataclasses import replace

from city.errors import BadCityFile
from city.sensor import Sensor
from registry.coordinates import Crs, in_wgs84
from registry.sensor_fields import read_sensor

#: Mistakes told at once; more of them only hide the first.
MAX_MISTAKES = 20


class BadSensors(BadCityFile):
    """Raised when a file of sensors is wrong; says every mistake with its line, nothing of the file was taken."""

    def __init__(self, mistakes: list[BadCityFile]) -> None:
        first = mistakes[0]
        super().__init__(expected=first.expected, got=first.got, at=first.at)
        self.mistakes = tuple(mistakes[:MAX_MISTAKES])
        lines = [str(mistake) for mistake in self.mistakes]
        if len(mistakes) > MAX_MISTAKES:
            lines.append(f"and {len(mistakes) - MAX_MISTAKES} more")
        self.args = ("\n".join(lines),)

    @classmethod
    def only(cls, *, expected: str, got: object, at: str) -> "BadSensors":
        """Return the error of a file that could not be read far enough to have a second mistake."""
        return cls([BadCityFile(expected=expected, got=got, at=at)])


def text_of(data: bytes, name: str, wrong: type[BadSensors] = BadSensors) -> str:
    """Return the text of a file called `name`; raises `wrong` with the line of what is no UTF-8."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise wrong.only(expected="UTF-8", got=repr(data[error.start : error.end]), at=f"{name}:{line}") from error


class SensorFile:
    """What has been read of one file so far."""

    def __init__(self) -> None:
        self._sensors: list[Sensor] = []
        self._mistakes: list[BadCityFile] = []
        self._first_at: dict[str, str] = {}

    def wrong(self, *, expected: str, got: object, at: str) -> None:
        """Note a mistake."""
        self._mistakes.append(BadCityFile(expected=expected, got=got, at=at))

    def add(self, fields: Mapping[str, str], at: str) -> None:
        """Take the sensor that `fields` describe, or note what is wrong with it."""
        sensor = read_sensor(fields)
        if not isinstance(sensor, Sensor):
            for misfit in sensor:
                self.wrong(expected=misfit.expected, got=misfit.got, at=at)
            return
        if sensor.id in self._first_at:
            self.wrong(expected=f"each id once (it stands at `{self._first_at[sensor.id]}`)", got=sensor.id, at=at)
        self._first_at.setdefault(sensor.id, at)
        self._sensors.append(sensor)

    def finish(self, crs: Crs = Crs.WGS84) -> list[Sensor]:
        """Return the sensors, their places in WGS-84; raises BadSensors when there was a mistake."""
        if self._mistakes:
            raise BadSensors(self._mistakes)
        if crs is not Crs.GCJ02:
            return self._sensors
        return [replace(one, place=in_wgs84(crs, one.place)) if one.place is not None else one for one in self._sensors]
