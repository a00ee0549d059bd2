"""Index tasks by their deadline, for the list of every department's."""

from alembic import op

revision = "group_0001"
down_revision = "million_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the index."""
    op.create_index("ix_tasks_due", "tasks", ["due_ns", "id"])


def downgrade() -> None:
    """Take it away."""
    op.drop_index("ix_tasks_due", "tasks")
