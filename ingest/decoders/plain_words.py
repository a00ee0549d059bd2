"""Which words mean one quantity and nothing else, whoever wrote them, and what their endings say of the unit."""

import re
from functools import cache, lru_cache

from city.catalogue import Quantity, QuantityKind, default_catalogue
from city.units import Conversion, NoConversion, is_known
from ingest.decoders.foreign_words import FOREIGN, plainly
from ingest.decoders.known import Known
from ingest.decoders.values import MAX_NAME_LENGTH

#: Quantities whose bare name, or one of its aliases, is a measurement wherever it stands before a number.
_PLAIN = frozenset(
    {
        "temperature", "humidity", "dew_point", "absolute_humidity", "atmospheric_pressure", "pressure",
        "wind_speed", "wind_gust", "wind_direction", "precipitation", "precipitation_total", "rain_intensity",
        "snow_height", "visibility", "solar_radiation", "uv_index", "road_temperature", "illuminance", "pm25",
        "pm10", "pm1", "pm4", "tsp", "so2", "no2", "nox", "o3", "co", "co2", "eco2", "nh3", "h2s", "ch4", "hcho",
        "tvoc", "air_quality_index", "noise_laeq", "noise_level", "noise_lamax", "noise_lamin", "noise_l10",
        "noise_l50", "noise_l90", "water_level", "water_table", "water_flow", "water_discharge",
        "water_temperature", "soil_temperature", "soil_moisture", "ph", "turbidity", "dissolved_oxygen",
        "conductivity", "dissolved_solids", "salinity", "redox_potential", "ammonia_nitrogen", "filling_level",
        "vehicle_count", "people_count", "people_in", "people_out", "occupied", "occupancy", "available_spots",
        "occupied_spots",
        "inlet_temperature", "outlet_temperature", "supply_air_temperature", "device_temperature",
        "battery_temperature", "voltage", "input_voltage", "output_voltage", "supply_voltage", "current", "power",
        "power_input", "power_output", "apparent_power", "reactive_power", "power_factor", "frequency", "energy",
        "energy_today", "energy_returned", "battery_level", "battery_voltage", "fan_speed", "water_leak", "smoke",
        "door_open", "window_open", "motion", "cpu_usage", "memory_usage", "disk_usage", "load", "battery_runtime",
        "distance", "speed", "tilt", "particulate_matter", "oxygen",
    }
)  # fmt: skip
#: Quantities of the device's radio and clock: kept beside a measurement, and no reading of the city's alone.
_ASIDE = frozenset({"rssi", "snr", "link_quality", "wifi_quality", "uptime", "battery_ok"})
#: Words that in a stranger's message may as well be a switch or a mode, unless a unit follows.
_AMBIGUOUS = frozenset(
    {
        "fan",
        "noise",
        "presence",
        "flood",
        "door",
        "leak",
        "angle",
        "light",
        "sound",
        "lamp",
        "radiation",
        "load",
        "runtime",
    }
)
#: Words of weather consoles that end in a unit of another sense than elsewhere (inches of mercury, not of length).
_WHOLE = {
    "baromrelin": Known("atmospheric_pressure", "inHg"),
    "baromabsin": Known("atmospheric_pressure", "inHg", "absolute"),
    "baromrel": Known("atmospheric_pressure", None), "baromabs": Known("atmospheric_pressure", None, "absolute"),
    "tempin": Known("temperature", None, "in"), "totalrainin": Known("precipitation_total", "in"),
    "tempinf": Known("temperature", "°F", "in"), "humidityin": Known("humidity", "%", "in"),
    "kwh": Known("energy", "kWh"), "watts": Known("power", "W"), "amps": Known("current", "A"),
    "rainratein": Known("rain_intensity", "in/h"), "rain_rate_cm_per_hour": Known("rain_intensity", "cm/h"),
    "battery_mv": Known("battery_voltage", "mV"), "batt_mv": Known("battery_voltage", "mV"),
}  # fmt: skip
#: What is told in one unit only, whoever tells it.
_SURE = {
    "co2": "ppm", "eco2": "ppm", "pm1": "µg/m³", "pm25": "µg/m³", "pm4": "µg/m³", "pm10": "µg/m³",
    "illuminance": "lux", "wind_direction": "°", "ph": "pH", "rssi": "dBm", "noise_laeq": "dB(A)",
}  # fmt: skip
#: Air pressure is told in these; what is in bar, psi or kPa may be a pipe's.
_OF_AIR = frozenset({"hPa", "mbar", "inHg", "mmHg"})
#: Words that the catalogue lacks: Awair, AirGradient, weather consoles (Ecowitt, Ambient, WeeWX), BLE gateways.
_MORE = {
    "humid": "humidity", "rhum": "humidity", "atmp": "temperature", "abs_humid": "absolute_humidity",
    "rco2": "co2", "pm01": "pm1", "pm02": "pm25", "pm2p5": "pm25", "lux": "illuminance",
    "outtemp": "temperature", "out_humidity": "humidity", "solarradiation": "solar_radiation", "uv": "uv_index",
    "windspd": "wind_speed", "wind_avg": "wind_speed", "windgust": "wind_gust", "wind_dir": "wind_direction",
    "barom": "atmospheric_pressure", "baro": "atmospheric_pressure", "vbat": "battery_voltage",
    "vbatt": "battery_voltage", "battery_v": "battery_voltage", "batt_v": "battery_voltage", "light": "illuminance",
    "rainrate": "rain_intensity", "batt": "battery_level", "bat": "battery_level", "battery_pct": "battery_level",
    "volt": "voltage", "soil_moist": "soil_moisture", "sound": "noise_level", "spl": "noise_level",
    "ec": "conductivity", "wind_deg": "wind_direction", "radiation": "solar_radiation", "humi": "humidity",
    "soil_humidity": "soil_moisture", "soil_hum": "soil_moisture", "battery_percentage": "battery_level",
    "battery_soc": "battery_level", "state_of_charge": "battery_level", "battery_state_of_charge": "battery_level",
    "power_delivered": "power", "water_temp": "water_temperature", "soil_temp": "soil_temperature",
    "tds": "dissolved_solids", "cpu_temp": "device_temperature", "cpu_temperature": "device_temperature",
    "chip_temp": "device_temperature", "board_temp": "device_temperature", "mcu_temp": "device_temperature",
    "power_active": "power", "power_reactive": "reactive_power", "power_apparent": "apparent_power",
    "water_height": "water_level",
}  # fmt: skip
#: Chinese words beside the catalogue's own names.
_CHINESE = {
    "湿度": "humidity", "空气温度": "temperature", "环境温度": "temperature", "空气湿度": "humidity",
    "环境湿度": "humidity", "大气压": "atmospheric_pressure", "大气压力": "atmospheric_pressure",
    "噪声": "noise_level", "光照": "illuminance", "光照强度": "illuminance", "土壤湿度": "soil_moisture",
    "土壤温度": "soil_temperature", "电量": "battery_level", "电池电量": "battery_level", "雨量": "precipitation",
    "降雨量": "precipitation", "液位": "water_level", "水位": "water_level",
}  # fmt: skip
#: Ending of a word -> unit; the ending must convert into the quantity's unit, else it is none.
_ENDINGS = {
    "degreescelsius": "°C", "degreesfahrenheit": "°F",
    "c": "°C", "celsius": "°C", "degc": "°C", "f": "°F", "fahrenheit": "°F", "degf": "°F", "k": "K", "kelvin": "K",
    "pct": "%", "percent": "%", "perc": "%", "rh": "%", "hpa": "hPa", "kpa": "kPa", "pa": "Pa", "mbar": "mbar",
    "bar": "bar", "psi": "psi", "inhg": "inHg", "mmhg": "mmHg", "mps": "m/s", "ms": "m/s", "m_s": "m/s",
    "kmh": "km/h", "kph": "km/h", "km_h": "km/h", "mph": "mph", "knots": "kn", "kn": "kn", "deg": "°",
    "degrees": "°", "mm": "mm", "cm": "cm", "m": "m", "in": "in", "ft": "ft", "mm_h": "mm/h", "mmh": "mm/h",
    "v": "V", "volts": "V", "mv": "mV", "a": "A", "amps": "A", "ma": "mA", "w": "W", "watts": "W", "kw": "kW",
    "va": "VA", "kva": "kVA", "var": "var", "wh": "Wh", "kwh": "kWh", "mwh": "MWh", "hz": "Hz", "ppm": "ppm",
    "ppb": "ppb", "ugm3": "µg/m³", "ug_m3": "µg/m³", "mgm3": "mg/m³", "mg_m3": "mg/m³", "mg_l": "mg/L", "ntu": "NTU",
    "lux": "lux", "lx": "lux", "db": "dB", "dba": "dB(A)", "dbm": "dBm", "wpm2": "W/m²", "wm2": "W/m²",
    "w_m2": "W/m²", "us_cm": "µS/cm", "seconds": "s", "sec": "s", "m3h": "m³/h", "m3_h": "m³/h", "lpm": "L/min",
    "rpm": "rpm",
}  # fmt: skip
#: Places that tell several of one quantity apart; any other word before or after one makes it something else.
_PLACES = (
    "indoor|outdoor|inside|outside|in|out|room|ambient|air|surface|supply|return|internal|external|int|ext|probe|rack"
    "|cabinet|front|rear|top|bottom|left|right|upper|lower|l1|l2|l3|phase_?[abc123]|ch_?\\d{1,2}|sensor_?\\d{1,2}|\\d{1,2}"
)
#: What measured, by the name of its chip, which is written beside the quantity where several hang at one board.
_CHIPS = (
    "bm[ep]_?\\d{3}|dht_?\\d{0,2}|am23\\d\\d|sht_?\\d{1,2}x?|sht[34]x|si70\\d\\d|htu\\d\\d[a-z]?|hdc\\d{4}|aht\\d\\d|ds18[bx]20"
    "|mcp9808|lm\\d{2}|tmp\\d{2,3}|scd\\d\\dx?|mh_?z\\d\\d[a-z]?|ccs811|sgp\\d\\d|ens160|pmsa?\\d{3,4}|sds011|sps30|sen5\\d"
    "|bh1750|tsl25\\d\\d|veml\\d{4}|ina\\d{3}|pzem(?:_?004t?)?"
)
_CHIP = re.compile(_CHIPS)
#: Ends of a circuit, of which electric quantities alone are told: `gridPower`, `mains_voltage`.
_CIRCUITS = (
    "grid|pv|solar|mains|inverter|home|house|battery|ac|dc|load|generator|charge|charging|discharge"
    "|system|total|line|main|outlet|input|output"
)
_ELECTRIC = frozenset({"power", "voltage", "current", "frequency", "energy", "apparent_power", "reactive_power"})
#: A current or voltage for charging is as often the one that is wished for.
_WISHED = frozenset({("charge", "current"), ("charge", "voltage"), ("discharge", "current"), ("charging", "current")})
_CIRCUIT = re.compile(rf"({_CIRCUITS})_(.+)")
_BEFORE = re.compile(rf"({_PLACES}|{_CHIPS})_(.+)")
_AFTER = re.compile(rf"(.+)_({_PLACES}|{_CHIPS})|(.+?)(\d{{1,2}})")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
#: What parts the levels of a point's name: `Room1.Temperature`.
_LEVELS = re.compile(r"(.+)[./:\\](.+)")
#: Words in front that say that it is so now, as all of it is.
_NOW = re.compile(r"(?:current|actual|measured|present|latest)_(.+)|(.+)_(?:value|val|reading|measured|measurement)")
#: Quantities of which a `value` is none of a converter: `Rain_Value` is as often the number that a pin gives.
_VALUED = frozenset(
    {
        "temperature",
        "humidity",
        "atmospheric_pressure",
        "pressure",
        "co2",
        "pm25",
        "pm10",
        "power",
        "energy",
        "noise_laeq",
    }
)
#: A question that a state answers: `isOccupied`, `motion-bool`.
_IS = re.compile(r"is_?(.+)|(.+)_bool")
#: Words that are a state's where a truth follows, and a level or a service elsewhere.
_OF_TRUTH = {"leak": "water_leak", "flood": "water_leak", "flooded": "water_leak"}
#: Quantities whose word means another thing beyond what is plausible: a radio's frequency, a phase (`ph3`).
_TOLD_BY_RANGE = {"frequency": (0.0, 500.0), "ph": (0.0, 14.0)}
_DIGITS = "0123456789"
#: Words to which the letter of a unit is written without a line between: `tempF`, `temp1f`.
_GLUED = frozenset({"temp", "temperature"})
_BY_VOLUME, _BY_MASS = frozenset({"ppm", "ppb"}), frozenset({"µg/m³", "mg/m³"})
_MAX_WORD = 60


