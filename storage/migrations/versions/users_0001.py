"""Create the users, their sessions and their one-time sign-in links."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Json, RowId, TimeNs, Word

revision = "users_0001"
down_revision = "registry_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "users",
        sa.Column("id", RowId, nullable=False),
        sa.Column("username", Word, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("password_hash", sa.String, nullable=False),
        sa.Column("roles", Json, nullable=False),
        sa.Column("department", Word, nullable=False),
        sa.Column("district", Word, nullable=False),
        sa.Column("language", sa.String, nullable=False),
        sa.Column("created_ns", TimeNs, nullable=False),
        sa.Column("disabled_ns", TimeNs),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("username", name=op.f("uq_users_username")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "sessions",
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("user_id", RowId, nullable=False),
        sa.Column("created_ns", TimeNs, nullable=False),
        sa.Column("seen_ns", TimeNs, nullable=False),
        sa.Column("expires_ns", TimeNs, nullable=False),
        sa.Column("address", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_sessions")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sessions_user_id_users"), ondelete="CASCADE"),
    )
    op.create_index(op.f("ix_sessions_user_id"), "sessions", ["user_id"])
    op.create_index(op.f("ix_sessions_expires_ns"), "sessions", ["expires_ns"])
    op.create_table(
        "sign_in_links",
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("user_id", RowId, nullable=False),
        sa.Column("created_ns", TimeNs, nullable=False),
        sa.Column("expires_ns", TimeNs, nullable=False),
        sa.Column("used_ns", TimeNs),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_sign_in_links")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_sign_in_links_user_id_users"), ondelete="CASCADE"
        ),
    )
    op.create_index(op.f("ix_sign_in_links_user_id"), "sign_in_links", ["user_id"])


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("sign_in_links")
    op.drop_table("sessions")
    op.drop_table("users")
