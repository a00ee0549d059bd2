"""Let messages go to people, through other channels and by quota; keep attempts, channels, escalations and tokens."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from storage.columns import RowId, TimeNs, Word

revision = "telling_0001"
down_revision = "plans_0001"
branch_labels = None
depends_on = None

_HELD = sa.text("state = 'held'")
_FALLEN = sa.text("state = 'failed' AND succeeded_by IS NULL")
_SUCCEEDED = sa.text("succeeded_by IS NOT NULL")

#: Column of `messages`, its type, and what rows already there get; None where it may be empty.
_ADDED: tuple[tuple[str, sa.types.TypeEngine[Any], str | None], ...] = (
    ("kind", Word, "'event'"),
    ("task", RowId, None),
    ("escalation", RowId, None),
    ("person", Word, "''"),
    ("person_name", sa.String(), "''"),
    ("phone", sa.String(), "''"),
    ("succeeded_by", RowId, None),
    ("link_until_ns", TimeNs(), None),
    ("linked_ns", TimeNs(), None),
)


def upgrade() -> None:
    """Widen `messages`, fill what is there, and create the tables beside it."""
    with op.batch_alter_table("messages") as batch:
        batch.alter_column("incident", existing_type=RowId, nullable=True)
        for name, kind, _ in _ADDED:
            batch.add_column(sa.Column(name, kind))
    filled = ", ".join(f"{name} = {value}" for name, _, value in _ADDED if value is not None)
    op.execute(sa.text(f"UPDATE messages SET {filled}"))
    with op.batch_alter_table("messages") as batch:
        for name, kind, value in _ADDED:
            if value is not None:
                batch.alter_column(name, existing_type=kind, nullable=False)
    op.create_index(
        "ix_messages_held", "messages", ["next_ns", "department"], sqlite_where=_HELD, postgresql_where=_HELD
    )
    op.create_index("ix_messages_department", "messages", ["department", "created_ns"])
    op.create_index("ix_messages_failed", "messages", ["id"], sqlite_where=_FALLEN, postgresql_where=_FALLEN)
    op.create_index(
        "ix_messages_succeeded_by", "messages", ["succeeded_by"], sqlite_where=_SUCCEEDED, postgresql_where=_SUCCEEDED
    )
    _create_telling()
    _create_escalations()
    _create_calls()
    _create_tokens()


def downgrade() -> None:
    """Drop them again, with the messages that only the newer form can hold."""
    for table in ("system_tokens", "escalation_calls", "escalations", "channels", "message_attempts"):
        op.drop_table(table)
    op.drop_index("ix_messages_held", "messages")
    op.drop_index("ix_messages_department", "messages")
    op.drop_index("ix_messages_failed", "messages")
    op.drop_index("ix_messages_succeeded_by", "messages")
    op.execute(sa.text("DELETE FROM messages WHERE incident IS NULL"))
    op.execute(sa.text("UPDATE messages SET state = 'failed' WHERE state NOT IN ('waiting', 'sent')"))
    with op.batch_alter_table("messages") as batch:
        for name, _, _ in _ADDED:
            batch.drop_column(name)
        batch.alter_column("incident", existing_type=RowId, nullable=False)


def _create_telling() -> None:
    op.create_table(
        "message_attempts",
        sa.Column("id", RowId, nullable=False),
        sa.Column("message", RowId, nullable=False),
        sa.Column("channel", Word, nullable=False),
        sa.Column("at_ns", TimeNs, nullable=False),
        sa.Column("took_ms", sa.Integer, nullable=False),
        sa.Column("delivered", sa.Boolean, nullable=False),
        sa.Column("final", sa.Boolean, nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["message"], ["messages.id"], name=op.f("fk_message_attempts_message_messages")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_attempts")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_message_attempts_message", "message_attempts", ["message"])
    op.create_index("ix_message_attempts_channel", "message_attempts", ["channel", "at_ns"])
    op.create_table(
        "channels",
        sa.Column("name", Word, nullable=False),
        sa.Column("failing_ns", TimeNs),
        sa.Column("dead_ns", TimeNs),
        sa.Column("tried_ns", TimeNs, nullable=False),
        sa.Column("delivered_ns", TimeNs),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_channels")),
    )


def _create_escalations() -> None:
    op.create_table(
        "escalations",
        sa.Column("id", RowId, nullable=False),
        sa.Column("incident", RowId, nullable=False),
        sa.Column("task", RowId),
        sa.Column("department", Word, nullable=False),
        sa.Column("state", Word, nullable=False),
        sa.Column("rung", sa.SmallInteger, nullable=False),
        sa.Column("round", sa.SmallInteger, nullable=False),
        sa.Column("since_ns", TimeNs, nullable=False),
        sa.Column("started_ns", TimeNs, nullable=False),
        sa.Column("next_ns", TimeNs, nullable=False),
        sa.Column("answered_ns", TimeNs),
        sa.Column("answered_by", sa.String, nullable=False),
        sa.ForeignKeyConstraint(["incident"], ["incidents.id"], name=op.f("fk_escalations_incident_incidents")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalations")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_escalations_next", "escalations", ["next_ns", "id"])
    op.create_index("ix_escalations_incident", "escalations", ["incident", "id"])


def _create_calls() -> None:
    op.create_table(
        "escalation_calls",
        sa.Column("id", RowId, nullable=False),
        sa.Column("escalation", RowId, nullable=False),
        sa.Column("incident", RowId, nullable=False),
        sa.Column("department", Word, nullable=False),
        sa.Column("person", Word, nullable=False),
        sa.Column("person_name", sa.String, nullable=False),
        sa.Column("phone", sa.String, nullable=False),
        sa.Column("asked_ns", TimeNs, nullable=False),
        sa.Column("outcome", Word, nullable=False),
        sa.Column("called_ns", TimeNs),
        sa.Column("caller", Word, nullable=False),
        sa.Column("caller_name", sa.String, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(
            ["escalation"], ["escalations.id"], name=op.f("fk_escalation_calls_escalation_escalations")
        ),
        sa.ForeignKeyConstraint(["incident"], ["incidents.id"], name=op.f("fk_escalation_calls_incident_incidents")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalation_calls")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_escalation_calls_escalation", "escalation_calls", ["escalation"])
    op.create_index("ix_escalation_calls_incident", "escalation_calls", ["incident"])


def _create_tokens() -> None:
    op.create_table(
        "system_tokens",
        sa.Column("id", RowId, nullable=False),
        sa.Column("department", Word, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("created_ns", TimeNs, nullable=False),
        sa.Column("created_by", sa.String, nullable=False),
        sa.Column("used_ns", TimeNs),
        sa.Column("revoked_ns", TimeNs),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_system_tokens")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_system_tokens_token_hash")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_system_tokens_department", "system_tokens", ["department"])
