"""What the triggers look at, read from SQL: incidents that burn, warnings in force, and exercises that are played."""

from collections.abc import Collection

from prometheus_client import Counter
from sqlalchemy import Connection, select

from linkage.cap import in_force
from linkage.plans.conditions import Burning, Facts, Warned
from linkage.plans.tables import DRILLS
from linkage.tables import INCIDENTS
from linkage.warnings.tables import WARNINGS

#: Most incidents of one class that one look reads, highest level first; no trigger counts beyond a thousand.
MOST = 5000

FACTS_CUT = Counter("linkage_plan_facts_cut_total", "Looks at triggers that left out the mildest incidents.")


def burning(connection: Connection, classes: Collection[str], *, drill: bool) -> tuple[Burning, ...]:
    """Return open incidents of these classes that have not recovered, worst first; recorded ones call for nothing."""
    found = [one for name in classes for one in _of_class(connection, name, drill=drill)]
    return tuple(sorted(found, key=lambda one: (-one.level, one.priority, one.id)))


def _of_class(connection: Connection, incident_class: str, *, drill: bool) -> list[Burning]:
    """Return those of one class: the end of its part of the index, read backwards, so that nothing is sorted."""
    table = INCIDENTS.c
    query = (
        select(table.id, table.incident_class, table.district, table.level, table.priority, table.opened_ns)
        .where(
            table.ended_ns.is_(None),
            table.recovered_ns.is_(None),
            table.drill.is_(drill),
            table.incident_class == incident_class,
            table.recorded.is_(False),
        )
        .order_by(table.level.desc(), table.priority.desc(), table.opened_ns.desc())
        .limit(MOST)
    )
    rows = connection.execute(query).mappings().all()
    if len(rows) == MOST:
        FACTS_CUT.inc()
    return [Burning(**row) for row in rows]


def warned(connection: Connection, *, drill: bool) -> tuple[Warned, ...]:
    """Return the warnings in force."""
    table = WARNINGS.c
    query = select(table.id, table.category, table.level, table.districts).where(
        table.cancelled_ns.is_(None), table.drill.is_(drill)
    )
    rows = connection.execute(query.order_by(table.id)).mappings()
    return tuple(
        Warned(id=row["id"], category=row["category"], level=row["level"], districts=tuple(row["districts"]))
        for row in rows
    )


def gather(connection: Connection, classes: Collection[str], now_ns: int, *, drill: bool) -> Facts:
    """Return everything that triggers may look at, also what was warned of from outside."""
    received = in_force.warned(connection, now_ns, drill=drill)
    warnings = (*warned(connection, drill=drill), *received)
    return Facts(now_ns, burning(connection, classes, drill=drill), warnings)


def played(connection: Connection) -> dict[str, tuple[str, int]]:
    """Return the exercises that run: plan -> scenario and incident."""
    table = DRILLS.c
    query = select(table.plan, table.scenario, table.incident).where(table.ended_ns.is_(None)).order_by(table.id)
    return {row.plan: (row.scenario, row.incident) for row in connection.execute(query)}
