"""Nothing yet: the place of this revision in the chain."""

revision = "telling_0001"
down_revision = "plans_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Do nothing."""


def downgrade() -> None:
    """Do nothing."""
