"""Give incidents and tasks what their whole life needs, and keep readings as evidence."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from storage.columns import Json, RowId, TimeNs, Word

revision = "case_0001"
down_revision = "linkage_0002"
branch_labels = None
depends_on = None

_WAITING = sa.text("state = 'waiting'")

#: Table -> column, its type, and what rows already there get; None where a column may be empty.
_ADDED: dict[str, tuple[tuple[str, sa.types.TypeEngine[Any], str | None], ...]] = {
    "incidents": (
        ("proposed_why", Json, "'{}'"),
        ("sent_back_ns", TimeNs(), None),
        ("event_grade", Word, "''"),
        ("warning_level", Word, "''"),
        ("response_level", Word, "''"),
        ("jurisdiction", Word, "''"),
        ("verifier", Word, "''"),
        ("plan", Word, "''"),
        ("reopened", sa.Integer(), "0"),
    ),
    "tasks": (
        ("handler", Word, "''"),
        ("checker", Word, "''"),
        ("limit", Json, "'{}'"),
        ("request", Json, None),
        ("delays", sa.SmallInteger(), "0"),
        ("suspensions", sa.SmallInteger(), "0"),
        ("suspended_ns", TimeNs(), None),
        ("paused", Json, None),
        ("overdue", sa.Boolean(), "false"),
        ("appeal", Word, "''"),
        ("exempt", sa.Boolean(), "false"),
        ("from_task", RowId, None),
        ("plan_task", Word, "''"),
        ("action", Json, "'{}'"),
    ),
}


def upgrade() -> None:
    """Add the columns, fill them for what is there, and create `evidence`."""
    for table, columns in _ADDED.items():
        with op.batch_alter_table(table) as batch:
            for name, kind, _ in columns:
                batch.add_column(sa.Column(name, kind))
        filled = [(name, kind, value) for name, kind, value in columns if value is not None]
        values = ", ".join(f'"{name}" = {value}' for name, _, value in filled)
        op.execute(sa.text(f"UPDATE {table} SET {values}"))
        with op.batch_alter_table(table) as batch:
            for name, kind, _ in filled:
                batch.alter_column(name, existing_type=kind, nullable=False)
    op.create_index("ix_incident_keys_target", "incident_keys", ["rule", "target", "incident"])
    _create_evidence()


def downgrade() -> None:
    """Drop them again, with what only the newer states can say."""
    op.drop_table("evidence")
    op.drop_index("ix_incident_keys_target", "incident_keys")
    op.execute(sa.text("UPDATE incidents SET state = 'handling' WHERE state = 'suspended'"))
    op.execute(sa.text("UPDATE incidents SET state = 'closed' WHERE state = 'forced'"))
    op.execute(sa.text("UPDATE incidents SET state = 'cancelled' WHERE state = 'merged'"))
    op.execute(sa.text("UPDATE incidents SET disposition = 'cancelled' WHERE disposition = 'unresolved'"))
    op.execute(sa.text("UPDATE tasks SET state = 'handling' WHERE state = 'suspended'"))
    op.execute(sa.text("UPDATE tasks SET state = 'returned' WHERE state = 'transferred'"))
    for table, columns in _ADDED.items():
        with op.batch_alter_table(table) as batch:
            for name, _, _ in columns:
                batch.drop_column(name)


def _create_evidence() -> None:
    op.create_table(
        "evidence",
        sa.Column("id", RowId, nullable=False),
        sa.Column("incident", RowId, nullable=False),
        sa.Column("event", RowId, nullable=False),
        sa.Column("moment", Word, nullable=False),
        sa.Column("sensor", Word, nullable=False),
        sa.Column("at_ns", TimeNs, nullable=False),
        sa.Column("from_ns", TimeNs, nullable=False),
        sa.Column("to_ns", TimeNs, nullable=False),
        sa.Column("state", Word, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("next_ns", TimeNs, nullable=False),
        sa.Column("kept_ns", TimeNs),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("series", Json, nullable=False),
        sa.ForeignKeyConstraint(["incident"], ["incidents.id"], name=op.f("fk_evidence_incident_incidents")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
        sqlite_autoincrement=True,
    )
    op.create_index("uq_evidence_event", "evidence", ["event", "sensor"], unique=True)
    op.create_index("ix_evidence_incident", "evidence", ["incident", "id"])
    op.create_index("ix_evidence_due", "evidence", ["next_ns", "id"], sqlite_where=_WAITING, postgresql_where=_WAITING)
