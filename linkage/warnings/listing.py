"""Warnings as people see them: those in force, those that are over, and every issue of one."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, select

from city.clock import iso
from city.errors import NotFound
from linkage.viewing import moment
from linkage.views import Actor, Moment, View
from linkage.warnings.tables import WARNING_ISSUES, WARNING_TOLD, WARNINGS
from storage.sql import Database

#: Most warnings of one list; a city has a handful in force.
MAX_LIMIT = 200


class WarningTold(View):
    """A department that was told of an issue, and who of it has seen it when."""

    department: str
    told_at: Moment
    acknowledged_at: Moment | None
    acknowledged_by: str


class WarningIssue(View):
    """What was said once, by whom and when, and which departments were told of it."""

    serial: int
    kind: str
    level: str
    starts_at: Moment
    ends_at: Moment | None
    area: str
    districts: tuple[str, ...]
    cautions: str
    measures: str
    issuer: str
    issued_at: Moment
    actor: Actor
    note: str
    told: tuple[WarningTold, ...]


class WarningView(View):
    """A warning as it stands, with all its issues, oldest first."""

    id: str
    category: str
    level: str
    drill: bool
    incident: str | None
    issued_at: Moment
    starts_at: Moment
    ends_at: Moment | None
    cancelled_at: Moment | None
    issues: tuple[WarningIssue, ...]


class WarningList:
    """Reads warnings. Calls block on the database: call from a thread."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(self, *, in_force: bool | None = True, limit: int = 100) -> list[WarningView]:
        """Return warnings, newest first; those in force, those cancelled, or (None) both."""
        query = select(WARNINGS).order_by(WARNINGS.c.id.desc()).limit(min(limit, MAX_LIMIT))
        if in_force is not None:
            over = WARNINGS.c.cancelled_ns
            query = query.where(over.is_(None) if in_force else over.is_not(None))
        return self._read(query)

    def one(self, number: int) -> WarningView:
        """Return a warning.

        Raises:
            NotFound: there is none with this number.
        """
        found = self._read(select(WARNINGS).where(WARNINGS.c.id == number))
        if not found:
            raise NotFound("warning", number)
        return found[0]

    def _read(self, query: Select[Any]) -> list[WarningView]:
        with self._database.read() as connection:
            rows = list(connection.execute(query).mappings())
            wanted = WARNING_ISSUES.c.warning.in_([row["id"] for row in rows])
            issues = connection.execute(select(WARNING_ISSUES).where(wanted).order_by(WARNING_ISSUES.c.serial))
            found: dict[int, list[WarningIssue]] = {row["id"]: [] for row in rows}
            told = _told(connection, [row["id"] for row in rows])
            for issue in issues.mappings():
                found[issue["warning"]].append(_issue(issue, tuple(told[issue["warning"], issue["serial"]])))
        return [_view(row, tuple(found[row["id"]])) for row in rows]


def _view(row: RowMapping, issues: tuple[WarningIssue, ...]) -> WarningView:
    return WarningView(
        id=str(row["id"]),
        category=row["category"],
        level=row["level"],
        drill=row["drill"],
        incident=None if row["incident"] is None else str(row["incident"]),
        issued_at=iso(row["issued_ns"]),
        starts_at=iso(row["starts_ns"]),
        ends_at=moment(row["ends_ns"]),
        cancelled_at=moment(row["cancelled_ns"]),
        issues=issues,
    )


def _told(connection: Connection, warnings: Sequence[int]) -> dict[tuple[int, int], list[WarningTold]]:
    """Return who was told, by warning and issue; those who have not answered first."""
    columns = WARNING_TOLD.c
    query = select(WARNING_TOLD).where(columns.warning.in_(warnings))
    found: dict[tuple[int, int], list[WarningTold]] = defaultdict(list)
    for row in connection.execute(query.order_by(columns.acknowledged_ns.is_not(None), columns.department)).mappings():
        told = WarningTold(
            department=row["department"],
            told_at=iso(row["told_ns"]),
            acknowledged_at=moment(row["acknowledged_ns"]),
            acknowledged_by=row["acknowledged_name"],
        )
        found[row["warning"], row["serial"]].append(told)
    return found


def _issue(row: RowMapping, told: tuple[WarningTold, ...]) -> WarningIssue:
    return WarningIssue(
        serial=row["serial"],
        kind=row["kind"],
        level=row["level"],
        starts_at=iso(row["starts_ns"]),
        ends_at=moment(row["ends_ns"]),
        area=row["area"],
        districts=tuple(row["districts"]),
        cautions=row["cautions"],
        measures=row["measures"],
        issuer=row["issuer"],
        issued_at=iso(row["issued_ns"]),
        actor=Actor(id=row["actor"] or "", name=row["actor_name"]),
        note=row["note"],
        told=told,
    )
