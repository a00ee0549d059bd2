"""How many incidents alarms have opened lately: at once, and when what had held them back let them up."""

from collections.abc import Collection

from sqlalchemy import BindParameter, Connection, bindparam, func, select, union_all

from linkage.admission.tables import HELD_ALARMS, RELEASED
from linkage.tables import ADMISSIONS, INCIDENTS, OPENED

_SINCE: BindParameter[int] = bindparam("since")
_AT_ONCE = OPENED & (ADMISSIONS.c.decided_ns > _SINCE)
_LET_UP = RELEASED & (HELD_ALARMS.c.ended_ns > _SINCE)

_ALL = select(
    select(func.count()).select_from(ADMISSIONS).where(_AT_ONCE).scalar_subquery()
    + select(func.count()).select_from(HELD_ALARMS).where(_LET_UP).scalar_subquery()
)
#: Of real ones only: held rows of an exercise go by a rule of their own.
_REAL = select(INCIDENTS.c.drill.is_(False)).where(INCIDENTS.c.id == ADMISSIONS.c.incident).scalar_subquery()
_RULES: BindParameter[str] = bindparam("rules", expanding=True)
_OF_RULES = union_all(
    select(ADMISSIONS.c.rule, ADMISSIONS.c.level, func.count())
    .where(_AT_ONCE, ADMISSIONS.c.rule.in_(_RULES), _REAL)
    .group_by(ADMISSIONS.c.rule, ADMISSIONS.c.level),
    select(HELD_ALARMS.c.rule, HELD_ALARMS.c.level, func.count())
    .where(_LET_UP, HELD_ALARMS.c.rule.in_(_RULES))
    .group_by(HELD_ALARMS.c.rule, HELD_ALARMS.c.level),
)


def openings(connection: Connection, since_ns: int) -> int:
    """Return how many incidents alarms have opened since then."""
    count: int = connection.execute(_ALL, {"since": since_ns}).scalar_one()
    return count


def openings_of(connection: Connection, rules: Collection[str], since_ns: int) -> list[tuple[str, int, int]]:
    """Return rule, level and number of the incidents that alarms of these rules opened since then, exercises apart."""
    found = connection.execute(_OF_RULES, {"rules": sorted(rules), "since": since_ns})
    return [(rule, level, count) for rule, level, count in found]
