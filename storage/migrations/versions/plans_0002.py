"""Who was told of warnings and who answered, notices for the public, and the readings that a drill plays."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Json, RowId, TimeNs, Word

revision = "plans_0002"
down_revision = "cap_0001"
branch_labels = None
depends_on = None

#: A time that never comes: no readings wait in exercises that were played before there were any.
_NEVER_NS = 2**63 - 1


def upgrade() -> None:
    """Create the tables, and let an exercise keep what its sensors say."""
    _create_told()
    _create_notices()
    with op.batch_alter_table("drills") as drills:
        drills.add_column(sa.Column("script", Json, nullable=False, server_default="[]"))
        drills.add_column(sa.Column("play_ns", TimeNs, nullable=False, server_default=str(_NEVER_NS)))
        drills.add_column(sa.Column("played", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("drills") as drills:
        for name, kind in (("script", Json), ("play_ns", TimeNs), ("played", sa.Integer())):
            drills.alter_column(name, existing_type=kind, existing_nullable=False, server_default=None)
    op.create_index("ix_drills_play_ns", "drills", ["play_ns"])


def downgrade() -> None:
    """Drop them; what was told stands in the event log."""
    op.drop_index("ix_drills_play_ns", table_name="drills")
    with op.batch_alter_table("drills") as drills:
        for name in ("script", "play_ns", "played"):
            drills.drop_column(name)
    op.drop_table("public_notices")
    op.drop_table("warning_told")


def _create_told() -> None:
    op.create_table(
        "warning_told",
        sa.Column("warning", RowId, sa.ForeignKey("warnings.id"), primary_key=True),
        sa.Column("serial", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("department", Word, primary_key=True),
        sa.Column("told_ns", TimeNs, nullable=False),
        sa.Column("acknowledged_ns", TimeNs),
        sa.Column("acknowledged_by", Word, nullable=False),
        sa.Column("acknowledged_name", sa.String(), nullable=False),
    )


def _create_notices() -> None:
    op.create_table(
        "public_notices",
        sa.Column("id", RowId, primary_key=True, autoincrement=False),
        sa.Column("warning", RowId),
        sa.Column("activation", RowId),
        sa.Column("incident", RowId, sa.ForeignKey("incidents.id")),
        sa.Column("drill", sa.Boolean(), nullable=False),
        sa.Column("signer", Word, nullable=False),
        sa.Column("text", Json, nullable=False),
        sa.Column("state", Word, nullable=False),
        sa.Column("drafted_ns", TimeNs, nullable=False),
        sa.Column("drafted_by", Word, nullable=False),
        sa.Column("drafted_name", sa.String(), nullable=False),
        sa.Column("decided_ns", TimeNs),
        sa.Column("decided_by", Word, nullable=False),
        sa.Column("decided_name", sa.String(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("event", RowId, nullable=False),
    )
    op.create_index("ix_public_notices_event", "public_notices", ["event"])
    op.create_index("ix_public_notices_decided", "public_notices", ["state", "decided_ns"])
