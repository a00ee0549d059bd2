"""Proposals, responses, upward reports, warnings and drills."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Json, RowId, TimeNs, Word

revision = "plans_0001"
down_revision = "admission_0001"
branch_labels = None
depends_on = None

_STANDING = sa.text("stands")
_RUNNING = sa.text("ended_ns IS NULL")
_OPEN = sa.text("ended_ns IS NULL")
_BURNING = sa.text("ended_ns IS NULL AND recovered_ns IS NULL")


def upgrade() -> None:
    """Create the tables, and let a department have several of a plan's tasks in one incident."""
    _create_proposals()
    _create_activations()
    _create_upward()
    _create_warnings()
    _create_drills()
    op.drop_index("uq_tasks_leg", table_name="tasks")
    op.create_index(
        "uq_tasks_leg",
        "tasks",
        ["incident", "department", "plan_task"],
        unique=True,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )
    op.create_index(
        "ix_incidents_burning",
        "incidents",
        ["drill", "incident_class", "level", "priority", "opened_ns", "district"],
        sqlite_where=_BURNING,
        postgresql_where=_BURNING,
    )


def downgrade() -> None:
    """Drop them; a department keeps the first of its open tasks in an incident, as the older index wants."""
    op.drop_index("ix_incidents_burning", table_name="incidents")
    op.drop_index("uq_tasks_leg", table_name="tasks")
    op.execute(
        sa.text(
            "UPDATE tasks SET ended_ns = dispatched_ns, state = 'cancelled' WHERE ended_ns IS NULL AND id NOT IN "
            "(SELECT MIN(id) FROM tasks WHERE ended_ns IS NULL GROUP BY incident, department)"
        )
    )
    op.create_index(
        "uq_tasks_leg",
        "tasks",
        ["incident", "department"],
        unique=True,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )
    for table in (
        "drills",
        "warning_issues",
        "warnings",
        "upward_reports",
        "activation_departments",
        "activation_incidents",
        "plan_activations",
        "response_proposals",
    ):
        op.drop_table(table)


