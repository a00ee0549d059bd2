"""The migrated schema is the one that the rooms declare, and both databases keep the same promises."""

from concurrent.futures import ThreadPoolExecutor

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

import api.tables
import linkage.access
import linkage.admission.tables
import linkage.attachments.tables
import linkage.audit.tables
import linkage.cap.tables
import linkage.escalation.tables
import linkage.evaluation.tables
import linkage.hints.tables
import linkage.idempotency
import linkage.leasing.tables
import linkage.notices.tables
import linkage.outside.tables
import linkage.plans.tables
import linkage.reports.tables
import linkage.roster.tables
import linkage.shadow.tables
import linkage.silences.tables
import linkage.tables
import linkage.telling.first_told
import linkage.telling.tables
import linkage.warnings.tables
import registry.tables
from storage.migrate import configuration, upgrade
from storage.sql import METADATA, Database

#: Importing them declares them.
ROOMS = (
    api.tables,
    linkage.access,
    linkage.admission.tables,
    linkage.attachments.tables,
    linkage.audit.tables,
    linkage.cap.tables,
    linkage.escalation.tables,
    linkage.evaluation.tables,
    linkage.hints.tables,
    linkage.idempotency,
    linkage.leasing.tables,
    linkage.notices.tables,
    linkage.outside.tables,
    linkage.plans.tables,
    linkage.reports.tables,
    linkage.roster.tables,
    linkage.shadow.tables,
    linkage.silences.tables,
    linkage.tables,
    linkage.telling.first_told,
    linkage.telling.tables,
    linkage.warnings.tables,
    registry.tables,
)


def test_migrated_schema_is_the_declared_one(database: Database) -> None:
    upgrade(database)

    with database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, METADATA) == []


def test_revisions_are_one_chain(database: Database) -> None:
    with database.read() as connection:
        script = ScriptDirectory.from_config(configuration(connection))

    assert len(script.get_heads()) == 1
    assert len(script.get_bases()) == 1


def test_two_programs_upgrading_at_once_are_one_after_the_other(database: Database) -> None:
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(upgrade, [database, database]))

    upgrade(database)


def test_writers_take_turns_on_both(database: Database) -> None:
    with database.write() as connection:
        connection.execute(text("CREATE TABLE counter (value INTEGER)"))
        connection.execute(text("INSERT INTO counter VALUES (0)"))

    def count_up(_: int) -> None:
        with database.write() as connection:
            value = connection.scalar(text("SELECT value FROM counter"))
            connection.execute(text("UPDATE counter SET value = :value"), {"value": value + 1})

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(count_up, range(40)))

    with database.read() as connection:
        assert connection.scalar(text("SELECT value FROM counter")) == 40
