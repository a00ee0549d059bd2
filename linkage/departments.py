"""The departments of the city (`departments.yaml`), their axis and the channels by which they are told."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from city.errors import BadCityFile
from city.yaml_lines import Located, parse_yaml


class Axis(StrEnum):
    """Supervision finds and checks, command dispatches, departments handle (CJJ/T 106)."""

    SUPERVISION = "supervision"
    COMMAND = "command"
    DEPARTMENT = "department"


#: A department belongs to the city or to one of its counties and districts.
COUNTY = "county"
LEVELS = ("city", COUNTY)


@dataclass(frozen=True, slots=True)
class Department:
    """One department; `district` is empty for one that serves the whole city."""

    id: str
    name: dict[str, str]
    axis: Axis
    level: str = "city"
    district: str = ""
    channels: tuple[str, ...] = ()


class Directory:
    """All departments by id."""

    def __init__(self, departments: Iterable[Department]) -> None:
        self._departments = {department.id: department for department in departments}

    def __iter__(self) -> Iterator[Department]:
        """Yield the departments in the order of the file."""
        return iter(self._departments.values())

    def __contains__(self, department: object) -> bool:
        """Tell whether there is such a department."""
        return department in self._departments

    def find(self, department: str) -> Department | None:
        """Return the department with this id."""
        return self._departments.get(department)

    def handling(self, departments: Iterable[str]) -> tuple[str, ...]:
        """Return those of `departments` that exist and handle, each once."""
        known = (self._departments.get(name) for name in dict.fromkeys(departments))
        return tuple(one.id for one in known if one is not None and one.axis is Axis.DEPARTMENT)

    def desks(self, axis: Axis, district: str) -> tuple[str, ...]:
        """Return the desks of `axis` that an incident in `district` concerns."""
        return tuple(
            one.id for one in self._departments.values() if one.axis is axis and one.district in {"", district}
        )


def parse_departments(text: str, file: str = "departments.yaml") -> Directory:
    """Read the departments.

    Raises:
        BadCityFile: naming the line, what was expected and what was found.
    """
    found: dict[str, Department] = {}

    def read(entry: Located) -> None:
        department = _department(entry)
        if department.id in found:
            raise entry.wrong(expected="each department once", got=department.id)
        found[department.id] = department

    parse_yaml(text, file).fields(("departments",))["departments"].each(read)
    for axis in (Axis.SUPERVISION, Axis.COMMAND):
        if all(department.axis is not axis for department in found.values()):
            raise BadCityFile(expected=f"at least one desk with axis `{axis}`", got="none", at=f"{file}:1")
    return Directory(found.values())


def _department(entry: Located) -> Department:
    found = entry.fields(("id", "name", "axis"), ("level", "district", "channels"))
    return Department(
        id=found["id"].text(),
        name=found["name"].names(),
        axis=Axis(found["axis"].word(tuple(Axis))),
        level=found["level"].word(LEVELS) if "level" in found else "city",
        district=_text_or_empty(found["district"]) if "district" in found else "",
        channels=tuple(channel.text() for channel in found["channels"].items()) if "channels" in found else (),
    )


def _text_or_empty(entry: Located) -> str:
    return "" if entry.value is None or entry.value == "" else entry.text()
