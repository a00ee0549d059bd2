"""Who sees hints and acts on them: those who look after the sensor, supervision, and who runs the system."""

from sqlalchemy import ColumnElement, and_, or_, true

from city.errors import NotPermitted
from linkage.hints.tables import HINTS
from linkage.permissions import HANDLING_ROLES, SEEING_ALL
from linkage.person import Person, Role

#: These see hints about all sensors; officers and handlers those about sensors that their department looks after.
SEEING_HINTS = SEEING_ALL | HANDLING_ROLES

#: These may order maintenance and say that a sensor is right: of any sensor, or of those of their department.
_ANYWHERE = frozenset({Role.ACCEPTOR, Role.FOREMAN, Role.OPERATOR})
ANSWERING = _ANYWHERE | HANDLING_ROLES

#: These may make an incident of a hint: of any, or officers of one about a sensor of their department.
_OPENING_ANY = frozenset({Role.ACCEPTOR, Role.FOREMAN, Role.DISPATCHER})
OPENING = _OPENING_ANY | {Role.OFFICER}


def visible(person: Person) -> ColumnElement[bool]:
    """Return the condition of the hints that a person may see."""
    where: list[ColumnElement[bool]] = [HINTS.c.district.in_(["", person.district]) if person.district else true()]
    if not person.holds(SEEING_ALL):
        where.append(and_(HINTS.c.department == person.department, HINTS.c.department != ""))
    return or_(and_(*where))


def may_answer(person: Person, department: str) -> bool:
    """Tell whether a person may order maintenance, or say that a sensor of this department is right."""
    return person.holds(_ANYWHERE) or (person.holds(HANDLING_ROLES) and _own(person, department))


def may_open(person: Person, department: str) -> bool:
    """Tell whether a person may make an incident of a hint about a sensor of this department."""
    return person.holds(_OPENING_ANY) or (person.holds(frozenset({Role.OFFICER})) and _own(person, department))


def check(*, allowed: bool, step: str, roles: frozenset[Role]) -> None:
    """Raise NotPermitted for who is not allowed a step."""
    if not allowed:
        raise NotPermitted(step, allowed=" or ".join(sorted(roles)), at="hints")


def _own(person: Person, department: str) -> bool:
    return department != "" and person.department == department
