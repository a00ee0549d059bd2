"""A sensor as it is written in files: text fields, each checked, every mistake named."""

import math
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, NamedTuple

from city.component import ComponentState
from city.level import Domain
from city.place import Place
from city.sensor import Sensor

#: The columns of `sensors.csv` and the properties of a GeoJSON feature, in the order in which they are written.
FIELDS = (
    "id", "name", "name_en", "domain", "kind", "longitude", "latitude", "district", "grid", "site", "upstream",
    "interval_s", "quantities", "authority", "owner", "maintainer", "installed", "tags", "recorded",
    "code", "condition",
)  # fmt: skip
REQUIRED = ("id", "name", "domain", "kind")

#: Characters in an id, a name or any other word; longer ones have made consoles unusable (CVE-2025-1088).
MAX_LENGTH = 200


class Misfit(NamedTuple):
    """A field that cannot be read: what was expected and what stands there."""

    expected: str
    got: str


class Unfit(ValueError):
    """Raised by the reader of one field."""

    def __init__(self, *, expected: str) -> None:
        self.expected = expected
        super().__init__(expected)


def read_sensor(fields: Mapping[str, str]) -> Sensor | list[Misfit]:
    """Return the sensor that `fields` describe, or all that is wrong with them; fields left out are empty."""
    values: dict[str, Any] = {}
    misfits = []
    for name, read in READERS.items():
        text = fields.get(name, "").strip()
        try:
            values[name] = read(text)
        except Unfit as unfit:
            misfits.append(Misfit(f"{unfit.expected} as `{name}`", text if text.isprintable() else repr(text)))
    if misfits:
        return misfits
    longitude, latitude = values.pop("longitude"), values.pop("latitude")
    if (longitude is None) != (latitude is None):
        return [half_a_place(longitude, latitude)]
    return Sensor(**values, place=Place(longitude, latitude) if longitude is not None else None)


def half_a_place(longitude: float | None, latitude: float | None) -> Misfit:
    """Return what is wrong with a place of which one half is there."""
    halves = ", ".join("nothing" if half is None else repr(half) for half in (longitude, latitude))
    return Misfit("`longitude` and `latitude` together or neither", halves)


def write_sensor(sensor: Sensor) -> dict[str, str]:
    """Return the fields of `sensor` as text, such that `read_sensor` gives it back."""
    place = sensor.place
    return {
        "id": sensor.id,
        "name": sensor.name,
        "name_en": sensor.name_en,
        "domain": sensor.domain.value,
        "kind": sensor.kind,
        "longitude": repr(place.longitude) if place is not None else "",
        "latitude": repr(place.latitude) if place is not None else "",
        "district": sensor.district,
        "grid": sensor.grid,
        "site": sensor.site,
        "upstream": sensor.upstream,
        "interval_s": repr(sensor.interval_s).removesuffix(".0") if sensor.interval_s is not None else "",
        "quantities": ";".join(sensor.quantities),
        "authority": sensor.authority,
        "owner": sensor.owner,
        "maintainer": sensor.maintainer,
        "installed": sensor.installed.isoformat() if sensor.installed is not None else "",
        "tags": ";".join(sorted(sensor.tags)),
        "recorded": "true" if sensor.recorded else "",
        "code": sensor.code,
        "condition": sensor.condition.value if sensor.condition is not ComponentState.INTACT else "",
    }


def read_word(text: str) -> str:
    """Return a word; raises Unfit for one that no screen should show."""
    if len(text) > MAX_LENGTH:
        raise Unfit(expected=f"at most {MAX_LENGTH} characters")
    if text.isprintable():
        return text
    kinds = {unicodedata.category(character) for character in text}
    if "Cs" in kinds:  # how a byte that is no UTF-8 is carried here: mostly GBK, as a Chinese Excel saves plain CSV
        raise Unfit(expected="UTF-8 (in Excel: `CSV UTF-8`)")
    if "Cc" in kinds:
        raise Unfit(expected="text without control characters")
    return text


def read_required(text: str) -> str:
    """Return a word that must be there; raises Unfit."""
    if not text:
        raise Unfit(expected="a value")
    return read_word(text)


def _domain(text: str) -> Domain:
    if text not in set(Domain):
        raise Unfit(expected=" or ".join(f"`{domain}`" for domain in Domain))
    return Domain(text)


def read_degrees(bound: int) -> Callable[[str], float | None]:
    """Return the reader of an angle up to `bound` to either side; it gives None for nothing, and raises Unfit."""

    def read(text: str) -> float | None:
        return _number(text, f"degrees from -{bound} to {bound}", lambda number: abs(number) <= bound)

    return read


def _seconds(text: str) -> float | None:
    return _number(text, "seconds above 0", lambda number: number > 0)


def _number(text: str, expected: str, fits: Callable[[float], bool]) -> float | None:
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        raise Unfit(expected=expected) from None
    if not math.isfinite(number) or not fits(number):
        raise Unfit(expected=expected)
    return number


def _words(text: str) -> tuple[str, ...]:
    words = tuple(read_word(word.strip()) for word in text.split(";") if word.strip())
    if len(set(words)) < len(words):
        raise Unfit(expected="each word once")
    return words


def read_tags(text: str) -> frozenset[str]:
    """Return words between semicolons; raises Unfit."""
    return frozenset(_words(text))


def read_date(text: str) -> date | None:
    """Return a day as RFC 3339 writes it, None for nothing; raises Unfit."""
    if not text:
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.isoformat() != text:  # 20261120 and 2026-W47-5 are ISO 8601 too
        raise Unfit(expected="a date such as 2026-11-20")
    return found


def _flag(text: str) -> bool:
    if text.lower() not in {"", "true", "false"}:
        raise Unfit(expected="`true`, `false` or nothing")
    return text.lower() == "true"


def read_condition(text: str) -> ComponentState:
    """Return the condition of a component or device, intact where nothing stands; raises Unfit."""
    if text and text not in set(ComponentState):
        raise Unfit(expected=" or ".join(f"`{state}`" for state in ComponentState) + " or nothing")
    return ComponentState(text) if text else ComponentState.INTACT


READERS: dict[str, Callable[[str], object]] = {
    **dict.fromkeys(FIELDS, read_word),
    **dict.fromkeys(REQUIRED, read_required),
    "domain": _domain,
    "longitude": read_degrees(180),
    "latitude": read_degrees(90),
    "interval_s": _seconds,
    "quantities": _words,
    "installed": read_date,
    "tags": read_tags,
    "recorded": _flag,
    "condition": read_condition,
}
