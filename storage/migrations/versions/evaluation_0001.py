"""Nothing yet: the place of this revision in the chain."""

revision = "evaluation_0001"
down_revision = "reports_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Do nothing."""


def downgrade() -> None:
    """Do nothing."""
