"""Which rows are a person's to see, as SQL: the same rule as `permissions.may_see`."""

from sqlalchemy import ColumnElement, or_, select, true

from linkage.permissions import HANDLING_ROLES, SEEING_ALL
from linkage.person import Person
from linkage.tables import EVENTS, INCIDENTS, TASKS


def visible(person: Person) -> ColumnElement[bool]:
    """Return the condition on `incidents` under which `person` may see a row."""
    mine = [INCIDENTS.c.reporter == person.id]
    if person.holds(HANDLING_ROLES) and person.department:
        mine.append(with_department([person.department]))
    seen = true() if person.holds(SEEING_ALL) else or_(*mine)
    if not person.district:
        return seen
    return seen & INCIDENTS.c.district.in_(["", person.district])


def with_department(departments: list[str]) -> ColumnElement[bool]:
    """Return the condition on `incidents` that one of `departments` has, or had, a task in it."""
    return INCIDENTS.c.id.in_(select(TASKS.c.incident).where(TASKS.c.department.in_(departments)))


def mine(person: Person) -> ColumnElement[bool]:
    """Return the condition on `incidents` that `person` or their department has a part in it."""
    parts = [
        INCIDENTS.c.reporter == person.id,
        INCIDENTS.c.id.in_(select(EVENTS.c.incident).where(EVENTS.c.actor == person.id)),
    ]
    if person.department:
        parts.append(with_department([person.department]))
    return or_(*parts)
