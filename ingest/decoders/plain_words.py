"""Which words mean one quantity and nothing else, whoever wrote them, and what their endings say of the unit."""

import re
from functools import cache, lru_cache

from city.catalogue import Quantity, QuantityKind, default_catalogue
from city.units import Conversion, NoConversion, is_known
from ingest.decoders.foreign_words import FOREIGN, plainly
from ingest.decoders.known import Known
from ingest.decoders.plain_dress import bracketed, chinese_dress, undressed
from ingest.decoders.plain_vocabulary import AMBIGUOUS, ASIDE, CHINESE, DEGREES, ENDINGS, MORE, PLAIN, SURE, WHOLE
from ingest.decoders.unit_quantities import BY_UNIT
from ingest.decoders.values import MAX_NAME_LENGTH

#: Air pressure is told in these; what is in bar, psi or kPa may be a pipe's.
_OF_AIR = frozenset({"hPa", "mbar", "inHg", "inhg", "mmHg"})
_OF_ENERGY, _OF_POWER = frozenset({"Wh", "kWh", "MWh", "W.h", "KWH"}), frozenset({"W", "kW", "MW", "Watt"})
_OF_PHOTONS = frozenset({"µmol/m²/s"})
#: What a word is in a unit, which is another quantity in others.
_BY_UNIT: dict[tuple[str, str | None], str] = {("pressure", unit): "atmospheric_pressure" for unit in _OF_AIR}
_BY_UNIT |= {("battery_level", "V"): "battery_voltage", ("battery_level", "mV"): "battery_voltage"}
_BY_UNIT[("water_level", "%")] = "filling_level"
_IN_WATER = {"ppm": "mg/L", "ppb": "µg/L"}
#: A phase before what is measured of it: `A相电压`.
_PHASE = re.compile(r"([ABCabc]相|三相|总|零线)(.+)")
#: Places that tell several of one quantity apart; any other word before or after one makes it something else.
_PLACES = (
    "indoor|outdoor|inside|outside|in|out|inlet|outlet|room|ambient|env|environment|zone|air|surface|supply|return|internal|external|int|ext"
    "|probe|rack|cabinet|front|rear|top|bottom|left|right|upper|lower|main|l[123](?:_?(?:n|l[123]))?|phase_?[abc123]|ch_?\\d{1,2}|sensor_?\\d{1,2}|leaf|canopy|system|compensated|corrected|\\d{1,2}"
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
    "grid|pv|solar|mains|utility|inverter|home|house|battery|ac|dc|load|generator|charge|charging|discharge"
    "|system|total|line|main|outlet|input|output"
)
_ELECTRIC = frozenset({"power", "voltage", "current", "frequency", "energy", "apparent_power", "reactive_power"})
#: Ends of a circuit that are a pipe's, too.
_OF_PIPES = frozenset({"outlet", "inlet", "line", "main", "mains", "system"})
_OF_POWER_PLANTS = frozenset({"energy_today", "power_input", "power_output"})
#: A current or voltage for charging is as often the one that is wished for.
_WISHED = frozenset({("charge", "current"), ("charge", "voltage"), ("discharge", "current"), ("charging", "current")})
_CIRCUIT = re.compile(rf"((?:{_CIRCUITS}|string|mppt)_?\d{{0,2}})_(.+)")
#: Units that say of the end of a circuit what is measured there; `grid_A` is as often the first of two.
_HAS_VOLTS = re.compile(r"(?:grid|pv|solar|mains|battery|ac|dc|load|inverter|generator|string|mppt)_?\d{0,2}")
#: And of what flows which way, of which watts alone tell: `GridFeedIn_W`.
_HAS_WATTS = re.compile(r"(?:self_)?consumption|production|(?:grid_)?feed_?in|import|export|surplus|excess")
_WATTS = frozenset({"W", "kW"})
_OF_CIRCUITS = frozenset({"V", "W", "kW", "Wh", "kWh", "Hz"})
_IS_CIRCUIT = re.compile(rf"(?:{_CIRCUITS}|string|mppt)_?\d{{0,2}}")
_BEFORE = re.compile(rf"((?:{_PLACES})(?:_\d{{1,2}})?|{_CHIPS})_(.+)")
#: Behind a word these two are limits.
_AFTER = re.compile(rf"(.+)_((?!upper|lower)(?:{_PLACES}|[ab]|{_CHIPS}))|(.+?)(\d{{1,2}})")
_NUMBERED = re.compile(r"(.+?)_?(\d{1,2})")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
#: What parts the levels of a point's name: `Room1.Temperature`.
_LEVELS = re.compile(r"(.+)[./:\\](.+)")
#: And what parts a point from where it is: `temperature@Tank_1`.
_AT = re.compile(r"([^@]+)@([^@]+)")
#: Words in front that say that it is so now, as all of it is.
_NOW = "(?:current|actual|measured|present|latest)_"
_NOW_BEFORE = re.compile(f"^{_NOW}")
_SAID_TWICE = re.compile(rf"{_NOW}(.+)|(.+)_(?:value|val|reading|read|measured|measurement)")
#: Quantities of which a `value` is none of a converter: `Rain_Value` is as often the number that a pin gives.
_VALUED = frozenset({"temperature", "humidity", "atmospheric_pressure", "co2", "pm25", "pm10", "noise_laeq"})
_VALUED |= {"pressure", "power", "energy", "voltage"}
#: What is in the air is told as a level or a concentration, too; of water a level is how high it stands.
_LEVEL = re.compile(r"(?:gas_|mass_conc(?:entration)?_)?(.+?)(?:_(?:level|(?:mass_)?conc(?:entration)?(?:_mass)?))?")
_LEVELLED = frozenset(
    {"co2", "tvoc", "pm1", "pm4", "tsp", "pm25", "pm10", "no2", "so2", "o3", "co", "h2s", "nh3", "ch4", "hcho"}
)
#: A question that a state answers: `isOccupied`, `motion-bool`.
#: By what a drawing calls what measures: `R1T`.
_TAG = re.compile(r"(?=.*\d)[A-Z][A-Z0-9]{1,5}")
_IS = re.compile(r"is_?(.+)|(.+)_bool")
#: Quantities whose word means another thing beyond what is plausible: a radio's frequency, a phase (`ph3`).
_TOLD_BY_RANGE = {"frequency": (0.0, 500.0), "ph": (0.0, 14.0), "rssi": (-200.0, -1.0), "power_factor": (-100.0, 100.0)}
_DIGITS = "0123456789"
#: Parts of a plant by their numbers: elsewhere AirGradient's members of dust.
_OF_A_NUMBER = re.compile(r"pm0\d", re.IGNORECASE)
#: Words to which the letter of a unit is written without a line between: `tempF`, `temp1f`.
_GLUED = frozenset({"temp", "temperature"})
_BY_VOLUME, _BY_MASS = frozenset({"ppm", "ppb"}), frozenset({"µg/m³", "mg/m³"})
_AMBIGUOUS = frozenset(word.replace("_", "") for word in AMBIGUOUS)
_MAX_WORD, _LONG_UNIT = 60, 6


