"""Say when a calendar feed was last read."""

import sqlalchemy as sa
from alembic import op

from storage.columns import TimeNs

revision = "roster_0002"
down_revision = "plans_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the moment of the last reading; feeds that stand have none yet."""
    with op.batch_alter_table("calendar_feeds") as feeds:
        feeds.add_column(sa.Column("read_ns", TimeNs))


def downgrade() -> None:
    """Forget when feeds were read."""
    with op.batch_alter_table("calendar_feeds") as feeds:
        feeds.drop_column("read_ns")
