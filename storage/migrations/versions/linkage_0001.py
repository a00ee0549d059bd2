"""Create the linkage queue: incidents, tasks, alarms admitted, the event log and the outbox of messages."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Json, RowId, TimeNs, Word

revision = "linkage_0001"
down_revision = "users_0001"
branch_labels = None
depends_on = None

_OPEN = sa.text("ended_ns IS NULL")
_ENDED = sa.text("ended_ns IS NOT NULL")
_OPEN_KEY = sa.text("open")
_WAITING = sa.text("state = 'waiting'")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "event_chain",
        sa.Column("id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("number", RowId, nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_chain")),
    )
    op.create_table(
        "incidents",
        sa.Column("id", RowId, autoincrement=False, nullable=False),
        sa.Column("number", Word, nullable=False),
        sa.Column("title", Json, nullable=False),
        sa.Column("incident_class", Word, nullable=False),
        sa.Column("domain", Word, nullable=False),
        sa.Column("state", Word, nullable=False),
        sa.Column("priority", sa.SmallInteger, nullable=False),
        sa.Column("level", sa.SmallInteger, nullable=False),
        sa.Column("worst_level", sa.SmallInteger, nullable=False),
        sa.Column("source", Word, nullable=False),
        sa.Column("rule", Word, nullable=False),
        sa.Column("sensor", Word),
        sa.Column("longitude", sa.Double),
        sa.Column("latitude", sa.Double),
        sa.Column("district", Word, nullable=False),
        sa.Column("place", sa.String, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("first_actions", Json, nullable=False),
        sa.Column("proposed", Json, nullable=False),
        sa.Column("reporter", Word, nullable=False),
        sa.Column("opened_ns", TimeNs, nullable=False),
        sa.Column("happened_ns", TimeNs, nullable=False),
        sa.Column("acknowledged_ns", TimeNs),
        sa.Column("verified_ns", TimeNs),
        sa.Column("filed_ns", TimeNs),
        sa.Column("recovered_ns", TimeNs),
        sa.Column("unconfirmed_ns", TimeNs),
        sa.Column("confirm_by_ns", TimeNs),
        sa.Column("ended_ns", TimeNs),
        sa.Column("disposition", Word),
        sa.Column("alarms", sa.Integer, nullable=False),
        sa.Column("active", sa.Integer, nullable=False),
        sa.Column("late", sa.Boolean, nullable=False),
        sa.Column("recorded", sa.Boolean, nullable=False),
        sa.Column("drill", sa.Boolean, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("acknowledged", sa.SmallInteger, nullable=False),
        sa.Column("due_ns", TimeNs, nullable=False),
        sa.Column("due_stage", Word, nullable=False),
        sa.Column("due_from_ns", TimeNs, nullable=False),
        sa.Column("wake_ns", TimeNs, nullable=False),
        sa.Column("marked_ns", TimeNs, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incidents")),
        sa.UniqueConstraint("number", name=op.f("uq_incidents_number")),
    )
    filtered = ["state", "domain", "district", "incident_class", "reporter"]
    op.create_index(
        "ix_incidents_ended",
        "incidents",
        ["ended_ns", "id", "priority", *filtered],
        sqlite_where=_ENDED,
        postgresql_where=_ENDED,
    )
    op.create_index(
        "ix_incidents_queue",
        "incidents",
        ["acknowledged", "priority", "due_ns", "opened_ns", "id", *filtered],
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )
    op.create_index("ix_incidents_words", "incidents", ["words", "id"], sqlite_where=_OPEN, postgresql_where=_OPEN)
    op.create_index("ix_incidents_reporter", "incidents", ["reporter"])
    op.create_index("ix_incidents_wake", "incidents", ["wake_ns"])
    op.create_table(
        "admissions",
        sa.Column("transition", Word, nullable=False),
        sa.Column("alarm", Word, nullable=False),
        sa.Column("rule", Word, nullable=False),
        sa.Column("rule_name", Json, nullable=False),
        sa.Column("target", Word, nullable=False),
        sa.Column("change", Word, nullable=False),
        sa.Column("level", sa.SmallInteger, nullable=False),
        sa.Column("time_ns", TimeNs, nullable=False),
        sa.Column("arrival_ns", TimeNs, nullable=False),
        sa.Column("quantity", Word, nullable=False),
        sa.Column("value", sa.Double),
        sa.Column("limit_value", sa.Double),
        sa.Column("unit", sa.String, nullable=False),
        sa.Column("late", sa.Boolean, nullable=False),
        sa.Column("evidence", sa.Text, nullable=False),
        sa.Column("action", Word, nullable=False),
        sa.Column("reason", Word, nullable=False),
        sa.Column("incident", RowId),
        sa.Column("decided_ns", TimeNs, nullable=False),
        sa.ForeignKeyConstraint(["incident"], ["incidents.id"], name=op.f("fk_admissions_incident_incidents")),
        sa.PrimaryKeyConstraint("transition", name=op.f("pk_admissions")),
    )
    op.create_index("ix_admissions_incident", "admissions", ["incident", "decided_ns"])
    op.create_table(
        "events",
        sa.Column("number", RowId, autoincrement=False, nullable=False),
        sa.Column("incident", RowId, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("task", RowId),
        sa.Column("department", Word),
        sa.Column("step", Word, nullable=False),
        sa.Column("from_state", Word, nullable=False),
        sa.Column("to_state", Word, nullable=False),
        sa.Column("actor", Word),
        sa.Column("actor_name", sa.String, nullable=False),
        sa.Column("at_ns", TimeNs, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("data", sa.Text, nullable=False),
        sa.Column("before", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["incident"], ["incidents.id"], name=op.f("fk_events_incident_incidents")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_events")),
    )
    op.create_index("ix_events_actor", "events", ["actor", "incident"])
    op.create_index("ix_events_incident", "events", ["incident", "number"])
    op.create_table(
        "incident_alarms",
        sa.Column("alarm", Word, nullable=False),
        sa.Column("incident", RowId, nullable=False),
        sa.Column("rule", Word, nullable=False),
        sa.Column("target", Word, nullable=False),
        sa.Column("level", sa.SmallInteger, nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.ForeignKeyConstraint(["incident"], ["incidents.id"], name=op.f("fk_incident_alarms_incident_incidents")),
        sa.PrimaryKeyConstraint("alarm", name=op.f("pk_incident_alarms")),
    )
    op.create_index("ix_incident_alarms_level", "incident_alarms", ["incident", "active", "level"])
    op.create_table(
        "incident_keys",
        sa.Column("incident", RowId, nullable=False),
        sa.Column("rule", Word, nullable=False),
        sa.Column("target", Word, nullable=False),
        sa.Column("open", sa.Boolean, nullable=False),
        sa.ForeignKeyConstraint(["incident"], ["incidents.id"], name=op.f("fk_incident_keys_incident_incidents")),
        sa.PrimaryKeyConstraint("incident", "rule", "target", name=op.f("pk_incident_keys")),
    )
    op.create_index(
        "uq_incident_keys_open",
        "incident_keys",
        ["rule", "target"],
        unique=True,
        sqlite_where=_OPEN_KEY,
        postgresql_where=_OPEN_KEY,
    )
    op.create_table(
        "messages",
        sa.Column("id", RowId, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("incident", RowId, nullable=False),
        sa.Column("event", RowId, nullable=False),
        sa.Column("department", Word, nullable=False),
        sa.Column("channel", Word, nullable=False),
        sa.Column("subject", sa.String, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("state", Word, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("created_ns", TimeNs, nullable=False),
        sa.Column("next_ns", TimeNs, nullable=False),
        sa.Column("tried_ns", TimeNs, nullable=False),
        sa.Column("sent_ns", TimeNs),
        sa.Column("answer", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["incident"], ["incidents.id"], name=op.f("fk_messages_incident_incidents")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint("key", name=op.f("uq_messages_key")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_messages_incident"), "messages", ["incident"])
    op.create_index(
        "ix_messages_due", "messages", ["channel", "next_ns", "id"], sqlite_where=_WAITING, postgresql_where=_WAITING
    )
    op.create_index("ix_messages_tried", "messages", ["channel", "tried_ns"])
    op.create_table(
        "tasks",
        sa.Column("id", RowId, autoincrement=False, nullable=False),
        sa.Column("incident", RowId, nullable=False),
        sa.Column("department", Word, nullable=False),
        sa.Column("state", Word, nullable=False),
        sa.Column("mandatory", sa.Boolean, nullable=False),
        sa.Column("dispatched_ns", TimeNs, nullable=False),
        sa.Column("accepted_ns", TimeNs),
        sa.Column("arrived_ns", TimeNs),
        sa.Column("fed_back_ns", TimeNs),
        sa.Column("checked_ns", TimeNs),
        sa.Column("ended_ns", TimeNs),
        sa.Column("due_ns", TimeNs, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("reason", Word, nullable=False),
        sa.ForeignKeyConstraint(["incident"], ["incidents.id"], name=op.f("fk_tasks_incident_incidents")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
    )
    op.create_index("ix_tasks_department", "tasks", ["department", "due_ns", "id"])
    op.create_index(op.f("ix_tasks_incident"), "tasks", ["incident"])
    op.create_index(
        "uq_tasks_leg", "tasks", ["incident", "department"], unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN
    )


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("admissions")
    op.drop_table("event_chain")
    op.drop_table("events")
    op.drop_table("incident_alarms")
    op.drop_table("incident_keys")
    op.drop_table("messages")
    op.drop_table("tasks")
    op.drop_table("incidents")
