"""Forget what evaluation derived: the desk derives it anew from the log, with what collectors missed."""

import sqlalchemy as sa
from alembic import op

revision = "level_0002"
down_revision = "group_0001"
branch_labels = None
depends_on = None

_DERIVED = ("evaluation_facts", "evaluation_legs", "evaluation_stories", "evaluation_bookmark")


def upgrade() -> None:
    """Empty the derived tables."""
    _empty()


def downgrade() -> None:
    """Empty them again: the version before does not know every kind of fact in them."""
    _empty()


def _empty() -> None:
    for name in _DERIVED:
        op.execute(sa.delete(sa.table(name)))