@lru_cache(maxsize=8192)
def meaning(word: str) -> tuple[Known, bool] | None:
    """Return what a word means and whether it is worth a message by itself; None for a word that may mean more.

    The unit is that of the word's ending; without one it is None, but where the catalogue's quantity has none.
    """
    word = word if word.isascii() else plainly(word)
    if not word.isascii() or len(word) > _MAX_WORD:
        return _chinese(word)
    word = word.strip().replace("-", "_").replace(" ", "_").replace(".", "_")
    parted = _CAMEL.sub("_", word).lower()
    found = _plain_meaning(word.lower()) or _plain_meaning(parted)
    now = _NOW.fullmatch(parted) if found is None else None
    found = _of_now(now[1], now[2]) if now is not None else found
    asked = _IS.fullmatch(parted) if found is None else None
    state = _plain_meaning(asked[1] or asked[2]) if asked is not None else None
    return state if state is not None and is_state(state[0].quantity) else found


def _of_now(said: str | None, valued: str | None) -> tuple[Known, bool] | None:
    found = _plain_meaning(said or valued or "")
    return found if found is None or valued is None or found[0].quantity in _VALUED else None


def of_truth(word: str, value: object) -> tuple[Known, bool] | None:
    """Return what a word means before a truth, which it does not before a number; None for another."""
    state = _OF_TRUTH.get(word.strip().lower())
    is_truth = isinstance(value, bool) or (isinstance(value, str) and value.strip().lower() in {"true", "false"})
    return (Known(state, ""), True) if state is not None and is_truth else None


