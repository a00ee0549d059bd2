"""What each rule opened lately is found without reading all that was ever decided of it."""

import sqlalchemy as sa
from alembic import op

revision = "doubt_0002"
down_revision = "million_0002"
branch_labels = None
depends_on = None

_OPENED = sa.text("action = 'open'")


def upgrade() -> None:
    """Create the index."""
    columns = ["rule", "decided_ns"]
    op.create_index("ix_admissions_opened_by", "admissions", columns, sqlite_where=_OPENED, postgresql_where=_OPENED)


def downgrade() -> None:
    """Drop it."""
    op.drop_index("ix_admissions_opened_by", "admissions")
