"""Components as a CSV file (`components.csv`): read whole or not at all, every mistake named with its line."""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence

from city.component import Component, ComponentState
from city.errors import BadCityFile
from city.place import Place
from registry.sensor_fields import MAX_LENGTH
from registry.sensor_file import BadSensors

#: Identification codes (部件标识码) where a city says nothing of its own: 16 characters, 6 county, 2 main class,
#: 2 subclass, 6 serial (GB/T 30428.2); other cities have 6 + 2 + 3 + 5, and Sichuan's covers 19 digits.
USUAL_CODE = "[0-9A-Za-z]{16}"

FIELDS = (
    "id", "kind", "class", "name", "name_en", "state", "longitude", "latitude", "district", "grid",
    "authority", "owner", "maintainer", "tags",
)  # fmt: skip
REQUIRED = ("id", "kind", "class", "name", "longitude", "latitude")


class BadComponents(BadSensors):
    """Raised when a file of components is wrong; says every mistake with its line, nothing of the file was taken."""


def read_components(data: bytes, name: str = "components.csv", code: str = USUAL_CODE) -> list[Component]:
    """Return the components of a file, whose codes fit the pattern `code` from their first to their last character.

    Raises:
        BadComponents: something in it is wrong; all of it is told, and nothing is returned.
    """
    mistakes: list[BadCityFile] = []
    found: dict[str, Component] = {}
    for at, fields in _records(data, name):
        try:
            _add(found, _component(_cells(fields, at), at), at, code)
        except BadCityFile as mistake:
            mistakes.append(mistake)
    if mistakes:
        raise BadComponents(mistakes)
    return list(found.values())


def _records(data: bytes, name: str) -> Iterator[tuple[str, dict[str, str | None]]]:
    """Yield each record with `name:line`; raises BadComponents for what is no such file at all."""
    try:
        reader = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True, restkey="")
        _check_header(reader.fieldnames or (), f"{name}:1")
        for row in reader:
            at = f"{name}:{reader.line_num}"
            yield at, row
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BadComponents.only(expected="UTF-8", got=f"byte {error.start}", at=f"{name}:{line}") from error
    except csv.Error as error:
        raise BadComponents.only(expected="CSV", got=str(error), at=f"{name}:{reader.line_num}") from error
    except BadCityFile as error:
        raise BadComponents([error]) from error


def _add(found: dict[str, Component], component: Component, at: str, code: str) -> None:
    if not re.fullmatch(code, component.id):
        raise BadCityFile(expected=f"a code that fits `{code}` as `id`", got=component.id, at=at)
    if component.id in found:
        raise BadCityFile(expected="each code once", got=component.id, at=at)
    found[component.id] = component


def _cells(row: Mapping[str, str | None], at: str) -> dict[str, str]:
    cells = {field: cell.strip() for field, cell in row.items() if cell is not None and field}
    if len(cells) < len(row):
        raise BadCityFile(expected="as many cells as columns", got="more or fewer", at=at)
    return cells


def _check_header(names: Sequence[str], at: str) -> None:
    for field in names:
        if field not in FIELDS or names.count(field) > 1:
            raise BadCityFile(expected=f"columns out of {', '.join(FIELDS)}, each once", got=field, at=at)
    for field in REQUIRED:
        if field not in names:
            raise BadCityFile(expected=f"a column `{field}`", got=",".join(names), at=at)


def _component(fields: Mapping[str, str], at: str) -> Component:
    for field, text in fields.items():
        if len(text) > MAX_LENGTH or not text.isprintable():
            raise BadCityFile(
                expected=f"printable text of at most {MAX_LENGTH} characters as `{field}`", got=text, at=at
            )
    for field in REQUIRED:
        if not fields[field]:
            raise BadCityFile(expected=f"a value as `{field}`", got="nothing", at=at)
    plain = ("name_en", "district", "grid", "authority", "owner", "maintainer")
    return Component(
        id=fields["id"],
        kind=fields["kind"],
        component_class=fields["class"],
        name=fields["name"],
        place=Place(_degrees(fields, "longitude", 180, at), _degrees(fields, "latitude", 90, at)),
        state=_state(fields.get("state", ""), at),
        tags=frozenset(tag.strip() for tag in fields.get("tags", "").split(";") if tag.strip()),
        **{field: fields.get(field, "") for field in plain},
    )


def _degrees(fields: Mapping[str, str], field: str, bound: int, at: str) -> float:
    expected = f"degrees from -{bound} to {bound} as `{field}`"
    try:
        number = float(fields[field])
    except ValueError as error:
        raise BadCityFile(expected=expected, got=fields[field], at=at) from error
    if not abs(number) <= bound:  # not a number fails too
        raise BadCityFile(expected=expected, got=fields[field], at=at)
    return number


def _state(text: str, at: str) -> ComponentState:
    if text and text not in set(ComponentState):
        expected = " or ".join(f"`{state}`" for state in ComponentState)
        raise BadCityFile(expected=f"{expected} as `state`", got=text, at=at)
    return ComponentState(text) if text else ComponentState.INTACT
