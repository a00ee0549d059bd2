"""What is open when duty passes: written by itself from the queue, and kept with the handover that it belongs to."""

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict
from sqlalchemy import ColumnElement, Connection, RowMapping, and_, select

from city.calendar import HOUR_NS
from city.clock import iso
from linkage.admission.decision import Reason
from linkage.admission.tables import HELD_ALARMS
from linkage.clocks import Light, Stage
from linkage.departments import Axis, Department
from linkage.silences.tables import SILENCES
from linkage.states import TaskState
from linkage.tables import INCIDENTS, NEVER_NS, TASKS

#: Lines of one section; of more the number is told.
_MOST = 50

#: Silences that end within the next shift, at most this long.
_SOON_NS = 24 * HOUR_NS

#: Clocks that a desk has an eye on, by its axis: those that wait for it, and for command how the departments stand.
_STAGES = {
    Axis.SUPERVISION: (Stage.VERIFY, Stage.FILE, Stage.CONFIRM, Stage.CHECK, Stage.CLOSE),
    Axis.COMMAND: (Stage.DISPATCH, Stage.HANDLE),
}

_WORKING = (TaskState.DISPATCHED, TaskState.ACCEPTED, TaskState.ARRIVED, TaskState.HANDLING, TaskState.SUSPENDED)


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class OpenLine(_Part):
    """Something open, with how its clock stands; `due_at` is null where none runs.

    `hazard_unconfirmed` says that its sensor died while the hazard was pending, and no reading has confirmed it.
    """

    incident: str
    number: str
    title: dict[str, str]
    priority: int
    state: str
    stage: str
    due_at: str | None
    light: Light | None
    hazard_unconfirmed: bool


class SilenceLine(_Part):
    """A silence that ends soon."""

    id: str
    reason: str
    author: str
    until_at: str


class FlappingLine(_Part):
    """A sensor whose alarm comes and goes, held back until it is quiet."""

    sensor: str
    rule: str
    rule_name: dict[str, str]
    times: int


class StuckLine(_Part):
    """A sensor that says nothing: `silent`, `offline` or `unknown`."""

    sensor: str
    state: str


class Section(_Part):
    """How many there are; the lists beside it hold the first fifty."""

    open: int = 0
    near: int = 0
    overdue: int = 0
    silences: int = 0
    flapping: int = 0
    stuck: int = 0


class Brief(_Part):
    """What is handed over; `stuck` is null where ingest could not be asked."""

    written_at: str
    counts: Section
    open: tuple[OpenLine, ...]
    silences: tuple[SilenceLine, ...]
    flapping: tuple[FlappingLine, ...]
    stuck: tuple[StuckLine, ...] | None


def brief_of(
    connection: Connection, department: Department, now_ns: int, stuck: Sequence[StuckLine] | None = None
) -> Brief:
    """Return what is open for a department at this moment."""
    lines = (
        _legs(connection, department, now_ns)
        if department.axis is Axis.DEPARTMENT
        else _desk(connection, department, now_ns)
    )
    silences, flapping = _silences(connection, now_ns), _flapping(connection)
    counts = Section(
        open=len(lines),
        near=sum(line.light is Light.YELLOW for line in lines),
        overdue=sum(line.light is Light.RED for line in lines),
        silences=len(silences),
        flapping=len(flapping),
        stuck=0 if stuck is None else len(stuck),
    )
    return Brief(
        written_at=iso(now_ns),
        counts=counts,
        open=tuple(lines[:_MOST]),
        silences=tuple(silences[:_MOST]),
        flapping=tuple(flapping[:_MOST]),
        stuck=None if stuck is None else tuple(stuck[:_MOST]),
    )


def _legs(connection: Connection, department: Department, now_ns: int) -> list[OpenLine]:
    query = (
        select(TASKS, INCIDENTS.c.number, INCIDENTS.c.title, INCIDENTS.c.priority, INCIDENTS.c.doubted)
        .join(INCIDENTS, INCIDENTS.c.id == TASKS.c.incident)
        .where(TASKS.c.department == department.id, TASKS.c.ended_ns.is_(None), TASKS.c.state.in_(_WORKING))
        .order_by(TASKS.c.due_ns, TASKS.c.id)
    )
    return [_leg(row, now_ns) for row in connection.execute(query).mappings()]


def _leg(row: RowMapping, now_ns: int) -> OpenLine:
    runs = row["state"] != TaskState.SUSPENDED
    return OpenLine(
        incident=str(row["incident"]),
        number=row["number"],
        title=row["title"],
        priority=row["priority"],
        state=row["state"],
        stage=Stage.HANDLE,
        due_at=iso(row["due_ns"]) if runs else None,
        light=_light(row["due_ns"], row["yellow_ns"], now_ns) if runs else None,
        hazard_unconfirmed=row["doubted"] > 0,
    )


def _desk(connection: Connection, department: Department, now_ns: int) -> list[OpenLine]:
    query = (
        select(INCIDENTS)
        .where(INCIDENTS.c.ended_ns.is_(None), _theirs(department))
        .order_by(INCIDENTS.c.due_ns, INCIDENTS.c.id)
    )
    return [_case(row, now_ns) for row in connection.execute(query).mappings()]


def _theirs(department: Department) -> ColumnElement[bool]:
    """Return the condition that an incident concerns a desk."""
    waiting = INCIDENTS.c.due_stage.in_(_STAGES[department.axis])
    return and_(waiting, INCIDENTS.c.district.in_(["", department.district])) if department.district else waiting


def _case(row: RowMapping, now_ns: int) -> OpenLine:
    runs = row["due_ns"] != NEVER_NS
    return OpenLine(
        incident=str(row["id"]),
        number=row["number"],
        title=row["title"],
        priority=row["priority"],
        state=row["state"],
        stage=row["due_stage"],
        due_at=iso(row["due_ns"]) if runs else None,
        light=_light(row["due_ns"], row["due_yellow_ns"], now_ns) if runs else None,
        hazard_unconfirmed=row["doubted"] > 0,
    )


def _light(due_ns: int, yellow_ns: int, now_ns: int) -> Light:
    if now_ns > due_ns:
        return Light.RED
    return Light.GREEN if now_ns <= yellow_ns else Light.YELLOW


def _silences(connection: Connection, now_ns: int) -> list[SilenceLine]:
    query = (
        select(SILENCES)
        .where(SILENCES.c.ended_ns.is_(None), SILENCES.c.until_ns <= now_ns + _SOON_NS)
        .order_by(SILENCES.c.until_ns, SILENCES.c.id)
    )
    return [
        SilenceLine(id=str(row["id"]), reason=row["reason"], author=row["author_name"], until_at=iso(row["until_ns"]))
        for row in connection.execute(query).mappings()
    ]


def _flapping(connection: Connection) -> list[FlappingLine]:
    query = (
        select(HELD_ALARMS)
        .where(HELD_ALARMS.c.ended_ns.is_(None), HELD_ALARMS.c.reason == Reason.FLAPPING)
        .order_by(HELD_ALARMS.c.level.desc(), HELD_ALARMS.c.first_ns, HELD_ALARMS.c.id)
    )
    return [
        FlappingLine(sensor=row["target"], rule=row["rule"], rule_name=row["rule_name"], times=row["times"])
        for row in connection.execute(query).mappings()
    ]
