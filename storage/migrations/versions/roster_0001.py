"""Nothing yet: the place of this revision in the chain."""

revision = "roster_0001"
down_revision = "case_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Do nothing."""


def downgrade() -> None:
    """Do nothing."""
