"""The record of rules in shadow, and the alarms of rules in force to compare it with, out of SQL."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from sqlalchemy import Connection, Row, bindparam, func, select

from city.clock import SECOND_NS
from linkage.shadow.comparison import Episode
from linkage.shadow.tables import SHADOW_ALARMS
from linkage.tables import ADMISSIONS

#: Rows read of each side for one comparison, the newest: some 50 MB.
MOST = 50_000

#: Alarms raised so long before are read too: what burns since yesterday is no difference today.
BEFORE_NS = 86_400 * SECOND_NS

_SHADOW = (
    select(SHADOW_ALARMS)
    .where(
        SHADOW_ALARMS.c.rule == bindparam("rule_"),
        SHADOW_ALARMS.c.raised_ns >= bindparam("since"),
        SHADOW_ALARMS.c.raised_ns < bindparam("until"),
    )
    .order_by(SHADOW_ALARMS.c.raised_ns.desc(), SHADOW_ALARMS.c.alarm.desc())
    .limit(MOST)
)
_LIVE = (
    select(
        ADMISSIONS.c.alarm,
        ADMISSIONS.c.rule,
        ADMISSIONS.c.target,
        ADMISSIONS.c.change,
        ADMISSIONS.c.level,
        ADMISSIONS.c.time_ns,
        ADMISSIONS.c.decided_ns,
    )
    .where(
        ADMISSIONS.c.rule.in_(bindparam("rules", expanding=True)),
        ADMISSIONS.c.time_ns >= bindparam("since"),
        ADMISSIONS.c.time_ns < bindparam("until"),
    )
    .order_by(ADMISSIONS.c.time_ns.desc(), ADMISSIONS.c.transition.desc())
    .limit(MOST)
)
_KEPT = select(
    SHADOW_ALARMS.c.rule, func.count().label("alarms"), func.min(SHADOW_ALARMS.c.raised_ns).label("since_ns")
).group_by(SHADOW_ALARMS.c.rule)


@dataclass(frozen=True, slots=True)
class Kept:
    """How many alarms of a rule in shadow are kept, and when the first was raised."""

    alarms: int = 0
    since_ns: int | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """Alarms raised in a stretch of time and up to a day before it; `whole` unless there were too many to read."""

    episodes: tuple[Episode, ...]
    whole: bool


def kept(connection: Connection) -> dict[str, Kept]:
    """Return what is kept of each rule that was ever in shadow."""
    return {row.rule: Kept(row.alarms, row.since_ns) for row in connection.execute(_KEPT)}


def of_shadow(connection: Connection, rule: str, from_ns: int, to_ns: int) -> Found:
    """Return what a rule found in shadow."""
    bounds = {"rule_": rule, "since": from_ns - BEFORE_NS, "until": to_ns}
    rows = connection.execute(_SHADOW, bounds).all()
    episodes = (
        Episode(row.alarm, row.rule, row.target, row.worst, row.raised_ns, row.ended_ns, row.noted_ns) for row in rows
    )
    return Found(tuple(episodes), len(rows) < MOST)


def of_live(connection: Connection, rules: Collection[str], from_ns: int, to_ns: int) -> Found:
    """Return what rules in force found, whatever became of it: held back or not, it was found."""
    bounds = {"rules": sorted(rules), "since": from_ns - BEFORE_NS, "until": to_ns}
    rows = list(connection.execute(_LIVE, bounds)) if rules else []
    return Found(tuple(episodes_of(reversed(rows))), len(rows) < MOST)


def episodes_of(rows: Iterable[Row[str, str, str, str, int, int, int]]) -> Iterable[Episode]:
    """Return alarms from their changes, oldest first; one whose beginning is not among them is left out."""
    found: dict[str, Episode] = {}
    for row in rows:
        known = found.get(row.alarm)
        if row.change == "raised" and known is None:
            found[row.alarm] = Episode(row.alarm, row.rule, row.target, row.level, row.time_ns, noted_ns=row.decided_ns)
        elif known is not None and row.change == "cleared":
            found[row.alarm] = replace(known, ended_ns=row.time_ns)
        elif known is not None:
            found[row.alarm] = replace(known, level=max(known.level, row.level))
    return found.values()
