"""What evaluation derives from the event log, the rounds of its audit, and triggers that keep its rows as they are."""

import sqlalchemy as sa
from alembic import op

from storage.columns import RowId, TimeNs, Word

revision = "evaluation_0001"
down_revision = "reports_0001"
branch_labels = None
depends_on = None

_KEPT = "The event log is append-only"

_SQLITE_GUARDS = {
    f"events_no_{verb.lower()}": f"BEFORE {verb} ON events BEGIN SELECT RAISE(ABORT, '{_KEPT}'); END"
    for verb in ("UPDATE", "DELETE")
}

_POSTGRESQL_GUARD = f"""
CREATE FUNCTION events_are_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{_KEPT}'; END $$;
CREATE TRIGGER events_no_change BEFORE UPDATE OR DELETE ON events
  FOR EACH ROW EXECUTE FUNCTION events_are_kept();
CREATE TRIGGER events_no_truncate BEFORE TRUNCATE ON events
  FOR EACH STATEMENT EXECUTE FUNCTION events_are_kept();
"""


def upgrade() -> None:
    """Create the tables, empty: they fill themselves from the log; from now on its rows cannot be changed."""
    _create_facts()
    _create_stories()
    _create_legs()
    _create_progress()
    if op.get_bind().dialect.name == "postgresql":
        op.execute(sa.text(_POSTGRESQL_GUARD))
    else:
        for name, guard in _SQLITE_GUARDS.items():
            op.execute(sa.text(f"CREATE TRIGGER {name} {guard}"))


def downgrade() -> None:
    """Drop them again; nothing is lost that the log does not hold."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(sa.text("DROP TRIGGER events_no_change ON events; DROP TRIGGER events_no_truncate ON events"))
        op.execute(sa.text("DROP FUNCTION events_are_kept()"))
    else:
        for name in _SQLITE_GUARDS:
            op.execute(sa.text(f"DROP TRIGGER {name}"))
    for table in ("audit_rounds", "evaluation_bookmark", "evaluation_legs", "evaluation_stories", "evaluation_facts"):
        op.drop_table(table)


def _words(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, Word, nullable=False) for name in names]


def _times(*names: str, nullable: bool) -> list[sa.Column[int]]:
    return [sa.Column(name, TimeNs, nullable=nullable) for name in names]


def _create_facts() -> None:
    op.create_table(
        "evaluation_facts",
        sa.Column("incident", RowId, nullable=False, autoincrement=False),
        sa.Column("place", sa.Integer(), nullable=False, autoincrement=False),
        *_words("kind"),
        *_times("due_ns", nullable=False),
        *_words("outcome", "department", "person", "marks", "source", "district", "grid"),
        sa.Column("drill", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("incident", "place", name=op.f("pk_evaluation_facts")),
    )
    op.create_index("ix_evaluation_facts_due", "evaluation_facts", ["kind", "due_ns"])


def _create_stories() -> None:
    op.create_table(
        "evaluation_stories",
        sa.Column("incident", RowId, nullable=False, autoincrement=False),
        *_times("due_ns", "opened_ns", "happened_ns", nullable=False),
        sa.Column("prompt", sa.Boolean(), nullable=False),
        *_words("source", "rule"),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        *_words("district", "grid"),
        sa.Column("drill", sa.Boolean(), nullable=False),
        *_words("disposition"),
        sa.PrimaryKeyConstraint("incident", name=op.f("pk_evaluation_stories")),
    )
    op.create_index("ix_evaluation_stories_due", "evaluation_stories", ["due_ns"])


def _create_legs() -> None:
    op.create_table(
        "evaluation_legs",
        sa.Column("incident", RowId, nullable=False, autoincrement=False),
        sa.Column("task", RowId, nullable=False, autoincrement=False),
        *_words("department"),
        sa.Column("event", RowId, nullable=False),
        *_times("due_ns", "dispatched_ns", nullable=False),
        *_times("accepted_ns", "arrived_ns", "fed_back_ns", "checked_ns", nullable=True),
        sa.PrimaryKeyConstraint("incident", "task", name=op.f("pk_evaluation_legs")),
    )
    op.create_index("ix_evaluation_legs_due", "evaluation_legs", ["due_ns"])


def _create_progress() -> None:
    op.create_table(
        "evaluation_bookmark",
        sa.Column("id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("number", RowId, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation_bookmark")),
    )
    op.create_table(
        "audit_rounds",
        sa.Column("id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("number", RowId, nullable=False),
        *_words("hash"),
        *_times("began_ns", nullable=False),
        sa.Column("faults", sa.Integer(), nullable=False),
        *_words("first_fault"),
        *_times("ended_ns", nullable=True),
        sa.Column("ended_number", RowId, nullable=False),
        sa.Column("ended_faults", sa.Integer(), nullable=False),
        *_words("ended_first_fault"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_rounds")),
    )
