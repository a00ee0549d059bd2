"""Let incidents know their case-standard condition and clocks when they turn yellow; keep rosters and duty."""

import sqlalchemy as sa
from alembic import op

from storage.columns import TimeNs, Word

revision = "roster_0001"
down_revision = "case_0001"
branch_labels = None
depends_on = None

#: Stands for "no deadline", as linkage.tables has it.
_NEVER_NS = 2**63 - 1


def upgrade() -> None:
    """Add the columns and fill them: a clock that runs turns yellow at four fifths of its time."""
    with op.batch_alter_table("incidents") as batch:
        batch.add_column(sa.Column("condition", Word))
        batch.add_column(sa.Column("due_yellow_ns", TimeNs))
    with op.batch_alter_table("tasks") as batch:
        batch.add_column(sa.Column("yellow_ns", TimeNs))
    op.execute("UPDATE tasks SET yellow_ns = due_ns - (due_ns - dispatched_ns) / 5")
    op.execute("UPDATE incidents SET condition = '', due_yellow_ns = due_ns")
    running = sa.text("UPDATE incidents SET due_yellow_ns = due_ns - (due_ns - due_from_ns) / 5 WHERE due_ns <> :never")
    op.execute(running.bindparams(never=_NEVER_NS))
    with op.batch_alter_table("incidents") as batch:
        batch.alter_column("condition", existing_type=Word, nullable=False)
        batch.alter_column("due_yellow_ns", existing_type=TimeNs(), nullable=False)


def downgrade() -> None:
    """Drop them again."""
    with op.batch_alter_table("tasks") as batch:
        batch.drop_column("yellow_ns")
    with op.batch_alter_table("incidents") as batch:
        batch.drop_column("due_yellow_ns")
        batch.drop_column("condition")
