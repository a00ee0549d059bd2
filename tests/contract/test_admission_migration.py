"""Silences and held alarms can be taken out of a database with incidents in it, and put back."""

from alembic import command
from sqlalchemy import select

from linkage.tables import INCIDENTS, MEMBERS
from storage.migrate import configuration, migrating, upgrade
from storage.sql import Database
from tests.support.linkage import Town, alarm


def test_alarms_of_incidents_survive_the_way_down_and_up(database: Database) -> None:
    upgrade(database)
    Town(database).admitter.admit([alarm(), alarm(target="underpass/2")])

    with migrating(database) as connection:
        command.downgrade(configuration(connection), "roster_0001")
    upgrade(database)

    with database.read() as connection:
        joined = select(MEMBERS.c.since_ns, MEMBERS.c.site, INCIDENTS.c.opened_ns).join(
            INCIDENTS, INCIDENTS.c.id == MEMBERS.c.incident
        )
        rows = list(connection.execute(joined))
    assert len(rows) == 2
    assert all(row.since_ns == row.opened_ns and row.site == "" for row in rows)
