"""Conditions and first messages in evaluation, who was told of what first, and swaps that wait for the other's word."""

import sqlalchemy as sa
from alembic import op

from storage.columns import RowId, TimeNs, Word

revision = "life_0001"
down_revision = "roster_0002"
branch_labels = None
depends_on = None

_CHOSEN = ("incident_class", "filing", "closing")

#: What was delivered before the log told of it is not told again as if it were the first.
_TOLD_BEFORE = """
INSERT INTO first_told (incident, department, task)
SELECT DISTINCT incident, department, COALESCE(task, 0) FROM messages
WHERE incident IS NOT NULL AND sent_ns IS NOT NULL
"""

#: Evaluation follows the log from its beginning again: what its new columns hold is there.
_FOLLOW_AGAIN = "UPDATE evaluation_bookmark SET number = 0"


def upgrade() -> None:
    """Add them; evaluation fills its columns from the log by itself."""
    with op.batch_alter_table("evaluation_stories") as stories:
        for name in _CHOSEN:
            stories.add_column(sa.Column(name, Word, nullable=False, server_default=""))
    with op.batch_alter_table("evaluation_stories") as stories:
        for name in _CHOSEN:
            stories.alter_column(name, existing_type=Word, existing_nullable=False, server_default=None)
    with op.batch_alter_table("evaluation_legs") as legs:
        legs.add_column(sa.Column("told_ns", TimeNs))
    op.execute(sa.text(_FOLLOW_AGAIN))
    op.create_table(
        "first_told",
        sa.Column("incident", RowId, nullable=False),
        sa.Column("department", Word, nullable=False),
        sa.Column("task", RowId, nullable=False, autoincrement=False),
        sa.ForeignKeyConstraint(["incident"], ["incidents.id"], name=op.f("fk_first_told_incident_incidents")),
        sa.PrimaryKeyConstraint("incident", "department", "task", name=op.f("pk_first_told")),
    )
    op.execute(sa.text(_TOLD_BEFORE))
    _create_swaps()


def downgrade() -> None:
    """Drop them again; nothing is lost that the log does not hold but swaps that nobody has agreed to."""
    op.drop_table("roster_swaps")
    op.drop_table("first_told")
    with op.batch_alter_table("evaluation_legs") as legs:
        legs.drop_column("told_ns")
    with op.batch_alter_table("evaluation_stories") as stories:
        for name in _CHOSEN:
            stories.drop_column(name)


def _create_swaps() -> None:
    op.create_table(
        "roster_swaps",
        sa.Column("id", RowId, nullable=False, autoincrement=False),
        *(sa.Column(name, Word, nullable=False) for name in ("department", "post", "first", "second")),
        *(
            sa.Column(f"{one}_{end}_ns", TimeNs, nullable=False)
            for one in ("first", "second")
            for end in ("from", "to")
        ),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("asked_by", Word, nullable=False),
        sa.Column("asked_by_name", sa.String, nullable=False),
        sa.Column("asked_ns", TimeNs, nullable=False),
        sa.Column("waits_for", Word, nullable=False),
        sa.Column("state", Word, nullable=False),
        sa.Column("decided_by_name", sa.String, nullable=False),
        sa.Column("decided_ns", TimeNs),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("change", RowId),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_swaps")),
    )
    op.create_index("ix_roster_swaps_state", "roster_swaps", ["state", "id"])
