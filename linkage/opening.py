"""How an incident begins: from an alarm, or from what a person reports."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from zoneinfo import ZoneInfo

from city.alarm import AlarmTransition
from city.calendar import Calendar
from city.clock import from_ns
from city.component import Component
from city.errors import BadRequest
from city.level import PRIORITIES, Domain, Level
from city.place import Place
from city.sensor import Sensor
from linkage.acting import Scene
from linkage.admission.evidence import facts
from linkage.by_itself import filed_by_itself
from linkage.cap.atlas import Atlas
from linkage.deed import Deed, Outcome
from linkage.departments import Directory
from linkage.escalation.chain import Chains, default_chains
from linkage.grids import Grids
from linkage.introduction import introduced
from linkage.person import Person
from linkage.plans.library import Plans
from linkage.plans.upward_book import UpwardBook
from linkage.proposing import MAINTAINER, OWNER, RULE, TABLE, Proposal, first_that_handles
from linkage.record import Case, IncidentRecord
from linkage.reports.book import ReportBook
from linkage.responsibility import Responsibility
from linkage.roster.source import Source
from linkage.standards import Standards
from linkage.telling.audience import told_by
from linkage.telling.book import TellingBook
from linkage.telling.contact import Contact

#: What a person's report can come from.
SOURCES = ("sensor", "video", "collector", "hotline", "leader", "department")

#: Priority of an alarm level that its rule gives none: notice waits for routine, critical for nobody.
_PRIORITY_OF = {Level.NOTICE: 4, Level.MAJOR: 2, Level.CRITICAL: 1}


def _no_component(_: str) -> None:
    return None


def _nobody(_: str) -> Person | None:
    return None


def _no_account(_: str) -> None:
    return None


def _no_contact(_: str) -> None:
    return None


@dataclass(frozen=True, slots=True)
class CityBook:
    """What the city folder says about linkage.

    `sensor` looks a sensor up in the registry, `sensors` are all of it; `account` returns the id of a username,
    `contact` how to reach whoever the rosters know by it.
    """

    directory: Directory
    standards: Standards
    zone: ZoneInfo
    calendar: Calendar
    sensor: Callable[[str], Sensor | None]
    sensors: Callable[[], Collection[Sensor]] = tuple
    component: Callable[[str], Component | None] = _no_component
    person: Callable[[str], Person | None] = _nobody
    reports: ReportBook = field(default_factory=ReportBook)
    plans: Plans = field(default_factory=Plans)
    upward: UpwardBook = field(default_factory=UpwardBook)
    districts: tuple[str, ...] = ()
    atlas: Atlas = field(default_factory=Atlas)
    chains: Chains = field(default_factory=default_chains)
    telling: TellingBook = field(default_factory=TellingBook)
    rosters: Source = field(default_factory=Source)
    grids: Grids = field(default_factory=Grids)
    responsibility: Responsibility = field(default_factory=Responsibility)
    account: Callable[[str], str | None] = _no_account
    contact: Callable[[str], Contact | None] = _no_contact


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a person says has happened; `names` is its title in both languages where it is not in the person's words."""

    title: str
    incident_class: str
    priority: int
    source: str
    note: str = ""
    sensor: str | None = None
    longitude: float | None = None
    latitude: float | None = None
    district: str = ""
    place: str = ""
    names: dict[str, str] = field(default_factory=dict)
    proposed: tuple[str, ...] = ()
    proposed_why: dict[str, str] = field(default_factory=dict)
    condition: str = ""


def titled(rule_name: Mapping[str, str], rule: str, target: str, sensor: Sensor | None) -> dict[str, str]:
    """Return the title of an incident about an alarm of this rule, by language."""
    place = target if sensor is None else sensor.name
    place_en = place if sensor is None or not sensor.name_en else sensor.name_en
    return {"zh": f"{rule_name.get('zh', rule)}：{place}", "en": f"{rule_name.get('en', rule)}: {place_en}"}


def placed(incident: IncidentRecord, sensor: Sensor) -> IncidentRecord:
    """Return the incident where the sensor is."""
    longitude, latitude = (None, None) if sensor.place is None else sensor.place
    return replace(
        incident,
        longitude=longitude,
        latitude=latitude,
        district=sensor.district,
        place=sensor.site if sensor.site else sensor.name,
    )


def case_number(number: int, opened_ns: int, zone: ZoneInfo) -> str:
    """Return what people call the incident: the local date and the incident's running number."""
    return f"{from_ns(opened_ns).astimezone(zone):%Y%m%d}-{number:06d}"


def priority_of(transition: AlarmTransition) -> int:
    """Return the incident priority that the rule gives the alarm's level."""
    return transition.response.priority.get(transition.level.word, _PRIORITY_OF[transition.level])


