"""Let incidents know their case-standard condition and clocks when they turn yellow; keep rosters and duty."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Json, RowId, TimeNs, Word

revision = "roster_0001"
down_revision = "case_0001"
branch_labels = None
depends_on = None

#: Stands for "no deadline", as linkage.tables has it.
_NEVER_NS = 2**63 - 1

_OPEN = sa.text("to_ns IS NULL")
_UNSIGNED = sa.text("ended_ns IS NULL")


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
    op.create_index("ix_events_department", "events", ["department", "number"])
    _create_plans()
    _create_duty()


def downgrade() -> None:
    """Drop them again."""
    op.drop_index("ix_events_department", "events")
    for table in ("calendar_feeds", "duty_looks", "handovers", "duty_terms", "roster_changes", "rosters"):
        op.drop_table(table)
    with op.batch_alter_table("tasks") as batch:
        batch.drop_column("yellow_ns")
    with op.batch_alter_table("incidents") as batch:
        batch.drop_column("due_yellow_ns")
        batch.drop_column("condition")


def _create_plans() -> None:
    op.create_table(
        "rosters",
        sa.Column("id", RowId, nullable=False),
        sa.Column("from_ns", TimeNs, nullable=False),
        sa.Column("rosters", sa.Text, nullable=False),
        sa.Column("holidays", sa.Text, nullable=False),
        sa.Column("zone", Word, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rosters")),
    )
    op.create_table(
        "roster_changes",
        sa.Column("id", RowId, nullable=False),
        sa.Column("pair", RowId, nullable=False),
        sa.Column("kind", Word, nullable=False),
        sa.Column("department", Word, nullable=False),
        sa.Column("post", Word, nullable=False),
        sa.Column("from_ns", TimeNs, nullable=False),
        sa.Column("to_ns", TimeNs, nullable=False),
        sa.Column("person", Word, nullable=False),
        sa.Column("instead", Json, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("made_by", Word, nullable=False),
        sa.Column("made_by_name", sa.String, nullable=False),
        sa.Column("made_ns", TimeNs, nullable=False),
        sa.Column("revoked_ns", TimeNs),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_changes")),
    )
    op.create_index("ix_roster_changes_span", "roster_changes", ["department", "to_ns", "from_ns"])
    op.create_table(
        "calendar_feeds",
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("id", RowId, nullable=False),
        sa.Column("department", Word, nullable=False),
        sa.Column("person", Word, nullable=False),
        sa.Column("made_by", Word, nullable=False),
        sa.Column("made_ns", TimeNs, nullable=False),
        sa.Column("revoked_ns", TimeNs),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_calendar_feeds")),
        sa.UniqueConstraint("id", name=op.f("uq_calendar_feeds_id")),
    )
    op.create_index("ix_calendar_feeds_made_by", "calendar_feeds", ["made_by"])


def _create_duty() -> None:
    op.create_table(
        "duty_terms",
        sa.Column("id", RowId, nullable=False),
        sa.Column("department", Word, nullable=False),
        sa.Column("post", Word, nullable=False),
        sa.Column("people", Json, nullable=False),
        sa.Column("from_ns", TimeNs, nullable=False),
        sa.Column("to_ns", TimeNs),
        sa.Column("handover", RowId, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_terms")),
    )
    op.create_index("ix_duty_terms_span", "duty_terms", ["department", "post", "from_ns"])
    op.create_index(
        "uq_duty_terms_open",
        "duty_terms",
        ["department", "post"],
        unique=True,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )
    op.create_table(
        "handovers",
        sa.Column("id", RowId, nullable=False),
        sa.Column("department", Word, nullable=False),
        sa.Column("post", Word, nullable=False),
        sa.Column("opened_ns", TimeNs, nullable=False),
        sa.Column("due_ns", TimeNs, nullable=False),
        sa.Column("outgoing", Json, nullable=False),
        sa.Column("incoming", Json, nullable=False),
        sa.Column("brief", Json, nullable=False),
        sa.Column("notes", Json, nullable=False),
        sa.Column("out_by", Word, nullable=False),
        sa.Column("out_name", sa.String, nullable=False),
        sa.Column("out_ns", TimeNs),
        sa.Column("out_note", sa.Text, nullable=False),
        sa.Column("in_by", Word, nullable=False),
        sa.Column("in_name", sa.String, nullable=False),
        sa.Column("in_note", sa.Text, nullable=False),
        sa.Column("ended_ns", TimeNs),
        sa.Column("late_ns", TimeNs),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handovers")),
    )
    op.create_index("ix_handovers_department", "handovers", ["department", "id"])
    op.create_index(
        "uq_handovers_open",
        "handovers",
        ["department", "post"],
        unique=True,
        sqlite_where=_UNSIGNED,
        postgresql_where=_UNSIGNED,
    )
    op.create_table(
        "duty_looks",
        sa.Column("department", Word, nullable=False),
        sa.Column("post", Word, nullable=False),
        sa.Column("next_ns", TimeNs, nullable=False),
        sa.Column("told", Json, nullable=False),
        sa.PrimaryKeyConstraint("department", "post", name=op.f("pk_duty_looks")),
    )
    op.create_index("ix_duty_looks_next", "duty_looks", ["next_ns"])
