"""What `city.toml` says: the city's name, clock, place on the map and districts."""

import re
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from city.errors import BadCityFile
from city.faults import Faults
from city.toml_lines import TomlText, parse_toml
from registry.component_csv import USUAL_CODE

_KEYS = {"name", "timezone", "center", "zoom", "bounds", "districts", "sites", "component_code"}

#: Zoom levels of web maps.
_ZOOMS = (0, 24)


@dataclass(frozen=True, slots=True)
class CityAbout:
    """The city itself; `districts` has each district's names by its id, `bounds` is west, south, east, north.

    Attributes:
        sites: names of machine rooms, underpasses and roads, by the word that sensors give for their `site`.
        component_code: pattern of the components' identification codes, from their first to their last character.
    """

    name: dict[str, str]
    zone: ZoneInfo
    center: tuple[float, float]
    zoom: float
    bounds: tuple[float, float, float, float] | None
    districts: dict[str, dict[str, str]]
    component_code: str = USUAL_CODE
    sites: dict[str, dict[str, str]] = field(default_factory=dict)


def parse_about(text: str, file: str = "city.toml") -> CityAbout:
    """Return what `text` says.

    Raises:
        BadCityFile: with file and line.
    """
    return _About(parse_toml(text, file)).read()


class _About:
    def __init__(self, document: TomlText) -> None:
        self._document = document

    def read(self) -> CityAbout:
        faults = Faults()
        known = f"one of {', '.join(sorted(_KEYS))}"
        faults.found += [self._wrong(key, known, key) for key in self._document.content if key not in _KEYS]
        about = CityAbout(
            name=faults.of(lambda: self._names("name", self._value("name")), {}),
            zone=faults.of(self._zone, ZoneInfo("UTC")),
            center=faults.of(self._center, (0.0, 0.0)),
            zoom=faults.of(self._zoom, 0.0),
            bounds=faults.of(self._bounds, None),
            districts=faults.of(partial(self._named, "districts"), {}),
            component_code=faults.of(partial(self._pattern, "component_code", USUAL_CODE), USUAL_CODE),
            sites=faults.of(partial(self._named, "sites"), {}),
        )
        faults.raise_found()
        return about

    def _center(self) -> tuple[float, float]:
        longitude, latitude = self._numbers("center", 2)
        if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
            raise self._wrong("center", "[longitude, latitude] in degrees (WGS-84)", [longitude, latitude])
        return longitude, latitude

    def _named(self, key: str) -> dict[str, dict[str, str]]:
        faults, found = Faults(), {}
        for name, names in self._table(key).items():
            with faults:
                found[name] = self._names(key, names, name)
        faults.raise_found()
        return found

    def _pattern(self, key: str, default: str) -> str:
        found = self._value(key, default)
        try:
            re.compile(found)
        except (re.error, TypeError) as exc:
            raise self._wrong(key, "a regular expression such as `[0-9]{16}`", found) from exc
        return str(found)

    def _zone(self) -> ZoneInfo:
        name = self._value("timezone")
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, TypeError, AttributeError) as exc:
            raise self._wrong("timezone", "an IANA time zone such as `Asia/Shanghai`", name) from exc

    def _zoom(self) -> float:
        zoom = self._value("zoom", 12)
        if not _is_number(zoom) or not _ZOOMS[0] <= zoom <= _ZOOMS[1]:
            raise self._wrong("zoom", f"a number from {_ZOOMS[0]} to {_ZOOMS[1]}", zoom)
        return float(zoom)

    def _bounds(self) -> tuple[float, float, float, float] | None:
        if "bounds" not in self._document.content:
            return None
        west, south, east, north = self._numbers("bounds", 4)
        if not (west < east and south < north):
            raise self._wrong("bounds", "[west, south, east, north]", [west, south, east, north])
        return west, south, east, north

    def _numbers(self, key: str, count: int) -> list[float]:
        found = self._value(key)
        if not isinstance(found, list) or len(found) != count or not all(map(_is_number, found)):
            raise self._wrong(key, f"a list of {count} numbers", found)
        return [float(number) for number in found]

    def _names(self, key: str, found: object, name: str = "") -> dict[str, str]:
        if not isinstance(found, dict) or found.keys() != {"zh", "en"} or not all(map(_is_text, found.values())):
            expected = "a name in `zh` and in `en`"
            if name:
                raise BadCityFile(expected=expected, got=found, at=self._document.at(f"[{key}]", name))
            raise self._wrong(key, expected, found)
        return found

    def _table(self, key: str) -> dict[str, object]:
        found = self._value(key, {})
        if not isinstance(found, dict):
            raise self._wrong(key, f"a table `[{key}]`", found)
        return found

    def _value(self, key: str, default: object = None) -> Any:  # noqa: ANN401 - as TOML has it
        found = self._document.content.get(key, default)
        if found is None:
            raise self._wrong(key, f"`{key}`", "nothing")
        return found

    def _wrong(self, key: str, expected: str, got: object) -> BadCityFile:
        return BadCityFile(expected=expected, got=got, at=self._document.top(key))


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())
