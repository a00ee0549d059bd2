"""Compares the rows of incidents and tasks with what the event log tells of them, and mends those that differ."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

import structlog
from prometheus_client import Counter
from sqlalchemy import Connection, bindparam, delete, insert, select, update

from city.calendar import Calendar
from city.clock import Clock
from city.errors import BadDocument
from linkage import cases, event_log
from linkage.audit.differing import DAMAGED, UNTOLD, Difference, Findings, Rows, differences
from linkage.changes import AFTER, changes
from linkage.deed import Deed
from linkage.event_log import Stamp
from linkage.rebuild import Change, folded
from linkage.record import Case
from linkage.standards import Standards
from linkage.tables import EVENTS, INCIDENTS, TASKS
from storage.sql import Database

log = structlog.get_logger()

ROWS_MENDED = Counter("linkage_rows_mended_total", "Rows that were put back to what the event log tells.", ["table"])
INCIDENTS_LEFT = Counter(
    "linkage_rebuild_incidents_skipped_total", "Incidents whose rows the event log cannot give, by reason.", ["reason"]
)

#: Incidents compared at a time, and mended in one transaction, for which other writers wait some milliseconds.
_BATCH = 200

_LAST = 2**62

_IDS = select(INCIDENTS.c.id).where(INCIDENTS.c.id > bindparam("after")).order_by(INCIDENTS.c.id).limit(_BATCH)
_ENTRIES = (
    select(EVENTS.c.incident, EVENTS.c.number, EVENTS.c.version, EVENTS.c.data)
    .where(EVENTS.c.incident > bindparam("after"), EVENTS.c.incident <= bindparam("last"))
    .order_by(EVENTS.c.incident, EVENTS.c.number)
)
_INCIDENTS = select(INCIDENTS).where(INCIDENTS.c.id > bindparam("after"), INCIDENTS.c.id <= bindparam("last"))
_TASKS = select(TASKS).where(TASKS.c.incident > bindparam("after"), TASKS.c.incident <= bindparam("last"))
_MEND = update(INCIDENTS).where(INCIDENTS.c.id == bindparam("number_"))
_CLEAR = delete(TASKS).where(
    (TASKS.c.incident == bindparam("number")) | TASKS.c.id.in_(bindparam("tasks", expanding=True))
)

#: Ids of incidents, from after the first to the second.
_Range = tuple[int, int]


class Rebuilder:
    """Rebuilds rows from the log, some incidents at a time beside whoever else works. Calls block on the database.

    Deadlines follow from the city's case standards and calendar: where those have changed, so do the deadlines.
    """

    def __init__(self, database: Database, clock: Clock, standards: Standards, calendar: Calendar) -> None:
        self._database, self._clock = database, clock
        self._standards, self._calendar = standards, calendar

    def check(self) -> Findings:
        """Return where rows and log differ; write nothing."""
        found = Findings()
        for some in self._ranges():
            with self._database.read() as connection:
                found.add(self._compared(connection, some)[0])
        return found

    def mend(self) -> Findings:
        """Put every row that differs back to what the log tells; return what differed before.

        Of an incident that the log does not tell, since it is older than that, the log tells from now on.
        """
        found = Findings()
        for some in self._ranges():
            with self._database.read() as connection:
                part, _ = self._compared(connection, some)
            if part.differences or UNTOLD in part.skipped.values():
                part = self._mended(some)
            for reason in part.skipped.values():
                INCIDENTS_LEFT.labels(reason).inc()
            found.add(part)
        return found

    def _ranges(self) -> Iterator[_Range]:
        """Yield every id that there is, also of rows that are missing."""
        after = 0
        while after < _LAST:
            with self._database.read() as connection:
                numbers = list(connection.execute(_IDS, {"after": after}).scalars())
            last = numbers[-1] if len(numbers) == _BATCH else _LAST
            yield after, last
            after = last

    def _compared(self, connection: Connection, some: _Range) -> tuple[Findings, dict[int, Rows]]:
        found = Findings()
        there, told = _there(connection, some), self._told(connection, some, found.skipped)
        found.skipped |= dict.fromkeys(there.keys() - told.keys() - found.skipped.keys(), UNTOLD)
        found.incidents = len(told)
        for number, rows in told.items():
            found.differences += differences(number, there.get(number, Rows(None, {})), rows)
        return found, told

    def _told(self, connection: Connection, some: _Range, skipped: dict[int, str]) -> dict[int, Rows]:
        """Return the rows of incidents as the log gives them."""
        told: dict[int, Rows] = {}
        entries = connection.execute(_ENTRIES, _bounds(some)).mappings()
        for number, of_it in groupby(entries, key=itemgetter("incident")):
            try:
                case = folded(number, map(Change.of, of_it))
            except BadDocument as error:
                log.warning("incident_not_rebuilt", incident=number, cause=str(error))
                skipped[number] = DAMAGED
            else:
                if case is not None:
                    told[number] = self._rows(case)
        return told

    def _rows(self, case: Case) -> Rows:
        standard = self._standards.of(case.incident.incident_class)
        incident, tasks = cases.rows_of(case, standard, self._calendar)
        return Rows(incident, {task["id"]: task for task in tasks})

    def _mended(self, some: _Range) -> Findings:
        """Compare again while nobody else writes, mend, and say in the log that rows were mended."""
        with self._database.write() as connection:
            found, told = self._compared(connection, some)
            wrong = sorted({difference.incident for difference in found.differences})
            for number in wrong:
                _mend(connection, number, told[number])
            mended = Deed(step="rebuild", data={"incidents": wrong, "columns": len(found.differences)})
            now_ns = self._clock.now_ns()
            event_log.append(connection, [(mended, Stamp(at_ns=now_ns))] if wrong else [])
            untold = [number for number, reason in found.skipped.items() if reason == UNTOLD]
            event_log.append(connection, [_carried_over(connection, number, now_ns) for number in untold])
        log.warning("rows_mended", incidents=wrong, columns=len(found.differences), carried_over=len(untold))
        _count(found.differences)
        return found


def _there(connection: Connection, some: _Range) -> dict[int, Rows]:
    """Return the rows of incidents as they are."""
    tasks: dict[int, dict[int, Mapping[str, Any]]] = {}
    for row in connection.execute(_TASKS, _bounds(some)).mappings():
        tasks.setdefault(row["incident"], {})[row["id"]] = dict(row)
    incidents = connection.execute(_INCIDENTS, _bounds(some)).mappings()
    return {row["id"]: Rows(dict(row), tasks.get(row["id"], {})) for row in incidents}


def _mend(connection: Connection, number: int, told: Rows) -> None:
    if not connection.execute(_MEND, {"number_": number, **(told.incident or {})}).rowcount:
        connection.execute(insert(INCIDENTS), dict(told.incident or {}))
    connection.execute(_CLEAR, {"number": number, "tasks": list(told.tasks)})
    if told.tasks:
        connection.execute(insert(TASKS), [dict(row) for row in told.tasks.values()])


def _carried_over(connection: Connection, number: int, now_ns: int) -> tuple[Deed, Stamp]:
    """Return an entry that tells the rows of an incident as they are."""
    case = cases.load(connection, number)
    assert case is not None  # it has a row, by which it was found
    version, state = case.incident.version + 1, case.incident.state
    connection.execute(_MEND, {"number_": number, "version": version})
    deed = Deed(step="carry_over", from_state=state, to_state=state, data={AFTER: changes(None, case)})
    return deed, Stamp(at_ns=now_ns, incident=number, version=version)


def _count(found: Sequence[Difference]) -> None:
    incidents = {one.incident for one in found if one.task is None}
    tasks = {one.task for one in found if one.task is not None}
    ROWS_MENDED.labels(INCIDENTS.name).inc(len(incidents))
    ROWS_MENDED.labels(TASKS.name).inc(len(tasks))


def _bounds(some: _Range) -> dict[str, int]:
    after, last = some
    return {"after": after, "last": last}