def meaning(word: str) -> tuple[Known, bool] | None:
    """Return what a word means and whether it is worth a message by itself; None for a word that may mean more.

    The unit is that of the word's ending; without one it is None, but where the catalogue's quantity has none.
    """
    return _meaning(word) if len(word) <= _MAX_WORD else None  # what is remembered must not grow by what is sent


@lru_cache(maxsize=8192)
def _meaning(word: str) -> tuple[Known, bool] | None:
    dressed = bracketed(word)
    if dressed is not None:
        return _in_brackets(*dressed)
    word = word if word.isascii() else plainly(word)
    if not word.isascii():
        return _chinese(word)
    word = word.strip().rstrip(".").replace("-", "_").replace(" ", "_").replace(".", "_")
    parted = _CAMEL.sub("_", word).lower()
    found = _plain_meaning(word.lower()) or _plain_meaning(parted)
    now = _SAID_TWICE.fullmatch(parted) if found is None else None
    found = _of_now(now[1], now[2]) if now is not None else found
    level = _LEVEL.fullmatch(parted) if found is None else None
    gas = _plain_meaning(level[1]) if level is not None else None
    found = gas if gas is not None and gas[0].quantity in _LEVELLED else found
    bare = undressed(parted) if found is None else ""
    found = _plain_meaning(bare) if bare else found
    asked = _IS.fullmatch(parted) if found is None else None
    state = _plain_meaning(asked[1] or asked[2]) if asked is not None else None
    return state if state is not None and is_state(state[0].quantity) else found


def _in_brackets(word: str, said: str) -> tuple[Known, bool] | None:
    """Return what a word means behind which its unit stands in brackets, or the place: `Temperature (indoor)`."""
    unit, known = unit_of(said), meaning(word)
    if is_known(unit):
        known = known or with_unit(word, unit)
        told = of_unit(known[0].quantity, unit) if known is not None else ("", None)
        quantity = default_catalogue().find(told[0])
        is_its = quantity is not None and (told[1] != unit or _is_of(quantity, unit))
        return (Known(told[0], told[1], known[0].label), known[1]) if known is not None and is_its else None
    is_which = is_place(said) or _TAG.fullmatch(said) is not None
    return (known[0]._replace(label=said), known[1]) if known is not None and is_which else None


def _of_now(said: str | None, valued: str | None) -> tuple[Known, bool] | None:
    found = _plain_meaning(said or valued or "")
    return found if found is None or valued is None or found[0].quantity in _VALUED else None


