"""Create CAP, sent and received, and the lease by which one of several desks works."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Json, RowId, TimeNs, Word

revision = "cap_0001"
down_revision = "evaluation_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "cap_position",
        sa.Column("id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("number", RowId, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cap_position")),
    )
    _create_messages()
    _create_received()
    op.create_table(
        "cap_references",
        sa.Column("message", RowId, nullable=False),
        sa.Column("sender", Word, nullable=False),
        sa.Column("identifier", Word, nullable=False),
        sa.Column("sent_ns", TimeNs, nullable=False),
        sa.ForeignKeyConstraint(["message"], ["cap_received.id"], name=op.f("fk_cap_references_message_cap_received")),
        sa.PrimaryKeyConstraint("message", "sender", "identifier", "sent_ns", name=op.f("pk_cap_references")),
    )
    op.create_index("ix_cap_references_named", "cap_references", ["sender", "identifier", "sent_ns"])
    op.create_table(
        "leases",
        sa.Column("name", Word, nullable=False),
        sa.Column("holder", Word, nullable=False),
        sa.Column("token", RowId, nullable=False),
        sa.Column("expires_ns", TimeNs, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_leases")),
    )


def downgrade() -> None:
    """Drop the tables."""
    for table in ("leases", "cap_references", "cap_received", "cap_messages", "cap_position"):
        op.drop_table(table)


def _create_messages() -> None:
    op.create_table(
        "cap_messages",
        sa.Column("id", RowId, nullable=False),
        sa.Column("subject", Word, nullable=False),
        sa.Column("incident", RowId),
        sa.Column("identifier", Word, nullable=False),
        sa.Column("sender", Word, nullable=False),
        sa.Column("sent_ns", TimeNs, nullable=False),
        sa.Column("msg_type", Word, nullable=False),
        sa.Column("status", Word, nullable=False),
        sa.Column("scope", Word, nullable=False),
        sa.Column("headline", Json, nullable=False),
        sa.Column("expires_ns", TimeNs, nullable=False),
        sa.Column("newest", sa.Boolean, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("xml", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["incident"], ["incidents.id"], name=op.f("fk_cap_messages_incident_incidents")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cap_messages")),
        sa.UniqueConstraint("identifier", name=op.f("uq_cap_messages_identifier")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_cap_messages_subject", "cap_messages", ["subject", "id"])
    op.create_index("ix_cap_messages_scope", "cap_messages", ["scope", "newest", "expires_ns"])
    op.create_index("ix_cap_messages_incident", "cap_messages", ["incident"])


def _create_received() -> None:
    op.create_table(
        "cap_received",
        sa.Column("id", RowId, nullable=False),
        sa.Column("sender", Word, nullable=False),
        sa.Column("identifier", Word, nullable=False),
        sa.Column("sent_ns", TimeNs, nullable=False),
        sa.Column("source", Word, nullable=False),
        sa.Column("received_ns", TimeNs, nullable=False),
        sa.Column("msg_type", Word, nullable=False),
        sa.Column("status", Word, nullable=False),
        sa.Column("state", Word, nullable=False),
        sa.Column("reason", Word, nullable=False),
        sa.Column("category", Word, nullable=False),
        sa.Column("level", Word, nullable=False),
        sa.Column("level_from", Word, nullable=False),
        sa.Column("districts", Json, nullable=False),
        sa.Column("headline", Json, nullable=False),
        sa.Column("starts_ns", TimeNs, nullable=False),
        sa.Column("expires_ns", TimeNs, nullable=False),
        sa.Column("drill", sa.Boolean, nullable=False),
        sa.Column("text", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cap_received")),
        sa.UniqueConstraint("sender", "identifier", "sent_ns", name=op.f("uq_cap_received_sender_identifier_sent_ns")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_cap_received_state", "cap_received", ["state", "expires_ns"])
