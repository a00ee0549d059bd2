"""Uninterruptible power supplies: what apcaccess, Network UPS Tools and SNMP pollers tell, printed or as JSON."""

from collections.abc import Callable, Iterator
from typing import Any

from city.errors import UndecodableMessage
from city.measurement import Decoded, Measurement
from city.quality import Quality
from city.units import is_known
from ingest.decoders.family import Body
from ingest.decoders.json_body import parse_object
from ingest.decoders.known import Known
from ingest.decoders.memory import Memory
from ingest.decoders.options import DecoderOptions
from ingest.decoders.paths import first_time
from ingest.decoders.times import time_of
from ingest.decoders.topic_names import known_sensor, sensor_of
from ingest.decoders.ups_names import APC, MIB_STATES, NUT, UPS_MIB, mib_object, nut_variable
from ingest.decoders.ups_power import power_states
from ingest.decoders.ups_text import is_printed, printed
from ingest.decoders.values import checked_name, number_with_unit
from ingest.reasons import Reason

#: The units that apcaccess writes out, by their first word.
_WORDS = {"percent": "%", "volts": "V", "minutes": "min", "seconds": "s", "hz": "Hz", "amps": "A", "c": "°C", "f": "°F"}
#: Members by which converters tell a variable's value, where it has an object for itself, and the value's unit.
_VALUES, _UNITS = ("value", "_root", "_", "#text"), ("unit", "units")

#: Words of a status that say that the program does not reach the device, and repeats what it knew.
_OUT_OF_TOUCH = frozenset({"COMMLOST", "NOCOMM", "WAIT", "STALE"})
#: What makes a JSON object one of apcaccess's, or of Network UPS Tools'.
_APC_SIGNATURE, _NUT_SIGNATURE = frozenset({"STATUS", "LINEV", "BCHARGE", "UPSNAME"}), frozenset({*NUT, "ups.status"})
#: Members by which pollers name whom they asked.
_HOSTS = ("upsIdentName", "sysName", "host", "agent_host", "source")
#: Members by which they say when.
_TIMES = ("timestamp", "time", "ts")
#: Members that hold a device's variables and are no device's name, and those beside them that name it.
_WRAPPERS, _NAMES = frozenset({"vars", "variables", "data", "values"}), ("ups_id", "ups_name", "ups", "name", "device")
#: Levels in which converters nest the variables.
_DEEPEST = 4
#: Variables that are measured: name, what it is, what was said.
_Said = list[tuple[str, Known, object]]


class UpsDecoder:
    """Decodes both programs' reports; which devices are on battery lies in the memory until they are not."""

    def __init__(self, options: DecoderOptions, memory: Memory) -> None:
        self._options, self._memory = options, memory

    def decode(self, topic: str, payload: bytes) -> Decoded:
        """Return the readings of every device in the report."""
        body = printed(payload) if is_printed(payload) else parse_object(payload)
        if _is_apc(body):
            return Decoded(self._options.told(self._apc(topic, body)))
        if _is_mib(body):
            return Decoded(self._options.told(self._mib(topic, body)))
        devices = list(_devices(body))
        if not devices:
            raise UndecodableMessage(Reason.WRONG_SHAPE, expected="a UPS report", got=", ".join(body), at="$")
        return Decoded(self._options.told([one for name, said in devices for one in self._nut(topic, name, said)]))

    def _apc(self, topic: str, body: dict[str, Any]) -> list[Measurement]:
        sensor = known_sensor(body.get("UPSNAME"), sensor_of(topic), body.get("HOSTNAME"), topic=topic)
        time_ns = time_of(body.get("DATE"), self._options.zone)
        return self._device(sensor, _known(body, APC.get), body.get("STATUS"), time_ns)

    def _mib(self, topic: str, body: dict[str, Any]) -> list[Measurement]:
        sensor = known_sensor(*map(body.get, _HOSTS), topic=topic)
        plain = {mib_object(key)[0]: value for key, value in body.items()}
        states = (word for (name, number), word in MIB_STATES.items() if str(plain.get(name)) == str(number))
        return self._device(sensor, _known(body, _mib_known), " ".join(states), first_time(body, _TIMES))

    def _nut(self, topic: str, name: str, variables: dict[str, Any]) -> list[Measurement]:
        sensor = checked_name(name, at="$") if name else known_sensor(variables.get("ups.id"), topic=topic)
        time_ns = first_time(variables, _TIMES)
        return self._device(sensor, _known(variables, nut_variable), variables.get("ups.status"), time_ns)

    def _device(self, sensor: str, said: _Said, status: object, time_ns: int | None) -> list[Measurement]:
        words = frozenset(status.upper().split() if isinstance(status, str) else ())
        lost = bool(_OUT_OF_TOUCH & words)
        found = _measured(sensor, said, Quality.STALE if lost else Quality.GOOD)
        if not lost:
            found += power_states(self._memory, sensor, words)
        for measurement in found:
            measurement.time_ns = time_ns
        return found


