"""Writes made-up incidents into a real event log, chained as the program chains it."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Boolean, Connection, Integer, Numeric, Table, insert

from linkage import event_log
from linkage.deed import Deed
from linkage.event_log import Stamp
from linkage.tables import INCIDENTS
from storage.sql import Database
from tests.support.made_up_cases import MadeCase


def write_cases(database: Database, cases: Iterable[MadeCase]) -> None:
    """Write the incidents and, in the order of time, all their events."""
    told = list(cases)
    events = sorted((event.at_ns, event.number, case.number) for case in told for event in case.events)
    by_number = {event.number: event for case in told for event in case.events}
    with database.write() as connection:
        for case in told:
            _bare_row(connection, INCIDENTS, id=case.number, number=str(case.number))
        event_log.append(
            connection,
            [
                (
                    Deed(
                        step=by_number[number].step,
                        to_state=by_number[number].to_state,
                        task=by_number[number].task,
                        data=dict(by_number[number].data),
                    ),
                    Stamp(
                        at_ns=at_ns,
                        incident=incident,
                        version=1,
                        actor=by_number[number].actor or None,
                        actor_name=by_number[number].actor.title(),
                    ),
                )
                for at_ns, number, incident in events
            ],
        )


def _bare_row(connection: Connection, table: Table, **values: Any) -> None:
    """Insert a row with as little in it as the table allows."""
    empty = {column.name: _empty(column.type) for column in table.c if not column.nullable}
    connection.execute(insert(table), {**empty, **values})


def _empty(kind: object) -> object:
    if isinstance(kind, Boolean):
        return False
    if isinstance(kind, Integer | Numeric):
        return 0
    return [] if "JSON" in str(kind).upper() else ""
