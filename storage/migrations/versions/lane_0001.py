"""The equipment lane: hints about sensors, and their alarms."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Json, RowId, TimeNs, Word

revision = "lane_0001"
down_revision = "quiet_0001"
branch_labels = None
depends_on = None

_OPEN = sa.text("ended_ns IS NULL")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "hints",
        sa.Column("id", RowId, autoincrement=False, nullable=False),
        *(sa.Column(name, Word, nullable=False) for name in ("target", "domain", "district", "department")),
        *(sa.Column(name, sa.SmallInteger(), nullable=False) for name in ("level", "worst")),
        sa.Column("incident_class", Word, nullable=False),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("recorded", sa.Boolean(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        *(sa.Column(name, TimeNs, nullable=False) for name in ("opened_ns", "changed_ns")),
        sa.Column("ordered_ns", TimeNs),
        sa.Column("ordered_by", Word, nullable=False),
        sa.Column("ordered_by_name", sa.String(), nullable=False),
        sa.Column("order_note", sa.Text(), nullable=False),
        sa.Column("ended_ns", TimeNs),
        *(sa.Column(name, Word, nullable=False) for name in ("ended_how", "ended_by")),
        sa.Column("ended_by_name", sa.String(), nullable=False),
        sa.Column("end_note", sa.Text(), nullable=False),
        sa.Column("incident", RowId),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hints")),
        sa.ForeignKeyConstraint(["incident"], ["incidents.id"], name=op.f("fk_hints_incident_incidents")),
    )
    op.create_index("uq_hints_open", "hints", ["target"], unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN)
    op.create_index("ix_hints_listed", "hints", ["level", "id"], sqlite_where=_OPEN, postgresql_where=_OPEN)
    op.create_index("ix_hints_target", "hints", ["target", "id"])
    op.create_index("ix_hints_ended", "hints", ["ended_ns", "id"])
    op.create_table(
        "hint_alarms",
        sa.Column("alarm", Word, nullable=False),
        sa.Column("hint", RowId, nullable=False),
        sa.Column("rule", Word, nullable=False),
        sa.Column("rule_name", Json, nullable=False),
        sa.Column("kind", Word, nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("raised_ns", TimeNs, nullable=False),
        sa.Column("cleared_ns", TimeNs),
        sa.Column("quantity", Word, nullable=False),
        *(sa.Column(name, sa.Double()) for name in ("value", "limit_value")),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("alarm", name=op.f("pk_hint_alarms")),
        sa.ForeignKeyConstraint(["hint"], ["hints.id"], name=op.f("fk_hint_alarms_hint_hints")),
    )
    op.create_index("ix_hint_alarms_hint", "hint_alarms", ["hint", "alarm"])


def downgrade() -> None:
    """Drop them again, and what is in them."""
    op.drop_table("hint_alarms")
    op.drop_table("hints")
