"""Let the event log hold what concerns no single incident."""

import sqlalchemy as sa
from alembic import op

from storage.columns import RowId

revision = "linkage_0002"
down_revision = "linkage_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Allow events without an incident."""
    with op.batch_alter_table("events") as events:
        events.alter_column("incident", existing_type=RowId, nullable=True)


def downgrade() -> None:
    """Drop events without an incident, which the older schema cannot hold; the chain then shows them as missing."""
    op.execute(sa.text("DELETE FROM events WHERE incident IS NULL"))
    with op.batch_alter_table("events") as events:
        events.alter_column("incident", existing_type=RowId, nullable=False)
