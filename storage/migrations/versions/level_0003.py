"""Evidence is of a kind: readings, or the picture of a camera."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Word

revision = "level_0003"
down_revision = "level_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the kind; what is there are readings."""
    op.drop_index("uq_evidence_event", "evidence")
    with op.batch_alter_table("evidence") as batch:
        batch.add_column(sa.Column("kind", Word, nullable=False, server_default="readings"))
    with op.batch_alter_table("evidence") as batch:
        batch.alter_column("kind", existing_type=Word, existing_nullable=False, server_default=None)
    op.create_index("uq_evidence_event", "evidence", ["event", "sensor", "kind"], unique=True)


def downgrade() -> None:
    """Take the kind away, and pictures with it."""
    op.drop_index("uq_evidence_event", "evidence")
    op.execute(sa.text("DELETE FROM evidence WHERE kind = 'snapshot'"))
    with op.batch_alter_table("evidence") as batch:
        batch.drop_column("kind")
    op.create_index("uq_evidence_event", "evidence", ["event", "sensor"], unique=True)
