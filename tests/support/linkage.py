"""A small city for tests of the linkage queue: its book, its people, and alarms that rules could have raised."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from city.alarm import AlarmTransition, Change, Response
from city.calendar import Calendar
from city.clock import ManualClock
from city.level import Domain, Level
from city.place import Place
from city.sensor import Sensor
from linkage.acting import Order
from linkage.admission.admit import Admitter
from linkage.admission.decision import Action, Reason
from linkage.bell import Bell
from linkage.config import LinkageSettings
from linkage.departments import parse_departments
from linkage.incidents import Incidents
from linkage.ledger import Ledger
from linkage.legs import Tasks
from linkage.live import Live
from linkage.opening import CityBook, Report
from linkage.person import Person, Role
from linkage.queue import Queue
from linkage.standards import parse_standards
from linkage.states import Step
from linkage.ticking import Ticker
from linkage.views import Incident
from storage.sql import Database

START = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)

DEPARTMENTS = """
departments:
  - {id: desk, name: {zh: 监督中心, en: Supervision}, axis: supervision, channels: [duty]}
  - {id: command, name: {zh: 指挥中心, en: Command}, axis: command, channels: [duty]}
  - {id: water, name: {zh: 水务局, en: Water}, axis: department, channels: [duty, mail]}
  - {id: police, name: {zh: 交警支队, en: Traffic Police}, axis: department, channels: [duty]}
  - {id: power, name: {zh: 供电公司, en: Power}, axis: department}
"""

STANDARDS = """
classes:
  - {id: road_water, name: {zh: 道路积水, en: Road water}, code: "0506", verify_min: 30, file_min: 15,
     dispatch_min: 15, handle_h: 2, check_min: 30, closing: {zh: 积水消除, en: Water gone}, source: "city table"}
  - {id: heat, name: {zh: 机房过热, en: Overheating}, code: "0601", verify_min: 10, file_min: 5,
     dispatch_min: 5, handle_h: 1, check_min: 30, close_min: 10, closing: {zh: 恢复, en: Normal}, source: "TIA-942",
     reopen: 2 natural_days}
  - id: cover
    name: {zh: 井盖, en: Manhole cover}
    code: "0101"
    verify: 30 minutes
    file: 15 minutes
    dispatch: 15 minutes
    check: 30 minutes
    conditions:
      - {id: missing, name: {zh: 缺失, en: Missing}, handle: 2 urgent_hours, closing: {zh: 恢复, en: Restored}}
      - {id: noisy, name: {zh: 异响, en: Noisy}, handle: 2 working_days, closing: {zh: 修复, en: Repaired}}
    source: "city table"
