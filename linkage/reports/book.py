"""What the city says about reports (`reports.yaml`): hotlines, near duplicates, calling back, each class's words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial

from city.clock import SECOND_NS
from city.errors import BadCityFile
from city.faults import Faults
from city.level import PRIORITIES
from city.yaml_lines import Located, parse_yaml
from linkage.departments import Directory
from linkage.standards import Standards

_HOUR_NS = 3600 * SECOND_NS

#: Stands for every district that the table does not name.
EVERYWHERE = "*"

#: Priority of a class that the city gives none: routine.
DEFAULT_PRIORITY = 3

#: Answers to "how satisfied": five steps, or yes and no as the ends of the same scale.
SCALES: Mapping[str, tuple[int, ...]] = {"five": (1, 2, 3, 4, 5), "two": (1, 5)}


@dataclass(frozen=True, slots=True)
class Hotline:
    """A number that people call."""

    id: str
    name: dict[str, str]
    number: str


@dataclass(frozen=True, slots=True)
class ReportedClass:
    """How reports of one class of incident are taken.

    Attributes:
        conditions: priority of conditions of the case standard that is not the class's own.
        departments: whom the class belongs to, by district; `*` for all others.
    """

    incident_class: str
    priority: int = DEFAULT_PRIORITY
    conditions: dict[str, int] = field(default_factory=dict)
    departments: dict[str, str] = field(default_factory=dict)
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportBook:
    """How the city takes reports.

    Attributes:
        within_m, within_ns: how near in place and time a report of the same class may be the same thing. 50 m and 24 h
            are one city platform's defaults, the only figures found.
        call_attempts: calls after which a caller is given up; this city's choice.
    """

    hotlines: tuple[Hotline, ...] = ()
    within_m: float = 50.0
    within_ns: int = 24 * _HOUR_NS
    call_attempts: int = 3
    scale: str = "five"
    classes: dict[str, ReportedClass] = field(default_factory=dict)

    @property
    def answers(self) -> tuple[int, ...]:
        """Return the answers to "how satisfied", worst first."""
        return SCALES[self.scale]

    def hotline(self, wanted: str) -> Hotline | None:
        """Return the hotline with this id."""
        return next((one for one in self.hotlines if one.id == wanted), None)

    def of(self, incident_class: str) -> ReportedClass:
        """Return how reports of this class are taken; a class that is not written down has nothing special."""
        return self.classes.get(incident_class, ReportedClass(incident_class))

    def priority(self, incident_class: str, condition: str) -> int:
        """Return the priority that class and condition propose."""
        taken = self.of(incident_class)
        return taken.conditions.get(condition, taken.priority)

    def department(self, incident_class: str, district: str) -> str:
        """Return whom this class belongs to in this district; empty where the dispatcher chooses."""
        table = self.of(incident_class).departments
        return table.get(district, table.get(EVERYWHERE, ""))


def report_mistakes(
    book: ReportBook, directory: Directory, standards: Standards, file: str = "reports.yaml"
) -> Iterator[BadCityFile]:
    """Yield every class, condition and department of the book that the city does not have."""
    for taken in book.classes.values():
        at = f"{file}:{taken.line}"
        if taken.incident_class not in standards:
            yield BadCityFile(expected="a class of case-standards.yaml", got=taken.incident_class, at=at)
            continue
        known = {one.id for one in standards.of(taken.incident_class).conditions}
        for condition in taken.conditions:
            if condition not in known:
                yield BadCityFile(expected=f"a condition of class `{taken.incident_class}`", got=condition, at=at)
        for department in dict.fromkeys(taken.departments.values()):
            if not directory.handling([department]):
                yield BadCityFile(expected="a department that handles", got=department, at=at)


def parse_reports(text: str, file: str = "reports.yaml") -> ReportBook:
    """Read how reports are taken; what is left out has its default.

    Raises:
        BadCityFile: naming the line, what was expected and what was found.
    """
    found = parse_yaml(text, file).fields((), ("hotlines", "duplicates", "callbacks", "classes"))
    faults = Faults()
    hotlines = faults.of(lambda: _hotlines(found["hotlines"]) if "hotlines" in found else (), ())
    classes = faults.of(lambda: _classes(found["classes"]) if "classes" in found else {}, {})
    book = faults.of(partial(_rest, found, hotlines, classes), None)
    faults.raise_found()
    return book


def _rest(found: Mapping[str, Located], hotlines: tuple[Hotline, ...], classes: dict[str, ReportedClass]) -> ReportBook:
    near = _section(found, "duplicates", "within_m", "within_h")
    calls = _section(found, "callbacks", "attempts", "scale")
    usual = ReportBook()
    return ReportBook(
        hotlines=hotlines,
        within_m=_above_0(near["within_m"]) if "within_m" in near else usual.within_m,
        within_ns=round(_above_0(near["within_h"]) * _HOUR_NS) if "within_h" in near else usual.within_ns,
        call_attempts=_attempts(calls["attempts"]) if "attempts" in calls else usual.call_attempts,
        scale=calls["scale"].word(tuple(SCALES)) if "scale" in calls else usual.scale,
        classes=classes,
    )


def _section(found: Mapping[str, Located], name: str, *keys: str) -> dict[str, Located]:
    return found[name].fields((), keys) if name in found else {}


def _hotlines(entry: Located) -> tuple[Hotline, ...]:
    found: dict[str, Hotline] = {}

    def read(item: Located) -> None:
        said = item.fields(("id", "name", "number"))
        hotline = Hotline(said["id"].text(), said["name"].names(), said["number"].text())
        if hotline.id in found:
            raise item.wrong(expected="each hotline once", got=hotline.id)
        found[hotline.id] = hotline

    entry.each(read)
    return tuple(found.values())


def _classes(entry: Located) -> dict[str, ReportedClass]:
    found: dict[str, ReportedClass] = {}

    def read(item: Located) -> None:
        said = item.fields(("class",), ("priority", "conditions", "departments"))
        name = said["class"].text()
        if name in found:
            raise item.wrong(expected="each class once", got=name)
        conditions = said["conditions"].entries() if "conditions" in said else {}
        departments = said["departments"].entries() if "departments" in said else {}
        found[name] = ReportedClass(
            incident_class=name,
            priority=_priority(said["priority"]) if "priority" in said else DEFAULT_PRIORITY,
            conditions={condition: _priority(priority) for condition, priority in conditions.items()},
            departments={district: department.text() for district, department in departments.items()},
            line=item.line,
        )

    entry.each(read)
    return found


def _priority(entry: Located) -> int:
    priority = entry.whole()
    if priority not in PRIORITIES:
        raise entry.wrong(expected=f"{PRIORITIES[0]} to {PRIORITIES[-1]}")
    return priority


def _above_0(entry: Located) -> float:
    number = entry.number()
    if number <= 0:
        raise entry.wrong(expected="a number above 0")
    return number


def _attempts(entry: Located) -> int:
    attempts = entry.whole()
    if attempts < 1:
        raise entry.wrong(expected="1 or more")
    return attempts
