"""What a city says about telling (`messages.yaml`): its own words, named groups, and quotas by department."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from city.faults import Faults
from city.yaml_lines import Located, each_of, parse_yaml
from linkage.states import Step
from linkage.telling.contact import Contact, OnDuty, nobody_on_duty
from linkage.telling.wording import OWN_KINDS, Template, Wording, parse_template

_FILE = "messages.yaml"

#: Messages an hour to one department where the city says nothing: two a minute are more than one officer reads.
USUAL_QUOTA_PER_H = 120

_MOST_PER_H = 100_000

#: What the system does of which messages tell.
_SYSTEM_KINDS = ("open", "rise", "confirmed", "overdue")


@dataclass(frozen=True, slots=True)
class Group:
    """A named list of departments and people."""

    id: str
    name: dict[str, str]
    departments: tuple[str, ...] = ()
    people: tuple[Contact, ...] = ()


@dataclass(frozen=True, slots=True)
class Quotas:
    """Messages an hour by department."""

    usual: int = USUAL_QUOTA_PER_H
    own: Mapping[str, int] = field(default_factory=dict)

    def of(self, department: str) -> int:
        """Return how many messages this department gets in an hour."""
        return self.own.get(department, self.usual)


@dataclass(frozen=True, slots=True)
class TellingBook:
    """Words, groups and quotas, and who is on duty."""

    wording: Wording = field(default_factory=Wording)
    groups: Mapping[str, Group] = field(default_factory=dict)
    quotas: Quotas = field(default_factory=Quotas)
    on_duty: OnDuty = nobody_on_duty


def parse_messages(text: str, file: str = _FILE, departments: Collection[str] | None = None) -> TellingBook:
    """Read what the city says about messages; `departments` are the known ones, None when they are not checked.

    Raises:
        BadCityFile: naming the line, what was expected and what was found.
    """
    found = parse_yaml(text, file).fields((), ("templates", "groups", "quotas"))
    faults = Faults()
    groups = faults.of(
        lambda: found["groups"].each(lambda entry: _group(entry, departments)) if "groups" in found else [], []
    )
    templates = faults.of(lambda: _templates(found["templates"]) if "templates" in found else {}, {})
    quotas = faults.of(lambda: _quotas(found["quotas"], departments) if "quotas" in found else Quotas(), Quotas())
    faults.raise_found()
    return TellingBook(Wording(templates), {group.id: group for group in groups}, quotas)


def _templates(entry: Located) -> dict[str, Template]:
    kinds = (*OWN_KINDS, *_SYSTEM_KINDS, *Step)
    found = entry.fields((), kinds)
    return each_of(found, lambda _, one: parse_template(one))


def _group(entry: Located, departments: Collection[str] | None) -> Group:
    found = entry.fields(("id", "name"), ("departments", "people"))
    members = found["departments"].items() if "departments" in found else ()
    people = found["people"].items() if "people" in found else ()
    return Group(
        id=found["id"].text(),
        name=found["name"].names(),
        departments=tuple(_department(member, departments) for member in members),
        people=tuple(_contact(person) for person in people),
    )


def _contact(entry: Located) -> Contact:
    found = entry.fields(("name",), ("id", "phone", "channels"))
    name = found["name"].text()
    return Contact(
        id=found["id"].text() if "id" in found else name,
        name=name,
        phone=found["phone"].text() if "phone" in found else "",
        channels=tuple(channel.text() for channel in found["channels"].items()) if "channels" in found else (),
    )


def _quotas(entry: Located, departments: Collection[str] | None) -> Quotas:
    found = entry.fields((), ("per_hour", "departments"))
    own = found["departments"].entries() if "departments" in found else {}
    for name, count in own.items():
        if departments is not None and name not in departments:
            raise count.wrong(expected="a department of departments.yaml", got=name)
    return Quotas(
        usual=_count(found["per_hour"]) if "per_hour" in found else USUAL_QUOTA_PER_H,
        own={name: _count(count) for name, count in own.items()},
    )


def _count(entry: Located) -> int:
    number = entry.whole()
    if not 1 <= number <= _MOST_PER_H:
        raise entry.wrong(expected=f"1 to {_MOST_PER_H} messages an hour")
    return number


def _department(entry: Located, departments: Collection[str] | None) -> str:
    name = entry.text()
    if departments is not None and name not in departments:
        raise entry.wrong(expected="a department of departments.yaml")
    return name