def _create_proposals() -> None:
    op.create_table(
        "response_proposals",
        sa.Column("id", RowId, primary_key=True, autoincrement=False),
        sa.Column("kind", Word, nullable=False),
        sa.Column("plan", Word, nullable=False),
        sa.Column("version", Word, nullable=False),
        sa.Column("area", Word, nullable=False),
        sa.Column("drill", sa.Boolean, nullable=False),
        sa.Column("level", Word, nullable=False),
        sa.Column("from_level", Word, nullable=False),
        sa.Column("need", sa.Integer, nullable=False),
        sa.Column("reasons", Json, nullable=False),
        sa.Column("incidents", Json, nullable=False),
        sa.Column("activation", RowId),
        sa.Column("state", Word, nullable=False),
        sa.Column("stands", sa.Boolean, nullable=False),
        sa.Column("made_ns", TimeNs, nullable=False),
        sa.Column("changed_ns", TimeNs, nullable=False),
        sa.Column("decided_ns", TimeNs),
        sa.Column("decided_by", sa.String, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
    )
    op.create_index(
        "uq_response_proposals_standing",
        "response_proposals",
        ["plan", "area", "drill"],
        unique=True,
        sqlite_where=_STANDING,
        postgresql_where=_STANDING,
    )


def _create_activations() -> None:
    op.create_table(
        "plan_activations",
        sa.Column("id", RowId, primary_key=True, autoincrement=False),
        sa.Column("plan", Word, nullable=False),
        sa.Column("plan_version", Word, nullable=False),
        sa.Column("plan_text", sa.Text, nullable=False),
        sa.Column("area", Word, nullable=False),
        sa.Column("drill", sa.Boolean, nullable=False),
        sa.Column("level", Word, nullable=False),
        sa.Column("highest", Word, nullable=False),
        sa.Column("matter", sa.Text, nullable=False),
        sa.Column("measures", sa.Text, nullable=False),
        sa.Column("expected_ns", TimeNs, nullable=False),
        sa.Column("incident", RowId, sa.ForeignKey("incidents.id"), nullable=False, index=True),
        sa.Column("started_ns", TimeNs, nullable=False),
        sa.Column("started_by", Word, nullable=False),
        sa.Column("started_name", sa.String, nullable=False),
        sa.Column("changed_ns", TimeNs, nullable=False),
        sa.Column("ended_ns", TimeNs),
        sa.Column("calm_ns", TimeNs),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_index(
        "uq_plan_activations_running",
        "plan_activations",
        ["plan", "area", "drill"],
        unique=True,
        sqlite_where=_RUNNING,
        postgresql_where=_RUNNING,
    )
    op.create_table(
        "activation_incidents",
        sa.Column("activation", RowId, sa.ForeignKey("plan_activations.id"), primary_key=True),
        sa.Column("incident", RowId, sa.ForeignKey("incidents.id"), primary_key=True, index=True),
        sa.Column("since_ns", TimeNs, nullable=False),
    )
    op.create_table(
        "activation_departments",
        sa.Column("activation", RowId, sa.ForeignKey("plan_activations.id"), primary_key=True),
        sa.Column("department", Word, primary_key=True),
        sa.Column("called_ns", TimeNs, nullable=False),
        sa.Column("ack", sa.Boolean, nullable=False),
        sa.Column("acknowledged_ns", TimeNs),
        sa.Column("acknowledged_by", sa.String, nullable=False),
        sa.Column("every_min", sa.Integer, nullable=False),
        sa.Column("report_from_ns", TimeNs, nullable=False),
        sa.Column("report_due_ns", TimeNs, nullable=False),
        sa.Column("wake_ns", TimeNs, nullable=False, index=True),
        sa.Column("reported_ns", TimeNs),
        sa.Column("reports", sa.Integer, nullable=False),
        sa.Column("missed", sa.Integer, nullable=False),
    )


def _create_upward() -> None:
    op.create_table(
        "upward_reports",
        sa.Column("id", RowId, primary_key=True, autoincrement=False),
        sa.Column("incident", RowId, sa.ForeignKey("incidents.id"), nullable=False, index=True),
        sa.Column("kind", Word, nullable=False),
        sa.Column("serial", sa.Integer, nullable=False),
        sa.Column("grade", Word, nullable=False),
        sa.Column("drill", sa.Boolean, nullable=False),
        sa.Column("from_ns", TimeNs, nullable=False),
        sa.Column("due_ns", TimeNs, nullable=False),
        sa.Column("wake_ns", TimeNs, nullable=False, index=True),
        sa.Column("overdue", sa.Boolean, nullable=False),
        sa.Column("sent_ns", TimeNs),
        sa.Column("dropped_ns", TimeNs),
        sa.Column("signed_by", Word, nullable=False),
        sa.Column("signed_name", sa.String, nullable=False),
        sa.Column("subject", sa.String, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.create_index("ix_upward_reports_due", "upward_reports", ["sent_ns", "due_ns", "id"])


def _create_warnings() -> None:
    op.create_table(
        "warnings",
        sa.Column("id", RowId, primary_key=True, autoincrement=False),
        sa.Column("category", Word, nullable=False),
        sa.Column("level", Word, nullable=False),
        sa.Column("districts", Json, nullable=False),
        sa.Column("drill", sa.Boolean, nullable=False),
        sa.Column("source", Word, nullable=False),
        sa.Column("incident", RowId, sa.ForeignKey("incidents.id")),
        sa.Column("issues", sa.Integer, nullable=False),
        sa.Column("issued_ns", TimeNs, nullable=False),
        sa.Column("starts_ns", TimeNs, nullable=False),
        sa.Column("ends_ns", TimeNs),
        sa.Column("cancelled_ns", TimeNs),
    )
    op.create_index("ix_warnings_cancelled_ns", "warnings", ["cancelled_ns", "id"])
    op.create_table(
        "warning_issues",
        sa.Column("warning", RowId, sa.ForeignKey("warnings.id"), primary_key=True),
        sa.Column("serial", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("kind", Word, nullable=False),
        sa.Column("level", Word, nullable=False),
        sa.Column("starts_ns", TimeNs, nullable=False),
        sa.Column("ends_ns", TimeNs),
        sa.Column("area", sa.Text, nullable=False),
        sa.Column("districts", Json, nullable=False),
        sa.Column("cautions", sa.Text, nullable=False),
        sa.Column("measures", sa.Text, nullable=False),
        sa.Column("issuer", sa.String, nullable=False),
        sa.Column("issued_ns", TimeNs, nullable=False),
        sa.Column("actor", Word),
        sa.Column("actor_name", sa.String, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("event", RowId, nullable=False),
    )


def _create_drills() -> None:
    op.create_table(
        "drills",
        sa.Column("id", RowId, primary_key=True, autoincrement=False),
        sa.Column("plan", Word, nullable=False),
        sa.Column("plan_version", Word, nullable=False),
        sa.Column("scenario", Word, nullable=False),
        sa.Column("name", Json, nullable=False),
        sa.Column("injects", Json, nullable=False),
        sa.Column("given", sa.Integer, nullable=False),
        sa.Column("wake_ns", TimeNs, nullable=False, index=True),
        sa.Column("incident", RowId, sa.ForeignKey("incidents.id"), nullable=False),
        sa.Column("warning", RowId),
        sa.Column("started_ns", TimeNs, nullable=False),
        sa.Column("started_by", Word, nullable=False),
        sa.Column("started_name", sa.String, nullable=False),
        sa.Column("ended_ns", TimeNs),
        sa.Column("note", sa.Text, nullable=False),
    )