def of_point(word: str) -> tuple[Known, bool, str] | None:
    """Return what a word means that is the last level of a point's name, and the levels before; None for another."""
    levels = _LEVELS.fullmatch(word) if len(word) <= MAX_NAME_LENGTH else None
    last = meaning(levels[2]) if levels is not None and meaning(word) is None else None
    return (*last, levels[1]) if levels is not None and last is not None else None


def unit_of(written: str) -> str:
    """Return a unit as it is usually spelled: `dbm` and `v` are what the endings of words are; others as written."""
    return written if is_known(written) and written != "db" else _ENDINGS.get(written.strip().lower(), written)


def is_place(word: str) -> bool:
    """Return whether a word tells several of one quantity apart, and nothing else."""
    return re.fullmatch(_PLACES, word.lower()) is not None


def is_chip(word: str) -> bool:
    """Return whether a word is the name of what measured, and no half of a quantity's word."""
    return _CHIP.fullmatch(word.lower()) is not None


def is_sure(quantity: str, amount: float, unit: str | None) -> bool:
    """Return whether an amount in a unit may be of a quantity: in one of another it is not, nor a radio's frequency."""
    known = default_catalogue().find(quantity)
    if known is None:
        return True
    line = known.conversion(unit) if unit else None
    if isinstance(line, NoConversion) and line.reason == "different" and unit is not None and not _is_of(known, unit):
        return False
    lowest, highest = _TOLD_BY_RANGE.get(quantity, (amount, amount))
    return lowest <= amount <= highest


