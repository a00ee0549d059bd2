"""Which rows are a person's to see, as SQL: the same rule as `permissions.may_see`."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, Select, exists, select, true, union

from linkage.permissions import HANDLING_ROLES, SEEING_ALL
from linkage.person import Person
from linkage.tables import EVENTS, INCIDENTS, TASKS


def visible(person: Person) -> ColumnElement[bool]:
    """Return the condition on `incidents` under which `person` may see a row."""
    nearby = INCIDENTS.c.district.in_(["", person.district])
    if person.holds(SEEING_ALL):
        return nearby | (INCIDENTS.c.reporter == person.id) if person.district else true()
    if not (person.holds(HANDLING_ROLES) and person.department):
        return INCIDENTS.c.reporter == person.id
    theirs = _departments([person.department])
    if person.district:
        theirs = theirs.join(INCIDENTS, INCIDENTS.c.id == TASKS.c.incident).where(nearby)
    return _one_of(_reported(person), theirs)


def sees_everything(person: Person) -> bool:
    """Tell whether every row is this person's to see."""
    return person.holds(SEEING_ALL) and not person.district


def with_department(departments: list[str]) -> ColumnElement[bool]:
    """Return the condition on `incidents` that one of `departments` has, or had, a task in it."""
    if len(departments) == 1:
        return INCIDENTS.c.id.in_(_departments(departments))
    # The list of many is long: SQLite would write it down whole before it looked for the first line of a page.
    return exists().where(TASKS.c.incident == INCIDENTS.c.id, TASKS.c.department.in_(departments))


def mine(person: Person) -> ColumnElement[bool]:
    """Return the condition on `incidents` that `person` or their department has a part in it."""
    acted = select(EVENTS.c.incident).where(EVENTS.c.actor == person.id)
    theirs = [_departments([person.department])] if person.department else []
    return _one_of(_reported(person), acted, *theirs)


def listed(person: Person, departments: Collection[str], *, of_mine: bool) -> Select[int] | None:
    """Return the list of ids that these filters, or what the person may see, narrow a search to; None for no list."""
    if len(departments) == 1:  # of many departments the list is long, and soon met in the queue's own order
        return _departments(list(departments))
    own = [_departments([person.department])] if person.department else []
    if of_mine:
        acted = select(EVENTS.c.incident).where(EVENTS.c.actor == person.id)
        return _listing(_reported(person), acted, *own)
    if person.holds(SEEING_ALL):
        return None
    return _listing(_reported(person), *(own if person.holds(HANDLING_ROLES) else ()))


def _listing(*lists: Select[int]) -> Select[int]:
    return select(union(*lists).subquery().c[0])


def _one_of(*lists: Select[int]) -> ColumnElement[bool]:
    """Return the condition that an incident is in one of these lists: a union; an OR would keep from the indexes."""
    return INCIDENTS.c.id.in_(union(*lists))


def _reported(person: Person) -> Select[int]:
    return select(INCIDENTS.c.id).where(INCIDENTS.c.reporter == person.id)


def _departments(departments: list[str]) -> Select[int]:
    return select(TASKS.c.incident).where(TASKS.c.department.in_(departments))