"""

_SENSORS = {
    "underpass/1": Sensor(
        "underpass/1", "东门下穿", Domain.ENVIRONMENT, "underpass_level", "East Gate", Place(121.5, 31.2), "east"
    ),
    "underpass/2": Sensor(
        "underpass/2", "西门下穿", Domain.ENVIRONMENT, "underpass_level", "West Gate", Place(121.4, 31.2), "west"
    ),
    "replay": Sensor("replay", "回放", Domain.TRAFFIC, "speed", recorded=True),
    "replay/told": Sensor("replay/told", "回放", Domain.TRAFFIC, "speed", recorded=True, tags=frozenset({"tell"})),
}

FLOOD = Response(
    incident_class="road_water",
    priority={"notice": 4, "major": 2, "critical": 1},
    departments=("water", "police"),
    first_actions={"zh": ("封路",), "en": ("Close the road",)},
)


_DIRECTORY, _STANDARDS = parse_departments(DEPARTMENTS), parse_standards(STANDARDS)


def book() -> CityBook:
    """Return what the small city says about linkage."""
    return CityBook(
        directory=_DIRECTORY,
        standards=_STANDARDS,
        zone=ZoneInfo("Asia/Shanghai"),
        calendar=Calendar(zone=ZoneInfo("Asia/Shanghai")),
        sensor=_SENSORS.get,
        sensors=_SENSORS.values,
        person=lambda number: {one.id: one for one in _NAMEABLE}.get(number),
    )


def ledger(database: Database, settings: LinkageSettings | None = None) -> Ledger:
    """Return a ledger on `database` whose clock stands at START until it is moved."""
    chosen = LinkageSettings() if settings is None else settings
    return Ledger(database, book(), ManualClock(START), chosen, Bell())


def person(*roles: Role, name: str = "", department: str = "", district: str = "") -> Person:
    """Return somebody with these roles, called after the first of them."""
    called = name if name else str(roles[0])
    return Person(called, called.title(), frozenset(roles), department, district, called)


ACCEPTOR = person(Role.ACCEPTOR, department="desk")
FOREMAN = person(Role.FOREMAN, department="desk")
COLLECTOR = person(Role.COLLECTOR, department="desk")
DISPATCHER = person(Role.DISPATCHER, department="command")
WATER_OFFICER = person(Role.OFFICER, name="water-officer", department="water")
WATER_HANDLER = person(Role.HANDLER, name="water-handler", department="water")
POLICE_OFFICER = person(Role.OFFICER, name="police-officer", department="police")
LEADER = person(Role.LEADER)
_NAMEABLE = (COLLECTOR, WATER_OFFICER, WATER_HANDLER, POLICE_OFFICER)
MONITOR = person(Role.MONITOR)

_START_NS = ManualClock(START).now_ns()

RAISED = AlarmTransition(
    id="water/underpass/1/0/raised",
    alarm="water/underpass/1/0",
    rule="water",
    rule_name={"zh": "下穿积水", "en": "Underpass flooding"},
    kind="threshold",
    target="underpass/1",
    domain=Domain.ENVIRONMENT,
    change=Change.RAISED,
    level=Level.MAJOR,
    time_ns=_START_NS,
    arrival_ns=_START_NS,
    response=FLOOD,
    quantity="water_level",
    value=0.16,
    limit=0.15,
    unit="m",
    evidence='{"readings":[[0,0.16]]}',
)


def alarm(
    change: Change = Change.RAISED,
    level: Level = Level.MAJOR,
    *,
    target: str = "underpass/1",
    run: int = 0,
    step: int = 0,
    rule: str = "water",
) -> AlarmTransition:
    """Return a change of an alarm; `run` tells alarms of one target apart, `step` the changes of one alarm."""
    name = f"{rule}/{target}/{run}"
    return replace(
        RAISED,
        id=f"{name}/{step}/{change}",
        alarm=name,
        rule=rule,
        target=target,
        change=change,
        level=level,
        recorded=target.startswith("replay"),
    )


def life_safety(transition: AlarmTransition) -> AlarmTransition:
    """Return the same change of an alarm whose rule may dispatch by itself."""
    return replace(transition, response=replace(transition.response, life_safety=True))


class Town:
    """The queue on a database, and short words for what its people do."""

    def __init__(self, database: Database, settings: LinkageSettings | None = None) -> None:
        self.ledger = ledger(database, settings)
        self.incidents = Incidents(self.ledger)
        self.queue = Queue(database)
        self.tasks = Tasks(database, self.ledger.clock)
        self.live = Live(database)
        self.admitter = Admitter(self.ledger)
        self.ticker = Ticker(self.ledger)
        self.database = database

    def wait(self, **span: float) -> None:
        """Let time pass: `wait(minutes=15)`."""
        clock = self.ledger.clock
        assert isinstance(clock, ManualClock)
        clock.advance(timedelta(**span))

    def raised(self, *transitions: AlarmTransition) -> Incident:
        """Admit alarms and return the incident that the last one concerns."""
        admission = self.admitter.admit(transitions)[-1]
        return self.incidents.one(str(admission.incident), MONITOR)

    def reported(self, by: Person = ACCEPTOR, **words: object) -> Incident:
        """Let somebody report road water in the east."""
        report = Report(title="Water", incident_class="road_water", priority=3, source="hotline", district="east")
        return self.incidents.open_by_person(replace(report, **words), by)  # type: ignore[arg-type]

    def act(self, incident: str, step: Step, by: Person, **with_it: object) -> Incident:
        """Let somebody who has just looked take an incident step."""
        version = self.incidents.one(incident, by).version
        return self.incidents.act(incident, Order(step=step, version=version, **with_it), by)  # type: ignore[arg-type]

    def file(self, incident: str, by: Person = ACCEPTOR, **with_it: object) -> Incident:
        """Let a collector verify an incident, and then somebody file it: filing alone is refused."""
        self.act(incident, Step.VERIFY, COLLECTOR)
        return self.act(incident, Step.FILE, by, **with_it)

    def work(self, incident: str, by: Person, *steps: Step) -> Incident:
        """Let somebody who has just looked take steps with their own department's task, or with the only one."""
        for step in steps:
            shown = self.incidents.one(incident, by)
            (task,) = (one for one in shown.tasks if step in {next_step.step for next_step in one.steps})
            shown = self.incidents.act_on_task(task.id, Order(step=step, version=shown.version, note="done"), by)
        return shown

    def check(self, incident: str, by: Person, department: str) -> Incident:
        """Let somebody check a department's task."""
        shown = self.incidents.one(incident, by)
        (task,) = (one for one in shown.tasks if one.department == department)
        return self.incidents.act_on_task(task.id, Order(step=Step.CHECK, version=shown.version), by)


def admitted(town: Town, *transitions: AlarmTransition) -> list[tuple[Action, Reason]]:
    """Admit alarms, and return what was decided about each."""
    return [(one.decision.action, one.decision.reason) for one in town.admitter.admit(transitions)]


def dispatched(town: Town) -> str:
    """Return an incident that was reported and sent to the water bureau."""
    number = town.reported(priority=1).id
    town.act(number, Step.VERIFY, ACCEPTOR)
    town.act(number, Step.FILE, ACCEPTOR)
    return town.act(number, Step.DISPATCH, DISPATCHER, departments=("water",)).id