def of_air(quantity: str, unit: str | None) -> str:
    """Return whose pressure it is by its unit."""
    return "atmospheric_pressure" if quantity == "pressure" and unit in _OF_AIR else quantity


def is_state(quantity: str) -> bool:
    """Return whether a quantity of the catalogue is a state, which truths and words may tell."""
    known = default_catalogue().find(quantity)
    return known is not None and known.kind is QuantityKind.STATE


def _plain_meaning(lower: str) -> tuple[Known, bool] | None:
    if lower in _WHOLE:
        return _WHOLE[lower], True
    for base, unit in (*_without_ending(lower), (lower, None)):
        for candidate, label in _candidates(base):
            quantity = _find(candidate) if unit is not None or candidate not in _AMBIGUOUS else None
            if quantity is None or not _may_be_of(label, quantity.name):
                continue
            if unit is None or _is_of(quantity, unit):
                return Known(of_air(quantity.name, unit), _unit(quantity, unit), label), quantity.name in _PLAIN
    return None


@cache
def _by_chinese_name() -> dict[str, Quantity]:
    quantities = default_catalogue().quantities
    named = {quantities[name].names.get("zh", ""): quantities[name] for name in sorted(_PLAIN)}
    return named | {word: quantities[name] for word, name in _CHINESE.items()}