def of_point(word: str) -> tuple[Known, bool, str] | None:
    """Return what a word means that is the last level of a point's name, and the levels before; None for another."""
    return _of_point(word) if len(word) <= MAX_NAME_LENGTH else None


@lru_cache(maxsize=8192)
def _of_point(word: str) -> tuple[Known, bool, str] | None:
    if meaning(word) is not None:
        return None
    located = _AT.fullmatch(word)
    levels = _LEVELS.fullmatch(word)
    parts = (located[1], located[2]) if located is not None else (levels[2], levels[1]) if levels is not None else None
    said = meaning(parts[0]) if parts is not None else None
    return (*said, parts[1]) if parts is not None and said is not None else None


def unit_of(written: str) -> str:
    """Return a unit as it is usually spelled: `dbm` and `v` are what the endings of words are; others as written."""
    lower = written.strip().lower()
    lower = lower.replace("-", "") if len(lower) > _LONG_UNIT else lower  # BACnet's `degrees-celsius`
    if lower in DEGREES:  # else degrees times coulombs
        return DEGREES[lower]
    return written if is_known(written) and written != "db" else ENDINGS.get(lower, written)


def is_place(word: str) -> bool:
    """Return whether a word tells several of one quantity apart, and nothing else."""
    return word.lower() != "zone" and re.fullmatch(_PLACES, word.lower()) is not None  # whose number a zone is


def is_name(word: str) -> bool:
    """Return whether a text may name a thing: it is no quantity's word, or a part's number."""
    return _OF_A_NUMBER.fullmatch(word) is not None or meaning(word) is None


def is_of(quantity: str, unit: str) -> bool:
    """Return whether a known unit is one in which a quantity is told."""
    known = default_catalogue().find(of_unit(quantity, unit)[0])
    return known is not None and _is_of(known, of_unit(quantity, unit)[1] or unit)


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
    if quantity == "filling_level" and unit == "%" and 0 < amount < 1:  # a fraction, whatever its name says
        return False
    lowest, highest = _TOLD_BY_RANGE.get(quantity, (amount, amount))
    return lowest <= amount <= highest


def of_unit(quantity: str, unit: str | None) -> tuple[str, str | None]:
    """Return what is measured where the unit says it of a word, and the unit: a level in percent fills a tank."""
    if (quantity, unit) in _BY_UNIT:
        return _BY_UNIT[quantity, unit], unit
    if quantity in {"power", "energy"} and unit is not None:
        return "energy" if unit in _OF_ENERGY else "power" if unit in _OF_POWER else quantity, unit
    if quantity == "illuminance" and unit in _OF_PHOTONS:
        return "ppfd", unit
    known = default_catalogue().find(quantity) if unit in _IN_WATER else None
    if known is not None and known.unit == "mg/L" and unit is not None:  # a litre of water is a kilogram
        return quantity, _IN_WATER[unit]
    return quantity, unit


def is_state(quantity: str) -> bool:
    """Return whether a quantity of the catalogue is a state, which truths and words may tell."""
    known = default_catalogue().find(quantity)
    return known is not None and known.kind is QuantityKind.STATE


def with_unit(word: str, unit: str) -> tuple[Known, bool] | None:
    """Return what a word means that says too little alone, with a unit that only one of its senses has."""
    return _with_unit(word, unit) if len(word) <= _MAX_WORD and len(unit) <= _MAX_WORD else None


@lru_cache(maxsize=4096)
def _with_unit(word: str, unit: str) -> tuple[Known, bool] | None:
    parted = _CAMEL.sub("_", word.strip().replace("-", "_").replace(" ", "_")).lower()
    base = _NOW_BEFORE.sub("", parted)
    for candidate, label in _candidates(base):
        quantity = _find(candidate) if _is_ambiguous(candidate) else None
        told = unit_of(unit)
        if quantity is not None and quantity.unit and is_known(told):
            name, told_as = of_unit(quantity.name, told)
            known = default_catalogue().find(name)
            if known is not None and _is_of(known, told):
                return Known(name, told_as, label), True
    return None


def _plain_meaning(lower: str) -> tuple[Known, bool] | None:
    if lower in WHOLE:
        return WHOLE[lower], True
    for base, unit in (*_without_ending(lower), (lower, None)):
        for candidate, label in _candidates(base):
            quantity = _find(candidate) if unit is not None or not _is_ambiguous(candidate) else None
            if quantity is None or not _may_be_of(label, quantity.name):
                continue
            if unit is None:
                return Known(quantity.name, _unit(quantity, None), label), quantity.name in PLAIN
            name, told = of_unit(quantity.name, unit)
            known = default_catalogue().find(name)
            if known is not None and (told != unit or _is_of(known, unit)):
                return Known(name, told, label), name in PLAIN
    return _of_circuit(lower)


