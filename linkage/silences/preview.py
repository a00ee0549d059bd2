"""What a silence would hide now: told before it is saved, and while it holds."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from sqlalchemy import Connection, bindparam, func, select

from city.clock import SECOND_NS
from city.registered import Registered
from city.sensor import Sensor
from linkage.admission.tables import HELD_ALARMS
from linkage.silences.matching import Matchers, Subject
from linkage.tables import ADMISSIONS, INCIDENTS, MEMBERS

#: Lines of each list that a preview carries; of more, the number is told.
SHOWN = 20

#: How far a preview looks back for alarms that it would have hidden, ns.
_LOOK_BACK_NS = 7 * 86_400 * SECOND_NS

#: Alarms looked at for one preview, newest first.
_MOST = 20_000

_BURNING = (
    select(MEMBERS, INCIDENTS.c.incident_class, INCIDENTS.c.domain, INCIDENTS.c.number, INCIDENTS.c.title)
    .join(INCIDENTS, INCIDENTS.c.id == MEMBERS.c.incident)
    .where(MEMBERS.c.active, INCIDENTS.c.ended_ns.is_(None))
    .order_by(MEMBERS.c.level.desc(), MEMBERS.c.since_ns)
    .limit(_MOST)
)
_HELD = select(HELD_ALARMS).where(HELD_ALARMS.c.ended_ns.is_(None)).limit(_MOST)
_LATELY = (
    select(
        ADMISSIONS.c.rule,
        ADMISSIONS.c.target,
        ADMISSIONS.c.level,
        INCIDENTS.c.incident_class,
        func.count().label("times"),
    )
    .outerjoin(INCIDENTS, INCIDENTS.c.id == ADMISSIONS.c.incident)
    .where(ADMISSIONS.c.change == "raised", ADMISSIONS.c.action != "hint", ADMISSIONS.c.decided_ns > bindparam("since"))
    .group_by(ADMISSIONS.c.rule, ADMISSIONS.c.target, ADMISSIONS.c.level, INCIDENTS.c.incident_class)
    .limit(_MOST)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BurningAlarm:
    """An alarm that burns now and would not come up again; `incident` is the one people see it in, None if held."""

    alarm: str
    rule: str
    target: str
    level: int
    incident: int | None
    number: str
    title: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a silence would hide.

    Attributes:
        burning: alarms that burn now, worst first; `all_burning` counts them.
        incidents: ids of open incidents all of whose burning alarms are among them.
        sensors: ids of some of the sensors meant; `all_sensors` counts them.
        lately: alarms of the last seven days that it would have held back.
    """

    burning: tuple[BurningAlarm, ...]
    all_burning: int
    incidents: tuple[int, ...]
    sensors: tuple[str, ...]
    all_sensors: int
    lately: int


def burning_alarms(connection: Connection, matchers: Matchers) -> list[BurningAlarm]:
    """Return the alarms that burn now and are meant, those already held back too, worst first."""
    found = []
    for row in connection.execute(_BURNING).mappings():
        subject = Subject(
            rule=row["rule"],
            sensor=row["target"],
            level=row["level"],
            domain=row["domain"],
            incident_class=row["incident_class"],
            site=row["site"],
            district=row["district"],
        )
        if matchers.match(subject):
            found.append(_alarm(row["alarm"], subject, row["incident"], row["number"], row["title"]))
    return found


def held_alarms(connection: Connection, matchers: Matchers, sensors: Registered) -> list[BurningAlarm]:
    """Return the alarms that are held back now and are meant."""
    found = []
    for row in connection.execute(_HELD).mappings():
        sensor = sensors.find(row["target"])
        subject = Subject(
            rule=row["rule"],
            sensor=row["target"],
            level=row["level"],
            domain=row["domain"],
            incident_class=row["incident_class"],
            site="" if sensor is None else sensor.site,
            district=row["district"],
        )
        if matchers.match(subject):
            found.append(_alarm(row["alarm"], subject, None, "", row["rule_name"]))
    return found


def preview(connection: Connection, matchers: Matchers, sensors: Collection[Sensor], now_ns: int) -> Preview:
    """Return what a silence with these matchers would hide now."""
    known = Registered.of(sensors)
    meant = np.flatnonzero(matchers.match_census(known.census))
    burning = [*burning_alarms(connection, matchers), *held_alarms(connection, matchers, known)]
    numbers = {one.incident for one in burning if one.incident is not None}
    return Preview(
        burning=tuple(burning[:SHOWN]),
        all_burning=len(burning),
        incidents=tuple(sorted(numbers)),
        sensors=tuple(known.census.texts["id"][row] for row in meant[:SHOWN].tolist()),
        all_sensors=len(meant),
        lately=_lately(connection, matchers, known, now_ns),
    )


def _lately(connection: Connection, matchers: Matchers, sensors: Registered, now_ns: int) -> int:
    """Return how many alarms were raised lately that it would have held back, as far as their sensors are known."""
    total = 0
    for row in connection.execute(_LATELY, {"since": now_ns - _LOOK_BACK_NS}):
        sensor = sensors.find(row.target)
        if sensor is None:
            continue
        subject = Subject(
            rule=row.rule,
            sensor=row.target,
            level=row.level,
            domain=sensor.domain,
            incident_class=row.incident_class if row.incident_class is not None else "",
            site=sensor.site,
            district=sensor.district,
        )
        total += row.times if matchers.match(subject) else 0
    return total


def _alarm(alarm: str, subject: Subject, incident: int | None, number: str, title: dict[str, str]) -> BurningAlarm:
    return BurningAlarm(
        alarm=alarm,
        rule=subject.rule,
        target=subject.sensor,
        level=subject.level,
        incident=incident,
        number=number,
        title=title,
    )
