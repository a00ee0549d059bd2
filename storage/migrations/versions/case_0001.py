"""Nothing yet: the place of this revision in the chain."""

revision = "case_0001"
down_revision = "linkage_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Do nothing."""


def downgrade() -> None:
    """Do nothing."""
