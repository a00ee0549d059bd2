"""Responses in SQL: one row for each that a person started, and one for each department's part in it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields

from sqlalchemy import Connection, RowMapping, func, insert, select, update

from city.clock import SECOND_NS
from city.errors import NotFound
from linkage.plans.parsing import parse_plan
from linkage.plans.plan import Plan
from linkage.plans.tables import ACTIVATIONS, PARTS, SPANNED
from linkage.scales import rank
from linkage.tables import NEVER_NS

MINUTE_NS = 60 * SECOND_NS


@dataclass(frozen=True, slots=True, kw_only=True)
class Activation:
    """A response as it stands; `plan_text` is the version of the plan that it runs by."""

    id: int
    plan: str
    plan_version: str
    plan_text: str
    area: str
    drill: bool
    level: str
    highest: str
    matter: str
    measures: str
    expected_ns: int
    incident: int
    started_ns: int
    started_by: str
    started_name: str
    changed_ns: int
    ended_ns: int | None = None
    calm_ns: int | None = None
    version: int = 1

    def plan_copy(self) -> Plan:
        """Return the plan as it was when the response was started."""
        return parse_plan(self.plan_text, f"{self.plan} {self.plan_version}")


_FIELDS = tuple(field.name for field in fields(Activation))


def load(connection: Connection, number: int) -> Activation:
    """Return a response.

    Raises:
        NotFound: there is none with this number.
    """
    query = select(ACTIVATIONS).where(ACTIVATIONS.c.id == number)
    row = connection.execute(query).mappings().one_or_none()
    if row is None:
        raise NotFound("activation", number)
    return record_of(row)


def record_of(row: RowMapping) -> Activation:
    """Return the response in a row of `plan_activations`."""
    return Activation(**{name: row[name] for name in _FIELDS})


def running_at(connection: Connection, plan: str, area: str, *, drill: bool) -> int | None:
    """Return the response that runs by this plan in this area, if there is one."""
    table = ACTIVATIONS.c
    query = select(table.id).where(
        table.plan == plan, table.area == area, table.drill.is_(drill), table.ended_ns.is_(None)
    )
    return connection.execute(query).scalar_one_or_none()


def level_at(connection: Connection, incident: int) -> str:
    """Return the highest level of the responses that run on an incident; empty where none does."""
    table = ACTIVATIONS.c
    query = select(table.level).where(table.incident == incident, table.ended_ns.is_(None))
    return max(connection.execute(query).scalars(), key=rank, default="")


def next_id(connection: Connection) -> int:
    """Return the first free number; writers are one at a time, so it is free until the transaction ends."""
    last = connection.execute(select(func.max(ACTIVATIONS.c.id))).scalar_one()
    return 1 if last is None else int(last) + 1


def save(connection: Connection, activation: Activation, *, new: bool = False) -> None:
    """Write a response."""
    if new:
        connection.execute(insert(ACTIVATIONS), asdict(activation))
        return
    connection.execute(update(ACTIVATIONS).where(ACTIVATIONS.c.id == activation.id).values(asdict(activation)))


def span(connection: Connection, activation: int, incident: int, now_ns: int) -> None:
    """Note that a response concerns an incident too; noting it twice changes nothing."""
    key = (SPANNED.c.activation == activation) & (SPANNED.c.incident == incident)
    if connection.execute(select(SPANNED.c.incident).where(key)).first() is None:
        connection.execute(insert(SPANNED), {"activation": activation, "incident": incident, "since_ns": now_ns})


def call_parts(connection: Connection, activation: Activation, plan: Plan, now_ns: int) -> None:
    """Give every department at the response's level its part; those called again acknowledge again.

    Departments that only a higher level calls for report no more; their parts stay, with what they did.
    """
    acks = _acks(plan, activation.level)
    rhythms = plan.rhythms_min(activation.level)
    known = dict(_rhythms(connection, activation.id))
    new = [
        {
            "activation": activation.id,
            "department": name,
            "called_ns": now_ns,
            **_fresh(acks[name]),
            **_rhythm(every, now_ns),
        }
        for name, every in rhythms.items()
        if name not in known
    ]
    if new:
        connection.execute(insert(PARTS), new)
    for name, before in known.items():
        every = rhythms.get(name, 0)
        if every != before:
            change_part(connection, activation.id, name, _rhythm(every, now_ns))


def call_again(connection: Connection, activation: int) -> None:
    """Void every acknowledgement: what was acknowledged has become worse."""
    change = update(PARTS).where(PARTS.c.activation == activation)
    connection.execute(change.values(acknowledged_ns=None, acknowledged_by=""))


def stop_parts(connection: Connection, activation: int) -> None:
    """Stop every reporting rhythm of a response that ends."""
    change = update(PARTS).where(PARTS.c.activation == activation)
    connection.execute(change.values(_rhythm(0, 0)))


def change_part(connection: Connection, activation: int, department: str, values: Mapping[str, object]) -> None:
    """Change one department's part."""
    key = (PARTS.c.activation == activation) & (PARTS.c.department == department)
    connection.execute(update(PARTS).where(key).values(dict(values)))


def _fresh(ack: bool) -> dict[str, object]:  # noqa: FBT001 - a column's value
    return {"ack": ack, "acknowledged_by": "", "reports": 0, "missed": 0}


def _rhythm(every_min: int, now_ns: int) -> dict[str, object]:
    due_ns = now_ns + every_min * MINUTE_NS if every_min else NEVER_NS
    return {"every_min": every_min, "report_from_ns": now_ns, "report_due_ns": due_ns, "wake_ns": due_ns}


def _rhythms(connection: Connection, activation: int) -> list[tuple[str, int]]:
    query = select(PARTS.c.department, PARTS.c.every_min).where(PARTS.c.activation == activation)
    return [(row.department, row.every_min) for row in connection.execute(query)]


def _acks(plan: Plan, level: str) -> dict[str, bool]:
    acks: dict[str, bool] = {}
    for task in plan.tasks(level):
        acks[task.department] = acks.get(task.department, False) or task.ack
    return acks
