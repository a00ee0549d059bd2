"""What an incident must be told when a person opens it again: what became of its alarms while it was closed."""

from dataclasses import replace

from sqlalchemy import Connection, func, select, update

from linkage.record import Case
from linkage.tables import KEYS, MEMBERS


def recounted(connection: Connection, case: Case, now_ns: int) -> Case:
    """Return the case with its alarms as they stand now, and let it answer again for what nothing else answers for."""
    incident = case.incident
    if incident.is_open or not incident.by_alarm:
        return case
    own = MEMBERS.c.incident == incident.id
    query = select(func.count(), func.max(MEMBERS.c.level)).where(own, MEMBERS.c.active)
    active, level = connection.execute(query).one()
    held = KEYS.alias("held")
    taken = select(held.c.rule).where(held.c.open, held.c.rule == KEYS.c.rule, held.c.target == KEYS.c.target)
    free = (KEYS.c.incident == incident.id, KEYS.c.open.is_(False), ~taken.exists())
    connection.execute(update(KEYS).where(*free).values(open=True))
    recovered_ns = incident.recovered_ns if incident.recovered_ns is not None else now_ns
    return Case(
        replace(
            incident,
            active=active,
            level=incident.level if level is None else level,
            recovered_ns=None if active else recovered_ns,
        ),
        case.tasks,
    )
