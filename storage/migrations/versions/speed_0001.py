"""Index the words of ended incidents instead of those of open ones, which are searched in memory."""

import sqlalchemy as sa
from alembic import op

revision = "speed_0001"
down_revision = "life_0001"
branch_labels = None
depends_on = None

_OPEN = sa.text("ended_ns IS NULL")
_ENDED = sa.text("ended_ns IS NOT NULL")
_COLUMNS = ["ended_ns", "id", "words"]


def upgrade() -> None:
    """Put one index in the other's place."""
    op.drop_index("ix_incidents_words", "incidents")
    op.create_index("ix_incidents_ended_words", "incidents", _COLUMNS, sqlite_where=_ENDED, postgresql_where=_ENDED)


def downgrade() -> None:
    """Put the other one back."""
    op.drop_index("ix_incidents_ended_words", "incidents")
    op.create_index("ix_incidents_words", "incidents", ["words", "id"], sqlite_where=_OPEN, postgresql_where=_OPEN)
