"""Create what keeps since when rules run in shadow."""

import sqlalchemy as sa
from alembic import op

from storage.columns import TimeNs, Word

revision = "shadow_0001"
down_revision = "aside_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "shadow_rules",
        sa.Column("rule", Word, nullable=False),
        sa.Column("since_ns", TimeNs, nullable=False),
        sa.PrimaryKeyConstraint("rule", name=op.f("pk_shadow_rules")),
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("shadow_rules")