def _chinese(word: str) -> tuple[Known, bool] | None:
    named = FOREIGN.get(word.strip().lower().replace(" ", "_"))
    quantity = _find(named) if named is not None else _by_chinese_name().get(word.strip())
    return (Known(quantity.name, _unit(quantity, None)), True) if quantity is not None else None


def _candidates(lower: str) -> list[tuple[str, str]]:
    """Return a word and what is left of it without a place, with that place."""
    found = [(lower, "")]
    before, after = _BEFORE.fullmatch(lower), _AFTER.fullmatch(lower)
    if before is not None:
        found.append((before.group(2), before.group(1)))
    if after is not None:
        word, place = (after.group(1), after.group(2)) if after.group(1) else (after.group(3), after.group(4))
        found.append((word, place))
    # `TMP` is a temperature where a chip stands before it, and elsewhere what passes.
    found = [("temp" if word == "tmp" and _CHIP.fullmatch(place) else word, place) for word, place in found]
    circuit = _CIRCUIT.fullmatch(lower)
    if circuit is not None:
        found.append((circuit[2], circuit[1]))
    return found


def _may_be_of(label: str, quantity: str) -> bool:
    """Return whether a quantity may be told of the end of a circuit that a word names."""
    if re.fullmatch(_CIRCUITS, label) is None:
        return True
    return quantity in _ELECTRIC and (label, quantity) not in _WISHED


def _unit(quantity: Quantity, unit: str | None) -> str | None:
    if unit is None:
        return _SURE.get(quantity.name) if quantity.unit else ""
    return unit


def _is_of(quantity: Quantity, unit: str) -> bool:
    """Return whether a unit is one of the quantity's; gases are told by mass and by volume, which do not convert."""
    return isinstance(quantity.conversion(unit), Conversion) or (unit in _BY_VOLUME and quantity.unit in _BY_MASS)


def _without_ending(lower: str) -> list[tuple[str, str]]:
    """Return what a word is without each ending that it has, with the unit that the ending is."""
    found = []
    for ending, unit in _ENDINGS.items():
        base = lower.removesuffix(ending)
        parted = base.endswith("_") or len(ending) > 1 or base.rstrip(_DIGITS) in _GLUED
        if base not in {lower, ""} and parted:
            found.append((base.rstrip("_"), unit))
    return found


def _find(word: str) -> Quantity | None:
    whole = f"{word.removesuffix('_temp')}_temperature" if word.endswith("_temp") else word
    named = _MORE.get(word) or FOREIGN.get(word, word)
    quantity = default_catalogue().find(named) or default_catalogue().find(whole)
    return quantity if quantity is not None and quantity.name in _PLAIN | _ASIDE else None
