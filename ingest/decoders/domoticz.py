"""Domoticz: what its controller repeats of every device under `domoticz/out`, values as numbered texts.

What each number is: https://wiki.domoticz.com/Developing_a_Python_plugin#Available_Device_Types.
"""

from typing import Any

from city.errors import UndecodableMessage
from city.measurement import Decoded, Measurement
from ingest.decoders.family import Body
from ingest.decoders.json_body import parse_object
from ingest.decoders.known import Known
from ingest.decoders.options import DecoderOptions
from ingest.decoders.values import checked_name, number_with_unit
from ingest.reasons import Reason

_TEMPERATURE, _HUMIDITY = Known("temperature", "°C"), Known("humidity", "%")
_PRESSURE = Known("atmospheric_pressure", "hPa")
#: By `dtype`, and where that is `General` by `stype`: the member of each value. Other devices say nothing.
_KINDS: dict[str, dict[str, Known]] = {
    "Temp": {"svalue1": _TEMPERATURE},
    "Humidity": {"nvalue": _HUMIDITY},
    "Temp + Humidity": {"svalue1": _TEMPERATURE, "svalue2": _HUMIDITY},
    "Temp + Baro": {"svalue1": _TEMPERATURE, "svalue2": _PRESSURE},
    "Temp + Humidity + Baro": {"svalue1": _TEMPERATURE, "svalue2": _HUMIDITY, "svalue4": _PRESSURE},
    "UV": {"svalue1": Known("uv_index", "")},
    "Lux": {"svalue1": Known("illuminance", "lux")},
    "Usage": {"svalue1": Known("power", "W")},
    "Wind": {
        "svalue1": Known("wind_direction", "°"),
        "svalue3": Known("wind_speed", "dm/s"),
        "svalue4": Known("wind_gust", "dm/s"),
    },
    "Air Quality": {"nvalue": Known("co2", "ppm")},
    "kWh": {"svalue1": Known("power", "W"), "svalue2": Known("energy", "Wh")},
    "Voltage": {"svalue1": Known("voltage", "V")},
    "Current": {"svalue1": Known("current", "A")},
    "Barometer": {"svalue1": _PRESSURE},
    "Visibility": {"svalue1": Known("visibility", "km")},
    "Solar Radiation": {"svalue1": Known("solar_radiation", "W/m²")},
    "Sound Level": {"svalue1": Known("noise_level", "dB")},
    "Distance": {"svalue1": Known("distance", "cm")},
    "Pressure": {"svalue1": Known("pressure", "bar")},
    "Light/Switch": {"nvalue": Known("switch_state", "")},
}
#: A device on mains has this in place of its battery's level.
_NO_BATTERY = 255


class DomoticzDecoder:
    """Decodes one device's state; the sensor is its number, since names are changed by anybody."""

    def __init__(self, options: DecoderOptions) -> None:
        self._options = options

    def decode(self, topic: str, payload: bytes) -> Decoded:
        """Return the readings of the device."""
        body = parse_object(payload)
        if not _is_device(body):
            raise UndecodableMessage(Reason.WRONG_SHAPE, expected="a device", got=", ".join(body), at="$")
        sensor = checked_name(f"{topic.partition('/')[0] or 'domoticz'}/{body['idx']}", at="$.idx")
        kind = str(body["stype"] if body["dtype"] == "General" else body["dtype"])
        wanted = dict(_KINDS.get(kind, {}))
        if body.get("Battery") != _NO_BATTERY:
            wanted["Battery"] = Known("battery_level", "%")
        found = []
        for member, known in wanted.items():
            parsed = number_with_unit(body.get(member), at=f"$.{member}")
            if parsed is not None and not (known.quantity == "switch_state" and parsed[0] not in {0, 1}):
                found.append(Measurement(sensor, known.quantity, parsed[0], known.unit))
        return Decoded(self._options.told(found))


def bears(body: Body) -> bool:
    """Return whether a body is one of this family's."""
    return _is_device(body.members)


def _is_device(body: dict[str, Any]) -> bool:
    return isinstance(body.get("idx"), int) and {"dtype", "stype", "nvalue"} <= body.keys()