def _of_circuit(lower: str) -> tuple[Known, bool] | None:
    """Return what the end of a circuit and a unit mean: `mppt1_V`."""
    ends = ((base, unit) for base, unit in _without_ending(lower) if unit in _OF_CIRCUITS)
    found = next(
        (
            (base, unit)
            for base, unit in ends
            if _HAS_VOLTS.fullmatch(base) or (unit in _WATTS and _HAS_WATTS.fullmatch(base))
        ),
        None,
    )
    return (Known(BY_UNIT[found[1]][0], found[1], found[0]), True) if found is not None else None


@cache
def _by_chinese_name() -> dict[str, Quantity]:
    quantities = default_catalogue().quantities
    named = {quantities[name].names.get("zh", ""): quantities[name] for name in sorted(PLAIN)}
    return named | {word: quantities[name] for word, name in CHINESE.items()}


def _chinese(word: str) -> tuple[Known, bool] | None:
    named = FOREIGN.get(word.strip().lower().replace(" ", "_"))
    phase = _PHASE.fullmatch(word.strip())
    bare, label = (phase[2], phase[1]) if phase is not None else (word.strip(), "")
    quantity = _find(named) if named is not None else _by_chinese_name().get(bare)
    for within, which in chinese_dress(bare) if quantity is None else ():
        if within.isascii() and within != bare and meaning(within) is not None:  # `PH值`, `CO2浓度`
            return meaning(within)
        quantity, label = _by_chinese_name().get(within), f"{label}{which}"
        if quantity is not None:
            break
    if quantity is None or (phase is not None and quantity.name not in _ELECTRIC | {"power_factor"}):
        return None
    return Known(quantity.name, _unit(quantity, None), label), True


def _candidates(lower: str) -> list[tuple[str, str]]:
    """Return a word and what is left of it without a place, with that place."""
    found = [(lower, "")]
    before, after = _BEFORE.fullmatch(lower), _AFTER.fullmatch(lower)
    if before is not None:
        found.append((before.group(2), before.group(1)))
        numbered = _NUMBERED.fullmatch(before.group(2))  # `supply_temp1`
        found += [(numbered[1], f"{before.group(1)}_{numbered[2]}")] if numbered is not None else []
        twice = _BEFORE.fullmatch(before.group(2))  # `rack_return_temp`
        found += [(twice.group(2), f"{before.group(1)}_{twice.group(1)}")] if twice is not None else []
    if after is not None:
        word, place = (after.group(1), after.group(2)) if after.group(1) else (after.group(3), after.group(4))
        is_amperes = place in {"a", "b"} and word.startswith("bat")
        found += [(word, place)] if not is_amperes else []
    # `TMP` is a temperature where a chip stands before it, and elsewhere what passes.
    found = [("temp" if word == "tmp" and _CHIP.fullmatch(place) else word, place) for word, place in found]
    circuit = _CIRCUIT.fullmatch(lower)
    if circuit is not None:
        found.append((circuit[2], circuit[1]))
    return found


def _may_be_of(label: str, quantity: str) -> bool:
    """Return whether a quantity may be told of the end of a circuit that a word names."""
    if _IS_CIRCUIT.fullmatch(label) is None or (quantity == "pressure" and label in _OF_PIPES):
        return True
    return quantity in _ELECTRIC | _OF_POWER_PLANTS and (label, quantity) not in _WISHED


def _unit(quantity: Quantity, unit: str | None) -> str | None:
    if unit is None:
        return SURE.get(quantity.name) if quantity.unit else ""
    return unit


def _is_of(quantity: Quantity, unit: str) -> bool:
    """Return whether a unit is one of the quantity's; gases are told by mass and by volume, which do not convert."""
    return isinstance(quantity.conversion(unit), Conversion) or (unit in _BY_VOLUME and quantity.unit in _BY_MASS)


def _without_ending(lower: str) -> list[tuple[str, str]]:
    """Return what a word is without each ending that it has, with the unit that the ending is."""
    found = []
    for ending, unit in ENDINGS.items():
        base = lower.removesuffix(ending)
        parted = base.endswith("_") or len(ending) > 1 or base.rstrip(_DIGITS) in _GLUED
        if base not in {lower, ""} and parted:
            found.append((base.rstrip("_"), unit))
    return found


def _is_ambiguous(word: str) -> bool:
    return word.replace("_", "") in _AMBIGUOUS


def _find(word: str) -> Quantity | None:
    whole = f"{word.removesuffix('_temp')}_temperature" if word.endswith("_temp") else word
    named = MORE.get(word) or FOREIGN.get(word, word)
    quantity = default_catalogue().find(named) or default_catalogue().find(whole)
    return quantity if quantity is not None and quantity.name in PLAIN | ASIDE else None
