"""What rules in shadow found; what a rule's cap holds back, and what was let up again, are found by indexes."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Json, TimeNs, Word

revision = "quiet_0001"
down_revision = "level_0003"
branch_labels = None
depends_on = None

_HELD_NOW = sa.text("ended_ns IS NULL")
_RELEASED = sa.text("ended_by = 'released'")


def upgrade() -> None:
    """Create the table and the indexes."""
    op.create_index(
        "ix_held_alarms_capped",
        "held_alarms",
        ["reason", "rule", "level", "first_ns", "id"],
        sqlite_where=_HELD_NOW,
        postgresql_where=_HELD_NOW,
    )
    op.create_index(
        "ix_held_alarms_released", "held_alarms", ["ended_ns"], sqlite_where=_RELEASED, postgresql_where=_RELEASED
    )
    op.create_table(
        "shadow_alarms",
        sa.Column("alarm", Word, nullable=False),
        sa.Column("rule", Word, nullable=False),
        sa.Column("rule_name", Json, nullable=False),
        *(sa.Column(name, Word, nullable=False) for name in ("target", "domain", "district", "incident_class")),
        *(sa.Column(name, sa.SmallInteger(), nullable=False) for name in ("level", "worst")),
        *(sa.Column(name, TimeNs, nullable=False) for name in ("raised_ns", "worst_ns")),
        sa.Column("ended_ns", TimeNs),
        sa.Column("quantity", Word, nullable=False),
        *(sa.Column(name, sa.Double()) for name in ("value", "limit_value")),
        sa.Column("unit", sa.String(), nullable=False),
        *(sa.Column(name, sa.Boolean(), nullable=False) for name in ("late", "recorded")),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("noted_ns", TimeNs, nullable=False),
        sa.PrimaryKeyConstraint("alarm", name=op.f("pk_shadow_alarms")),
    )
    op.create_index("ix_shadow_alarms_rule", "shadow_alarms", ["rule", "raised_ns", "alarm"])
    op.create_index("ix_shadow_alarms_noted", "shadow_alarms", ["noted_ns"])


def downgrade() -> None:
    """Drop them again, and what is in them."""
    op.drop_table("shadow_alarms")
    op.drop_index("ix_held_alarms_released", "held_alarms")
    op.drop_index("ix_held_alarms_capped", "held_alarms")
