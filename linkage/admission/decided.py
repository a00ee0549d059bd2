"""What linkage made of a rule's alarms about some targets: each change with the decision, and what held it back."""

from collections.abc import Sequence

from pydantic import Field
from sqlalchemy import RowMapping, and_, or_, select

from city.clock import iso
from city.level import Level as Rank
from linkage.admission.tables import HELD_ALARMS
from linkage.tables import ADMISSIONS, INCIDENTS
from linkage.views import Level, Moment, View
from storage.sql import Database

#: So many changes are told, the newest.
_MOST = 20

_CAUSE = and_(
    HELD_ALARMS.c.rule == ADMISSIONS.c.rule,
    HELD_ALARMS.c.target == ADMISSIONS.c.target,
    HELD_ALARMS.c.alarm == ADMISSIONS.c.alarm,
    HELD_ALARMS.c.reason == ADMISSIONS.c.reason,
)


class DecidedView(View):
    """One change of an alarm, and what was done about it.

    Attributes:
        time: the sensor's time of the change; `decided` is when linkage decided on it.
        action: `open`, `join`, `rise`, `fall`, `recover`, `reopen`, `hold` or `ignore`; `reason` says why.
        cause: of what was held back: the silence's id, the alarm that inhibits it, the storm's incident.
    """

    target: str
    alarm: str
    change: str
    level: Level
    time: Moment
    decided: Moment
    value: float | None
    limit: float | None
    unit: str
    late: bool
    action: str
    reason: str
    cause: str = Field(default="")
    incident: str | None
    number: str | None


def decided(database: Database, rule: str, targets: Sequence[str], until_ns: int) -> tuple[DecidedView, ...]:
    """Return the newest changes of a rule's alarms about `targets` that were made or had come by a moment; blocks."""
    by_then = or_(ADMISSIONS.c.time_ns <= until_ns, ADMISSIONS.c.arrival_ns <= until_ns)
    query = (
        select(ADMISSIONS, HELD_ALARMS.c.cause, INCIDENTS.c.number)
        .outerjoin(HELD_ALARMS, _CAUSE)
        .outerjoin(INCIDENTS, INCIDENTS.c.id == ADMISSIONS.c.incident)
        .where(ADMISSIONS.c.rule == rule, ADMISSIONS.c.target.in_(targets), by_then)
        .order_by(ADMISSIONS.c.arrival_ns.desc(), ADMISSIONS.c.decided_ns.desc())
        .limit(_MOST)
    )
    with database.read() as connection:
        return tuple(_view(row) for row in connection.execute(query).mappings())


def _view(row: RowMapping) -> DecidedView:
    incident = row["incident"]
    return DecidedView(
        target=row["target"],
        alarm=row["alarm"],
        change=row["change"],
        level=Rank(row["level"]).word,
        time=iso(row["time_ns"]),
        decided=iso(row["decided_ns"]),
        value=row["value"],
        limit=row["limit_value"],
        unit=row["unit"],
        late=row["late"],
        action=row["action"],
        reason=row["reason"],
        cause=row["cause"] or "",
        incident=None if incident is None else str(incident),
        number=row["number"],
    )
