"""Components as a CSV file (`components.csv`): read whole or not at all, every mistake named with its line."""

import io
import re
from collections.abc import Mapping
from typing import Any

from city.component import Component
from city.errors import BadCityFile
from city.place import Place
from registry.component_fields import FIELDS, READERS, REQUIRED
from registry.coordinates import Crs, in_wgs84
from registry.csv_records import CsvRecords
from registry.sensor_fields import Unfit
from registry.sensor_file import BadSensors, text_of

#: Identification codes (部件标识码) where a city says nothing of its own: 16 characters, 6 county, 2 main class,
#: 2 subclass, 6 serial (GB/T 30428.2); other cities have 6 + 2 + 3 + 5, and Sichuan's covers 19 digits.
USUAL_CODE = "[0-9A-Za-z]{16}"


class BadComponents(BadSensors):
    """Raised when a file of components is wrong; says every mistake with its line, nothing of the file was taken."""


class _Mistakes:
    """What is wrong with a file so far."""

    def __init__(self) -> None:
        self.found: list[BadCityFile] = []

    def wrong(self, *, expected: str, got: object, at: str) -> None:
        self.found.append(BadCityFile(expected=expected, got=got, at=at))


def read_components(data: bytes, name: str = "components.csv", code: str = USUAL_CODE) -> list[Component]:
    """Return the components of a file, whose codes fit the pattern `code` from their first to their last character.

    Raises:
        BadComponents: something in it is wrong; all of it is told, and nothing is returned.
    """
    mistakes = _Mistakes()
    records = CsvRecords(io.StringIO(text_of(data, name, BadComponents), newline=""), name, mistakes, FIELDS, REQUIRED)
    found: dict[str, Component] = {}
    for at, cells in records:
        component = _component(dict(zip(records.header, cells, strict=True)), at, mistakes, records.crs)
        if component is not None:
            _add(found, component, at, code, mistakes)
    if mistakes.found:
        raise BadComponents(mistakes.found)
    return list(found.values())


def _add(found: dict[str, Component], component: Component, at: str, code: str, mistakes: _Mistakes) -> None:
    if not re.fullmatch(code, component.id):
        mistakes.wrong(expected=f"a code that fits `{code}` as `id`", got=component.id, at=at)
    elif component.id in found:
        mistakes.wrong(expected="each code once", got=component.id, at=at)
    else:
        found[component.id] = component


def _component(cells: Mapping[str, str], at: str, mistakes: _Mistakes, crs: Crs) -> Component | None:
    """Return the component that these cells describe; None after noting what is wrong with them."""
    values: dict[str, Any] = {}
    for field, read in READERS.items():
        text = cells.get(field, "").strip()
        try:
            values[field] = read(text)
        except Unfit as unfit:
            mistakes.wrong(expected=f"{unfit.expected} as `{field}`", got=text, at=at)
    if len(values) < len(READERS):
        return None
    place = in_wgs84(crs, Place(values.pop("longitude"), values.pop("latitude")))
    return Component(**{_ATTRIBUTES.get(field, field): value for field, value in values.items()}, place=place)


#: Columns that Python cannot have as attributes.
_ATTRIBUTES = {"class": "component_class"}
