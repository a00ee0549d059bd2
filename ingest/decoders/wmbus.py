"""Meters on the air (wireless M-Bus) as wmbusmeters tells them: totals and what is so now; history is left alone."""

import re
from collections.abc import Iterator
from typing import Any

from city.measurement import Decoded, Measurement
from ingest.decoders.family import Body
from ingest.decoders.json_body import parse_object
from ingest.decoders.known import Known
from ingest.decoders.options import DecoderOptions
from ingest.decoders.paths import first_text, refuse
from ingest.decoders.times import time_of
from ingest.decoders.values import number

#: Ending of a member -> unit (wmbusmeters, "Units").
_UNITS = {
    "m3": "m³", "l": "L", "kwh": "kWh", "gj": "GJ", "mj": "MJ", "kvarh": "kvarh", "kw": "kW", "w": "W", "m3h": "m³/h",
    "lh": "L/h", "c": "°C", "f": "°F", "v": "V", "a": "A", "hz": "Hz", "rh": "%", "pct": "%", "hca": "",
}  # fmt: skip
_MEMBER = re.compile(rf"(.+)_({'|'.join(_UNITS)})", re.ASCII)
#: Of what a volume is, by the word for the meter's medium; of heat it is the water that brought it.
_MEDIA = ("water", "gas")
_TEMPERATURE, _FLOW, _VOLUME, _ENERGY = map(Known, ("temperature", "water_flow", "volume", "energy"))
#: Member without its unit -> what it is; those of dates, targets and earlier months are not here.
_KNOWN = {
    **dict.fromkeys(("total", "total_volume", "volume", "total_water_consumption"), _VOLUME),
    **dict.fromkeys(("total_energy", "total_energy_consumption", "total_heating", "total_heat_energy"), _ENERGY),
    "total_cooling": Known("energy", label="cooling"),
    **dict.fromkeys(("total_backward", "total_volume_backward", "backflow"), Known("volume", label="backward")),
    **dict.fromkeys(("total_energy_production",), Known("energy_returned")),
    **dict.fromkeys(("power", "current_power_consumption", "current_power"), Known("power")),
    "current_power_production": Known("power", label="production"),
    **dict.fromkeys(("volume_flow", "current_flow", "flow"), _FLOW),
    **{f"{place}_temperature": Known("temperature", label=place) for place in ("flow", "return", "external", "t1", "t2",
       "room", "ambient", "forward", "outdoor", "indoor", "radiator")},
    **dict.fromkeys(("temperature", "current_temperature"), _TEMPERATURE),
    **dict.fromkeys(("relative_humidity", "current_relative_humidity", "humidity"), Known("humidity")),
    "temperature_difference": Known("temperature_difference"),
    **{f"total_energy_consumption_tariff_{rate}": Known("energy", label=f"tariff{rate}") for rate in range(1, 5)},
    **{f"total_energy_production_tariff_{rate}": Known("energy_returned", label=f"tariff{rate}")
       for rate in range(1, 5)},
    **{f"current_power_consumption_phase{phase}": Known("power", label=f"l{phase}") for phase in (1, 2, 3)},
    **{f"active_consumption_l{phase}": Known("power", label=f"l{phase}") for phase in (1, 2, 3)},
    "active_consumption_total": Known("power"),
    **{f"voltage_l{phase}": Known("voltage", label=f"l{phase}") for phase in (1, 2, 3)},
    **{f"current_l{phase}": Known("current", label=f"l{phase}") for phase in (1, 2, 3)},
    "frequency": Known("frequency"),
    **{f"voltage_at_phase_{phase}": Known("voltage", label=f"l{phase}") for phase in (1, 2, 3)},
    **{f"current_at_phase_{phase}": Known("current", label=f"l{phase}") for phase in (1, 2, 3)},
    "battery": Known("battery_voltage"),
    "current_consumption": Known("consumption"),
}  # fmt: skip
_OF_VOLUME = frozenset({"m³", "L"})
#: What Kamstrup's meters write for a temperature that they do not have.
_NO_TEMPERATURE = 127
_EXPECTED = "`media`, `meter` and `id`"


class WmbusDecoder:
    """Decodes telegrams; the sensor is the meter's number, since its name is the listener's choice."""

    def __init__(self, options: DecoderOptions) -> None:
        self._options = options

    def decode(self, topic: str, payload: bytes) -> Decoded:
        """Return the readings of a telegram."""
        body = parse_object(payload)
        if not _is_telegram(body):
            raise refuse(_EXPECTED, body)
        return Decoded(self._options.told(list(_measured(first_text(body, ("id", "name"), otherwise=topic), body))))


def bears(body: Body) -> bool:
    """Return whether a body is one of this family's."""
    return _is_telegram(body.members)


def _is_telegram(body: dict[str, Any]) -> bool:
    return isinstance(body.get("media"), str) and isinstance(body.get("meter"), str) and "id" in body


def _measured(sensor: str, body: dict[str, Any]) -> Iterator[Measurement]:
    time_ns = time_of(body.get("timestamp"))
    medium = next((one for one in _MEDIA if one in body["media"].lower()), "")
    for key, said in body.items():
        found = _MEMBER.fullmatch(key)
        known = _KNOWN.get(found[1]) if found is not None else None
        value = number(said, at=f"$.{key}")
        if found is None or known is None or value is None or isinstance(said, bool):
            continue
        if known.quantity == "energy" and _UNITS[found[2]] in _OF_VOLUME:  # the water that brought the heat
            known = Known("volume", label=found[1].rpartition("_")[2])
        quantity = f"{medium}_volume" if medium and known.quantity == "volume" else known.quantity
        if quantity != "temperature" or value != _NO_TEMPERATURE:
            unit = _UNITS[found[2]] if quantity != "temperature_difference" else "K"
            yield Measurement(sensor, quantity, value, unit, time_ns, label=known.label)
