"""The monitoring factors of HJ 212 (annex B of 2017, and the codes of 2005 before it): what they are, in which unit."""

from typing import NamedTuple


class Factor(NamedTuple):
    """What a factor code measures; unit None where it is not told."""

    quantity: str
    unit: str | None


#: In place of a unit: µg/m³ at an air station as GB 3095 counts, mg/m³ in a stack as the annex has it.
GAS = "gas"
#: In place of a unit: the annex says kPa, weather instruments also send hPa; the two ranges never overlap.
AIR_PRESSURE = "air pressure"
#: `ST` of places that measure the air around us: air quality, volatile organic compounds, dust of building sites.
AMBIENT_SYSTEMS = frozenset({"22", "27", "39"})

#: Particles: the annex of 2017 prints ng/m³, the devices send what GB 3095 counts in.
_PARTICLES = "µg/m³"
_LIQUID, _TRACE = "mg/L", "µg/L"

_FACTORS = {
    # water
    "w00000": Factor("wastewater_flow", "L/s"),
    "w01001": Factor("ph", "pH"),
    "w01003": Factor("turbidity", "NTU"),
    "w01009": Factor("dissolved_oxygen", _LIQUID),
    "w01010": Factor("water_temperature", "°C"),
    "w01012": Factor("suspended_solids", _LIQUID),
    "w01014": Factor("conductivity", "µS/cm"),
    "w01017": Factor("bod5", _LIQUID),
    "w01018": Factor("cod", _LIQUID),
    "w01019": Factor("permanganate_index", _LIQUID),
    "w01020": Factor("toc", _LIQUID),
    "w20111": Factor("mercury", _TRACE),
    "w20115": Factor("cadmium", _TRACE),
    "w20116": Factor("chromium", _LIQUID),
    "w20117": Factor("chromium_vi", _TRACE),
    "w20119": Factor("arsenic", _TRACE),
    "w20120": Factor("lead", _TRACE),
    "w20121": Factor("nickel", _LIQUID),
    "w20122": Factor("copper", _LIQUID),
    "w20123": Factor("zinc", _LIQUID),
    "w21001": Factor("total_nitrogen", _LIQUID),
    "w21003": Factor("ammonia_nitrogen", _LIQUID),
    "w21011": Factor("total_phosphorus", _LIQUID),
    "w21016": Factor("cyanide", _LIQUID),
    "w21017": Factor("fluoride", _LIQUID),
    "w21019": Factor("sulphide", _LIQUID),
    "w22001": Factor("petroleum", _LIQUID),
    "w23002": Factor("volatile_phenol", _LIQUID),
    # air and stacks
    "a00000": Factor("flue_flow", "m³/s"),
    "a01001": Factor("temperature", "°C"),
    "a01002": Factor("humidity", "%"),
    "a01006": Factor("atmospheric_pressure", AIR_PRESSURE),
    "a01007": Factor("wind_speed", "m/s"),
    "a01008": Factor("wind_direction", "°"),
    "a01011": Factor("flue_velocity", "m/s"),
    "a01012": Factor("flue_temperature", "°C"),
    "a01013": Factor("flue_pressure", "kPa"),
    "a01014": Factor("flue_humidity", "%"),
    "a01901": Factor("furnace_temperature", "°C"),
    "a01902": Factor("furnace_temperature", "°C"),
    "a05001": Factor("co2", "mg/m³"),
    "a05024": Factor("o3", GAS),
    "a19001": Factor("oxygen", "%"),
    "a21001": Factor("nh3", GAS),
    "a21002": Factor("nox", GAS),
    "a21003": Factor("no", GAS),
    "a21004": Factor("no2", GAS),
    "a21005": Factor("co", "mg/m³"),
    "a21018": Factor("hydrogen_fluoride", "mg/m³"),
    "a21022": Factor("chlorine", "mg/m³"),
    "a21024": Factor("hydrogen_chloride", "mg/m³"),
    "a21026": Factor("so2", GAS),
    "a21028": Factor("h2s", GAS),
    "a24088": Factor("nmhc", "mg/m³"),
    "a25002": Factor("benzene", "mg/m³"),
    "a25003": Factor("toluene", "mg/m³"),
    "a25005": Factor("xylene", "mg/m³"),
    "a31001": Factor("hcho", "mg/m³"),
    "a34001": Factor("tsp", _PARTICLES),
    "a34002": Factor("pm10", _PARTICLES),
    "a34004": Factor("pm25", _PARTICLES),
    "a34005": Factor("pm1", _PARTICLES),
    "a34013": Factor("particulate_matter", "mg/m³"),
    "a99054": Factor("tvoc", "mg/m³"),
    # noise
    "la": Factor("noise_level", "dB(A)"),
    "leq": Factor("noise_laeq", "dB(A)"),
    "l5": Factor("noise_l5", "dB(A)"),
    "l10": Factor("noise_l10", "dB(A)"),
    "l50": Factor("noise_l50", "dB(A)"),
    "l90": Factor("noise_l90", "dB(A)"),
    "l95": Factor("noise_l95", "dB(A)"),
    "ldn": Factor("noise_ldn", "dB(A)"),
    "ld": Factor("noise_ld", "dB(A)"),
    "ln": Factor("noise_ln", "dB(A)"),
    "lmx": Factor("noise_lamax", "dB(A)"),
    "lmn": Factor("noise_lamin", "dB(A)"),
}

#: Codes of 2005, and the words that dust monitors of building sites write, each with what it is today.
_OLDER = {
    "b01": "w00000", "001": "w01001", "003": "w01012", "010": "w01017", "011": "w01018", "015": "w01020",
    "020": "w20111", "022": "w20115", "023": "w20116", "024": "w20117", "026": "w20119", "027": "w20120",
    "028": "w20121", "029": "w20122", "030": "w20123", "060": "w21003", "065": "w21001", "070": "w21016",
    "071": "w21019", "072": "w21017", "080": "w22001", "101": "w21011", "110": "w23002",
    "b02": "a00000", "s01": "a19001", "s02": "a01011", "s03": "a01012", "s05": "a01014", "s08": "a01013",
    "01": "a34013", "02": "a21026", "03": "a21002", "04": "a21005", "05": "a21028", "06": "a21018", "08": "a21024",
    "10": "a21001", "11": "a21022", "17": "a25003", "18": "a25005", "19": "a31001", "30": "a05001",
    "pm25": "a34004", "pm2.5": "a34004", "pm10": "a34002", "tsp": "a34001", "tem": "a01001", "rh": "a01002",
    "pa": "a01006", "ws": "a01007", "wd": "a01008", "nois": "la", "noise": "la",
}  # fmt: skip

#: Unit of a concentration or a flow -> unit of what passed in an interval (annex B, the column of totals).
TOTALS = {"mg/L": "kg", "µg/L": "g", "mg/m³": "kg", "µg/m³": "g", "L/s": "m³", "m³/s": "m³"}


#: Codes of where a station that moves is (vessels, vehicles), and the words that devices write for them.
PLACES = {
    "l01001": "longitude", "longitude": "longitude", "lon": "longitude", "lng": "longitude",
    "l01002": "latitude", "latitude": "latitude", "lat": "latitude",
}  # fmt: skip


def factor(code: str) -> Factor:
    """Return what a code measures; one that nobody knows keeps its code, without a unit."""
    lower = code.lower()
    return _FACTORS.get(_OLDER.get(lower, lower), Factor(code, None))