def opened_by_alarm(
    transition: AlarmTransition, number: int, scene: Scene, book: CityBook, confirm_within_s: int
) -> Outcome:
    """Open an incident for an alarm; one of a life-safety rule is filed and dispatched at once, unconfirmed."""
    sensor = book.sensor(transition.target)
    response = transition.response
    proposed, why = _proposed(transition, sensor, book)
    incident = IncidentRecord(
        id=number,
        number=case_number(number, transition.arrival_ns, book.zone),
        title=titled(transition.rule_name, transition.rule, transition.target, sensor),
        incident_class=response.incident_class,
        domain=transition.domain,
        priority=priority_of(transition),
        source="video" if transition.domain is Domain.VIDEO else "sensor",
        opened_ns=transition.arrival_ns,
        happened_ns=transition.time_ns,
        level=transition.level,
        worst_level=transition.level,
        rule=transition.rule,
        sensor=transition.target,
        first_actions={language: list(lines) for language, lines in response.first_actions.items()},
        proposed=list(proposed),
        proposed_why=why,
        alarms=1,
        active=1,
        late=transition.late,
        recorded=transition.recorded,
        doubted=int(transition.unconfirmed),
    )
    case = Case(incident if sensor is None else placed(incident, sensor))
    data = {**introduced(case.incident), "grid": _grid(case.incident, sensor, book), **facts(transition)}
    deed = Deed(step="open", to_state=case.incident.state, data=data)
    opened = Outcome(case, (replace(deed, told=told_by(deed, case, case, scene.directory)),))
    return filed_by_itself(opened, scene, confirm_within_s) if response.life_safety else opened


def opened_by_person(report: Report, person: Person, number: int, scene: Scene, book: CityBook) -> Outcome:
    """Open an incident for what `person` reports.

    Raises:
        BadRequest: the class, priority, source or place cannot be.
    """
    _check(report, book)
    sensor = None if report.sensor is None else book.sensor(report.sensor)
    incident = IncidentRecord(
        id=number,
        number=case_number(number, scene.now_ns, book.zone),
        title=report.names if report.names else {"zh": report.title, "en": report.title},
        incident_class=report.incident_class,
        domain="" if sensor is None else sensor.domain,
        priority=report.priority,
        source=report.source,
        opened_ns=scene.now_ns,
        happened_ns=scene.now_ns,
        sensor=report.sensor,
        note=report.note,
        reporter=person.id,
        proposed=list(report.proposed),
        proposed_why=report.proposed_why,
        condition=report.condition,
    )
    if sensor is not None:
        incident = placed(incident, sensor)
    if report.longitude is not None:
        incident = replace(incident, longitude=report.longitude, latitude=report.latitude)
    incident = replace(
        incident,
        district=report.district if report.district else incident.district,
        place=report.place if report.place else incident.place,
    )
    case = Case(incident)
    grid = _grid(incident, sensor, book)
    data = {**introduced(incident), "grid": grid, "collector": _collector(report, grid, book)}
    deed = Deed(step="open", to_state=incident.state, note=report.note, data=data)
    return Outcome(case, (replace(deed, told=told_by(deed, case, case, scene.directory)),))


def _proposed(transition: AlarmTransition, sensor: Sensor | None, book: CityBook) -> Proposal:
    """Return whom the rule names, else who looks after the sensor, its owner, or whom the city's table names."""
    named = book.directory.handling(transition.response.departments)
    if named:
        return named, dict.fromkeys(named, RULE)
    table = book.reports.department(transition.response.incident_class, "" if sensor is None else sensor.district)
    choices = [(table, TABLE)]
    if sensor is not None:
        choices = [(sensor.maintainer, MAINTAINER), (sensor.owner, OWNER), *choices]
    return first_that_handles(book.directory, choices)


def _grid(incident: IncidentRecord, sensor: Sensor | None, book: CityBook) -> str:
    """Return the grid that the sensor's own record names, else the one that the map has there."""
    if sensor is not None and sensor.grid:
        return sensor.grid
    if incident.longitude is None or incident.latitude is None:
        return ""
    return book.grids.at(Place(incident.longitude, incident.latitude))


def _collector(report: Report, grid: str, book: CityBook) -> str:
    """Return who should have found it: an account's id, or the username where the city has no such account."""
    username = book.responsibility.collector_of(grid, report.incident_class)
    found = book.account(username) if username else None
    return username if found is None else found


def _check(report: Report, book: CityBook) -> None:
    if not report.title.strip():
        raise BadRequest(expected="a title", got="nothing", at="title")
    if report.incident_class not in book.standards:
        known = ", ".join(f"`{standard.id}`" for standard in book.standards)
        raise BadRequest(expected=f"one of {known}", got=report.incident_class, at="class")
    if report.priority not in PRIORITIES:
        raise BadRequest(expected="1 to 5", got=report.priority, at="priority")
    if report.source not in SOURCES:
        expected = "one of " + ", ".join(f"`{source}`" for source in SOURCES)
        raise BadRequest(expected=expected, got=report.source, at="source")
    if report.sensor is not None and book.sensor(report.sensor) is None:
        raise BadRequest(expected="a registered sensor", got=report.sensor, at="sensor")
    if (report.longitude is None) is not (report.latitude is None):
        raise BadRequest(expected="longitude and latitude together", got="one of them", at="longitude")
    if report.longitude is not None and report.latitude is not None:
        _check_place(report.longitude, report.latitude)


def _check_place(longitude: float, latitude: float) -> None:
    if not -180 <= longitude <= 180:
        raise BadRequest(expected="-180 to 180", got=longitude, at="longitude")
    if not -90 <= latitude <= 90:
        raise BadRequest(expected="-90 to 90", got=latitude, at="latitude")
