"""Keep reports, calls back, photos, looks at personal data, idempotency keys and components."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Json, RowId, TimeNs, Word

revision = "reports_0001"
down_revision = "telling_0001"
branch_labels = None
depends_on = None

_OPEN = sa.text("ended_ns IS NULL")
_WANTED = sa.text("callback = 'wanted'")
_UNBOUND = sa.text("incident IS NULL")


def upgrade() -> None:
    """Create the tables, and the index by which open incidents near a place are found."""
    near = ("incident_class", "latitude", "longitude", "opened_ns", "id")
    op.create_index("ix_incidents_near", "incidents", near, sqlite_where=_OPEN, postgresql_where=_OPEN)
    op.create_index("ix_incidents_sensor", "incidents", ["sensor", "id"])
    op.create_index("ix_admissions_target", "admissions", ["target", "decided_ns"])
    _create_reports()
    _create_calls()
    _create_photos()
    _create_access_log()
    _create_answered()
    _create_component()


def downgrade() -> None:
    """Drop them."""
    for table in ("component", "answered", "access_log", "photos", "callback_calls", "reports"):
        op.drop_table(table)
    op.drop_index("ix_admissions_target", "admissions")
    op.drop_index("ix_incidents_sensor", "incidents")
    op.drop_index("ix_incidents_near", "incidents")


def _create_reports() -> None:
    op.create_table(
        "reports",
        sa.Column("id", RowId, nullable=False),
        sa.Column("incident", RowId, nullable=False),
        sa.Column("joined", sa.Boolean(), nullable=False),
        sa.Column("source", Word, nullable=False),
        sa.Column("hotline", Word, nullable=False),
        sa.Column("condition", Word, nullable=False),
        sa.Column("component", Word, nullable=False),
        sa.Column("person", Word, nullable=False),
        sa.Column("person_name", sa.String(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("longitude", sa.Double()),
        sa.Column("latitude", sa.Double()),
        sa.Column("at_ns", TimeNs(), nullable=False),
        sa.Column("caller_name", sa.String(), nullable=False),
        sa.Column("caller_phone", Word, nullable=False),
        sa.Column("callback", Word, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("satisfaction", sa.SmallInteger()),
        sa.PrimaryKeyConstraint("id", name="pk_reports"),
        sa.ForeignKeyConstraint(["incident"], ["incidents.id"], name="fk_reports_incident_incidents"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_reports_incident", "reports", ["incident", "id"])
    op.create_index("ix_reports_person", "reports", ["person", "id"])
    op.create_index("ix_reports_component", "reports", ["component", "id"])
    op.create_index("ix_reports_callback", "reports", ["incident"], sqlite_where=_WANTED, postgresql_where=_WANTED)


def _create_calls() -> None:
    op.create_table(
        "callback_calls",
        sa.Column("id", RowId, nullable=False),
        sa.Column("report", RowId, nullable=False),
        sa.Column("person", Word, nullable=False),
        sa.Column("person_name", sa.String(), nullable=False),
        sa.Column("at_ns", TimeNs(), nullable=False),
        sa.Column("reached", sa.Boolean(), nullable=False),
        sa.Column("satisfaction", sa.SmallInteger()),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_callback_calls"),
        sa.ForeignKeyConstraint(["report"], ["reports.id"], name="fk_callback_calls_report_reports"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_callback_calls_report", "callback_calls", ["report", "id"])


def _create_photos() -> None:
    op.create_table(
        "photos",
        sa.Column("id", Word, nullable=False),
        sa.Column("incident", RowId),
        sa.Column("task", RowId),
        sa.Column("kind", Word, nullable=False),
        sa.Column("personal", sa.Boolean(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("original", sa.String(64), nullable=False),
        sa.Column("media", Word, nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("person", Word, nullable=False),
        sa.Column("person_name", sa.String(), nullable=False),
        sa.Column("at_ns", TimeNs(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_photos"),
        sa.ForeignKeyConstraint(["incident"], ["incidents.id"], name="fk_photos_incident_incidents"),
    )
    op.create_index("ix_photos_incident", "photos", ["incident", "at_ns"])
    op.create_index("ix_photos_sha256", "photos", ["sha256"])
    op.create_index("ix_photos_unbound", "photos", ["at_ns"], sqlite_where=_UNBOUND, postgresql_where=_UNBOUND)


def _create_access_log() -> None:
    op.create_table(
        "access_log",
        sa.Column("id", RowId, nullable=False),
        sa.Column("at_ns", TimeNs(), nullable=False),
        sa.Column("person", Word, nullable=False),
        sa.Column("person_name", sa.String(), nullable=False),
        sa.Column("what", Word, nullable=False),
        sa.Column("key", Word, nullable=False),
        sa.Column("incident", RowId),
        sa.PrimaryKeyConstraint("id", name="pk_access_log"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_access_log_at", "access_log", ["at_ns", "id"])
    op.create_index("ix_access_log_person", "access_log", ["person", "id"])


def _create_answered() -> None:
    op.create_table(
        "answered",
        sa.Column("person", Word, nullable=False),
        sa.Column("key", Word, nullable=False),
        sa.Column("asked", sa.String(64), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("at_ns", TimeNs(), nullable=False),
        sa.PrimaryKeyConstraint("person", "key", name="pk_answered"),
    )
    op.create_index("ix_answered_at", "answered", ["at_ns"])


def _create_component() -> None:
    op.create_table(
        "component",
        sa.Column("id", Word, nullable=False),
        sa.Column("kind", Word, nullable=False),
        sa.Column("class", Word, nullable=False),
        sa.Column("name", Word, nullable=False),
        sa.Column("name_en", Word, nullable=False),
        sa.Column("state", Word, nullable=False),
        sa.Column("longitude", sa.Float(53), nullable=False),
        sa.Column("latitude", sa.Float(53), nullable=False),
        sa.Column("district", Word, nullable=False),
        sa.Column("grid", Word, nullable=False),
        sa.Column("authority", Word, nullable=False),
        sa.Column("owner", Word, nullable=False),
        sa.Column("maintainer", Word, nullable=False),
        sa.Column("tags", Json, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_component"),
    )
    op.create_index("ix_component_latitude_longitude", "component", ["latitude", "longitude"])
