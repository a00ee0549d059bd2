"""Which places a filter lets through, and which are a person's to see: the same rules as `linkage.scope` has in SQL."""

from collections.abc import Collection

from linkage.finding import QueueFilter
from linkage.overview.columns import Columns, Mask
from linkage.permissions import HANDLING_ROLES, SEEING_ALL
from linkage.person import Person


def visible(columns: Columns, person: Person) -> Mask:
    """Return where what stands there is `person`'s to see."""
    nearby = columns.one_of("district", ["", person.district]) if person.district else columns.there
    if person.holds(SEEING_ALL):
        return columns.there & (nearby | _reported(columns, person))
    if not (person.holds(HANDLING_ROLES) and person.department):
        return columns.there & _reported(columns, person)
    return columns.there & (_reported(columns, person) | (columns.of([person.department]) & nearby))


def chosen(columns: Columns, person: Person, wanted: QueueFilter, acted: Collection[int] = ()) -> Mask:
    """Return where `person` sees what is wanted; `acted` are the incidents in which they took a step."""
    mask = visible(columns, person)
    for name, words in (
        ("state", wanted.states),
        ("domain", wanted.domains),
        ("district", wanted.districts),
        ("incident_class", wanted.classes),
    ):
        if words:
            mask &= columns.one_of(name, words)
    if wanted.priorities:
        mask &= columns.among("priority", wanted.priorities)
    if wanted.departments:
        mask &= columns.of(wanted.departments)
    if wanted.passed_down is not None:
        at_city = columns.one_of("jurisdiction", [""])
        mask &= ~at_city if wanted.passed_down else at_city
    if wanted.mine:
        mask &= _mine(columns, person, acted)
    return mask


def _mine(columns: Columns, person: Person, acted: Collection[int]) -> Mask:
    own = [person.department] if person.department else []
    return _reported(columns, person) | columns.at(acted) | columns.of(own)


def _reported(columns: Columns, person: Person) -> Mask:
    return columns.one_of("reporter", [person.id])
