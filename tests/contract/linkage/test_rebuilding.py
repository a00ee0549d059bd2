"""Rows are compared with the log and mended from it, on both databases."""

import pytest
from sqlalchemy import RowMapping, Table, delete, insert, select, update

from linkage.audit.differing import DAMAGED, UNTOLD
from linkage.event_log import verify
from linkage.states import Step
from linkage.tables import EVENTS, INCIDENTS, NEVER_NS, TASKS
from tests.support.linkage import ACCEPTOR, DISPATCHER, WATER_OFFICER, Town, alarm
from tests.support.rebuilding import rebuilder, unlike_the_log
from tests.support.tampering import unprotected


@pytest.fixture
def worked(town: Town) -> Town:
    """Return a town in which water and police work on incident 1, and nobody on 2."""
    town.raised(alarm())
    town.raised(alarm(target="underpass/2"))
    town.file("1", ACCEPTOR)
    town.act("1", Step.DISPATCH, DISPATCHER, departments=("water", "police"))
    town.work("1", WATER_OFFICER, Step.ACCEPT)
    return town


def rows(town: Town, table: Table) -> list[RowMapping]:
    with town.database.read() as connection:
        return list(connection.execute(select(table).order_by(*table.primary_key)).mappings())


def test_row_that_was_changed_lost_or_made_up_is_named_and_mended(worked: Town):
    before = rows(worked, INCIDENTS), rows(worked, TASKS)
    with worked.database.write() as connection:
        connection.execute(update(INCIDENTS).where(INCIDENTS.c.id == 1).values(state="closed", due_ns=NEVER_NS))
        connection.execute(delete(TASKS).where(TASKS.c.id == 1))
        connection.execute(update(TASKS).where(TASKS.c.id == 2).values(incident=2))
        connection.execute(insert(TASKS), {**before[1][0], "id": 9, "incident": 2})

    found = rebuilder(worked.ledger).mend()

    assert [(one.incident, one.task, one.column) for one in found.differences] == [
        (1, None, "state"),
        (1, None, "due_ns"),
        (1, 1, "id"),
        (1, 2, "id"),
        (2, 2, "id"),
        (2, 9, "id"),
    ]
    assert str(found.differences[0]) == "incident 1: state is `closed`, the log tells `handling`"
    assert (rows(worked, INCIDENTS), rows(worked, TASKS)) == before
    assert rows(worked, EVENTS)[-1]["step"] == "rebuild"
    assert verify(worked.database) == []


def test_looking_changes_nothing_and_whole_rows_are_left_alone(worked: Town):
    before = len(rows(worked, EVENTS))
    assert unlike_the_log(worked.ledger) == []
    assert rebuilder(worked.ledger).mend().incidents == 2

    with worked.database.write() as connection:
        connection.execute(update(INCIDENTS).where(INCIDENTS.c.id == 2).values(wake_ns=0))
    assert len(rebuilder(worked.ledger).check().differences) == 1
    assert rows(worked, INCIDENTS)[1]["wake_ns"] == 0
    assert len(rows(worked, EVENTS)) == before


def test_deadlines_follow_from_what_the_log_tells_when_all_of_them_are_lost(worked: Town):
    before = rows(worked, INCIDENTS)
    with worked.database.write() as connection:
        connection.execute(update(INCIDENTS).values(due_ns=0, due_from_ns=0, due_yellow_ns=0, wake_ns=0, due_stage=""))

    rebuilder(worked.ledger).mend()

    assert rows(worked, INCIDENTS) == before


def test_incident_older_than_what_the_log_tells_is_carried_over(worked: Town):
    with worked.database.write() as connection, unprotected(connection):
        connection.execute(update(EVENTS).where(EVENTS.c.incident == 1).values(data="{}"))

    assert rebuilder(worked.ledger).mend().skipped == {1: UNTOLD}

    assert unlike_the_log(worked.ledger) == []
    worked.work("1", WATER_OFFICER, Step.ARRIVE)
    assert unlike_the_log(worked.ledger) == []
    assert worked.incidents.one("1", ACCEPTOR).events[-2].step == "carry_over"


@pytest.mark.rows_forged
@pytest.mark.parametrize(
    "data",
    [
        "{",
        '{"after":{"whole":true}}',
        '{"after":{"whole":true,"incident":1}}',
        '{"after":[]}',
        '{"after":{"whole":true,"tasks":{"x":{}}}}',
    ],
)
def test_damaged_entry_is_told_and_its_incident_left_alone(worked: Town, data: str):
    with worked.database.write() as connection, unprotected(connection):
        connection.execute(update(EVENTS).where(EVENTS.c.incident == 2).values(data=data))
        connection.execute(update(INCIDENTS).values(wake_ns=0))

    found = rebuilder(worked.ledger).mend()

    assert found.skipped == {2: DAMAGED}
    assert [row["wake_ns"] == 0 for row in rows(worked, INCIDENTS)] == [False, True]
