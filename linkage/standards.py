"""Case standards (`case-standards.yaml`): for each class of incident its time limits and its closing condition."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from city.clock import SECOND_NS
from city.yaml_lines import Located, parse_yaml

_MINUTE_NS = 60 * SECOND_NS
_HOUR_NS = 60 * _MINUTE_NS

_LIMITS = ("verify_min", "file_min", "dispatch_min", "handle_h", "check_min")


@dataclass(frozen=True, slots=True)
class Standard:
    """The limits of one class of incident, in nanoseconds of continuous time."""

    id: str
    name: dict[str, str]
    code: str
    verify_ns: int
    file_ns: int
    dispatch_ns: int
    handle_ns: int
    check_ns: int
    close_ns: int
    closing: dict[str, str]
    source: str


#: For a class that the city has not written down. Limits of the office stages: Yuncheng's city platform (verify and
#: check 30 min; file, dispatch and close 15 min); handling: 1 day, the most frequent limit of its 522 conditions.
DEFAULT = Standard(
    id="",
    name={"zh": "其他", "en": "Other"},
    code="",
    verify_ns=30 * _MINUTE_NS,
    file_ns=15 * _MINUTE_NS,
    dispatch_ns=15 * _MINUTE_NS,
    handle_ns=24 * _HOUR_NS,
    check_ns=30 * _MINUTE_NS,
    close_ns=15 * _MINUTE_NS,
    closing={"zh": "现场恢复正常", "en": "The place is back to normal"},
    source="default",
)


class Standards:
    """The city's case standards by class."""

    def __init__(self, classes: Mapping[str, Standard]) -> None:
        self._classes = dict(classes)

    def __contains__(self, incident_class: str) -> bool:
        """Tell whether the city knows this class."""
        return incident_class in self._classes

    def __iter__(self) -> Iterator[Standard]:
        """Yield the classes in the order of the file."""
        return iter(self._classes.values())

    def of(self, incident_class: str) -> Standard:
        """Return the class's standard, or the default one."""
        return self._classes.get(incident_class, DEFAULT)


def parse_standards(text: str, file: str = "case-standards.yaml") -> Standards:
    """Read case standards.

    Raises:
        BadCityFile: naming the line, what was expected and what was found.
    """
    classes: dict[str, Standard] = {}
    for entry in parse_yaml(text, file).fields(("classes",))["classes"].items():
        standard = _standard(entry)
        if standard.id in classes:
            raise entry.wrong(expected="each class once", got=standard.id)
        classes[standard.id] = standard
    return Standards(classes)


def _standard(entry: Located) -> Standard:
    found = entry.fields(("id", "name", "code", *_LIMITS, "closing", "source"), ("close_min",))
    limits = {key: _limit(found[key]) for key in _LIMITS}
    return Standard(
        id=found["id"].text(),
        name=found["name"].names(),
        code=found["code"].text(),
        verify_ns=round(limits["verify_min"] * _MINUTE_NS),
        file_ns=round(limits["file_min"] * _MINUTE_NS),
        dispatch_ns=round(limits["dispatch_min"] * _MINUTE_NS),
        handle_ns=round(limits["handle_h"] * _HOUR_NS),
        check_ns=round(limits["check_min"] * _MINUTE_NS),
        close_ns=round(_limit(found["close_min"]) * _MINUTE_NS) if "close_min" in found else DEFAULT.close_ns,
        closing=found["closing"].names(),
        source=found["source"].text(),
    )


def _limit(entry: Located) -> float:
    limit = entry.number()
    if limit <= 0:
        raise entry.wrong(expected="a limit above 0")
    return limit
