"""Create what keeps the alarms that met a fault when they were to be admitted."""

import sqlalchemy as sa
from alembic import op

from storage.columns import RowId, TimeNs, Word

revision = "aside_0001"
down_revision = "doubt_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "set_aside_alarms",
        sa.Column("id", RowId, nullable=False),
        sa.Column("change", Word, nullable=False),
        sa.Column("alarm", Word, nullable=False),
        sa.Column("rule", Word, nullable=False),
        sa.Column("target", Word, nullable=False),
        sa.Column("fault", sa.Text, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("since_ns", TimeNs, nullable=False),
        sa.Column("next_ns", TimeNs, nullable=False),
        sa.Column("transition", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_set_aside_alarms")),
        sa.UniqueConstraint("change", name=op.f("uq_set_aside_alarms_change")),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("set_aside_alarms")