def bears(body: Body) -> bool:
    """Return whether a body is one of this family's."""
    members = printed(body.payload) if is_printed(body.payload) else body.members
    return _is_apc(members) or _is_mib(members) or next(_devices(members), None) is not None


def _is_apc(body: dict[str, Any]) -> bool:
    return "STATUS" in body and len(_APC_SIGNATURE & body.keys()) >= 2


def _is_mib(body: dict[str, Any]) -> bool:
    """Return whether these are objects of the UPS-MIB; most bodies have none that begins so."""
    return sum(mib_object(key)[0] in UPS_MIB for key in body if "ups" in key) > 1


def _devices(body: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each device's name and variables; an empty name where the body is one device's."""
    if _is_nut(body):
        yield "", dict(_flat(body))
        return
    beside = {key: value for key, value in body.items() if not isinstance(value, dict)}
    for name, inner in body.items():
        if not isinstance(inner, dict) or not _is_nut(inner):
            continue
        if name in _WRAPPERS:
            named = next((said for key in _NAMES if isinstance(said := body.get(key), str) and said), "")
            yield named, {**beside, **dict(_flat(inner))}
        else:
            yield name, dict(_flat(inner))


def _is_nut(body: dict[str, Any]) -> bool:
    """Return whether these are variables: by a dotted name, or nested ones of two kinds; others have a battery too."""
    if _NUT_SIGNATURE & body.keys() - {"battery.voltage"}:  # which a tracker's platform has, too
        return True
    nested = _NUT_SIGNATURE.intersection(name for name, _ in _flat(body))
    return len({name.partition(".")[0] for name in nested}) > 1


def _flat(body: dict[str, Any], before: str = "", depth: int = 0) -> Iterator[tuple[str, Any]]:
    """Yield the variables by their dotted name, however a converter nests them."""
    for key, value in body.items():
        if isinstance(value, dict) and depth < _DEEPEST:
            if (own := _own(value)) is not None:
                yield f"{before}{key}", own
            yield from _flat(value, f"{before}{key}.", depth + 1)
        else:
            yield f"{before}{key}", value


def _own(variable: dict[str, Any]) -> object:
    """Return the value of a variable that is an object, with its unit; the other members are variables below it."""
    value = next((said for key in _VALUES if isinstance(said := variable.get(key), str | int | float)), None)
    unit = next((said for key in _UNITS if isinstance(said := variable.get(key), str)), "")
    return f"{value} {unit}" if unit and value is not None and not isinstance(value, bool) else value


def _known(said: dict[str, Any], meaning: Callable[[str], Known | None]) -> _Said:
    """Return the variables that are measured, each with what it is."""
    return [(key, known, value) for key, value in said.items() if (known := meaning(key)) is not None]


def _mib_known(name: str) -> Known | None:
    """Return what an object of the UPS-MIB is; of one row of a table the label says which."""
    plain, row = mib_object(name)
    known = UPS_MIB.get(plain)
    return known._replace(label=" ".join(word for word in (known.label, row) if word)) if known is not None else None


def _measured(sensor: str, said: _Said, quality: Quality) -> list[Measurement]:
    found = []
    for key, known, value in said:
        parsed = _amount(value, at=key)
        if parsed is not None:
            unit = parsed[1] if parsed[1] is not None else known.unit
            found.append(Measurement(sensor, known.quantity, parsed[0], unit, quality=quality, label=known.label))
    return found


def _amount(said: object, *, at: str) -> tuple[float, str | None] | None:
    """Return a number and its unit, as in `30.6 C Internal`; of a unit written out its first word counts."""
    if not isinstance(said, str):
        return number_with_unit(said, at=at) if not isinstance(said, bool) else None
    number, _, words = said.strip().partition(" ")
    parsed = number_with_unit(number, at=at)
    if parsed is None or parsed[1] is not None:
        return parsed
    word = words.partition(" ")[0]
    return parsed[0], _WORDS.get(word.lower(), word if word and is_known(word) else None)
