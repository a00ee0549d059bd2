"""What a person has chosen to go on in a new incident, found in SQL and checked."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlalchemy import RowMapping, select

from city.errors import BadRequest
from linkage.ledger import Page
from linkage.merging.split import Part, Tally
from linkage.opening import CityBook, case_number, placed, titled
from linkage.record import Case, IncidentRecord, TaskRecord
from linkage.tables import ADMISSIONS, INCIDENTS, MEMBERS


@dataclass(frozen=True, slots=True)
class Chosen:
    """Alarms and tasks, by id."""

    alarms: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()


def part_of(page: Page, case: Case, chosen: Chosen, book: CityBook) -> Part:
    """Return what goes on in a new incident: the chosen alarms with all others of their rule and target, and tasks.

    Raises:
        BadRequest: something is not part of the incident, or nothing would go, or nothing would stay.
    """
    query = select(MEMBERS).where(MEMBERS.c.incident == case.incident.id)
    members = list(page.connection.execute(query).mappings())
    tasks = tuple(_task(case, number) for number in dict.fromkeys(chosen.tasks))
    places = _places(members, chosen.alarms)
    moving = [row for row in members if (row["rule"], row["target"]) in places]
    staying = [row for row in members if (row["rule"], row["target"]) not in places]
    if not moving and not tasks:
        raise BadRequest(expected="an alarm or a task", got="nothing", at="alarms")
    if not staying and len(tasks) == len(case.legs):
        raise BadRequest(expected="an alarm or a task that stays", got="nothing", at="alarms")
    prefix = "drill:" if case.incident.drill else ""
    opening = _opening(page, case.incident, book)
    return Part(
        keys=tuple((f"{prefix}{rule}", target) for rule, target in places),
        tasks=tasks,
        moving=_tally(moving),
        staying=_tally(staying),
        opening=_about(page, opening, moving[0], book) if moving else opening,
    )


def _places(members: Iterable[RowMapping], alarms: Iterable[str]) -> dict[tuple[str, str], None]:
    known = {row["alarm"]: (row["rule"], row["target"]) for row in members}
    for alarm in alarms:
        if alarm not in known:
            raise BadRequest(expected="an alarm of this incident", got=alarm, at="alarms")
    return dict.fromkeys(known[alarm] for alarm in alarms)


def _task(case: Case, number: str) -> TaskRecord:
    found = next((task for task in case.legs if str(task.id) == number), None)
    if found is None:
        raise BadRequest(expected="a task of this incident that counts", got=number, at="tasks")
    return found


def _tally(rows: list[RowMapping]) -> Tally:
    burning = [row["level"] for row in rows if row["active"]]
    level = max(burning) if burning else max((row["level"] for row in rows), default=0)
    doubted = sum(row["active"] and row["unconfirmed"] for row in rows)
    return Tally(alarms=len(rows), active=len(burning), level=level, doubted=doubted)


def _opening(page: Page, old: IncidentRecord, book: CityBook) -> IncidentRecord:
    """Return a new incident that says where it comes from; clocks begin anew."""
    number = page.next_id(INCIDENTS)
    return IncidentRecord(
        id=number,
        number=case_number(number, page.now_ns, book.zone),
        title=old.title,
        incident_class=old.incident_class,
        domain=old.domain,
        priority=old.priority,
        source=old.source,
        opened_ns=page.now_ns,
        happened_ns=old.happened_ns,
        rule=old.rule,
        sensor=old.sensor,
        longitude=old.longitude,
        latitude=old.latitude,
        district=old.district,
        place=old.place,
        first_actions=old.first_actions,
        proposed=old.proposed,
        reporter=old.reporter,
        late=old.late,
        recorded=old.recorded,
        drill=old.drill,
        marked_ns=page.now_ns,
        jurisdiction=old.jurisdiction,
    )


def _about(page: Page, incident: IncidentRecord, member: RowMapping, book: CityBook) -> IncidentRecord:
    """Return the incident with the rule, sensor and place of the alarm that it is about."""
    query = select(ADMISSIONS.c.rule_name).where(
        ADMISSIONS.c.rule == member["rule"], ADMISSIONS.c.target == member["target"]
    )
    row = page.connection.execute(query.order_by(ADMISSIONS.c.arrival_ns.desc()).limit(1)).one_or_none()
    sensor = book.sensor(member["target"])
    named = replace(
        incident,
        rule=member["rule"],
        sensor=member["target"],
        title=incident.title if row is None else titled(row.rule_name, member["target"], member["target"], sensor),
    )
    return named if sensor is None else placed(replace(named, domain=sensor.domain), sensor)
