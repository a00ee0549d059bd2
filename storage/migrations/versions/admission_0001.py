"""Silences, alarms held back, proposals to join, and where each alarm of an incident burns."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from storage.columns import Json, RowId, TimeNs, Word

revision = "admission_0001"
down_revision = "roster_0001"
branch_labels = None
depends_on = None

_HELD_NOW = sa.text("ended_ns IS NULL")
_OPENED = sa.text("action = 'open'")
_OPEN_KEY = sa.text("open")

_WHERE = ("site", "upstream", "grid", "district")


def upgrade() -> None:
    """Create the tables; alarms already there burn since their incident began, at a place that is not known."""
    _widen_members()
    op.create_index(
        "ix_incident_keys_asset", "incident_keys", ["target"], sqlite_where=_OPEN_KEY, postgresql_where=_OPEN_KEY
    )
    op.create_index("ix_admissions_rhythm", "admissions", ["rule", "target", "arrival_ns"])
    op.create_index(
        "ix_admissions_opened", "admissions", ["decided_ns"], sqlite_where=_OPENED, postgresql_where=_OPENED
    )
    _create_held()
    _create_proposals()
    _create_silences()


def downgrade() -> None:
    """Drop them again; what is held back is judged anew only when it changes."""
    for table in ("silences", "join_proposals", "held_alarms"):
        op.drop_table(table)
    op.drop_index("ix_admissions_opened", "admissions")
    op.drop_index("ix_admissions_rhythm", "admissions")
    op.drop_index("ix_incident_keys_asset", "incident_keys")
    for name in ("site", "upstream", "rule"):
        op.drop_index(f"ix_incident_alarms_{name}", "incident_alarms")
    with op.batch_alter_table("incident_alarms") as batch:
        for name in ("since_ns", *_WHERE, "with_asset"):
            batch.drop_column(name)


def _widen_members() -> None:
    kinds: dict[str, Any] = {"since_ns": TimeNs(), **dict.fromkeys(_WHERE, Word), "with_asset": sa.Boolean()}
    with op.batch_alter_table("incident_alarms") as batch:
        for name, kind in kinds.items():
            batch.add_column(sa.Column(name, kind))
    since = "SELECT opened_ns FROM incidents WHERE incidents.id = incident_alarms.incident"
    places = ", ".join(f"{name} = ''" for name in _WHERE)
    op.execute(sa.text(f"UPDATE incident_alarms SET since_ns = ({since}), with_asset = false, {places}"))
    with op.batch_alter_table("incident_alarms") as batch:
        for name, kind in kinds.items():
            batch.alter_column(name, existing_type=kind, nullable=False)
    op.create_index("ix_incident_alarms_rule", "incident_alarms", ["rule", "active", "target"])
    op.create_index("ix_incident_alarms_upstream", "incident_alarms", ["upstream", "active", "since_ns"])
    op.create_index("ix_incident_alarms_site", "incident_alarms", ["site", "active", "since_ns"])


def _create_held() -> None:
    op.create_table(
        "held_alarms",
        sa.Column("id", RowId, nullable=False, autoincrement=False),
        *(sa.Column(name, Word, nullable=False) for name in ("rule", "target", "reason", "cause", "alarm")),
        sa.Column("rule_name", Json, nullable=False),
        *(sa.Column(name, Word, nullable=False) for name in ("incident_class", "domain", "district")),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("began", sa.SmallInteger(), nullable=False),
        sa.Column("first_ns", TimeNs, nullable=False),
        sa.Column("since_ns", TimeNs, nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("ended_ns", TimeNs),
        sa.Column("ended_by", Word, nullable=False),
        sa.Column("wake_ns", TimeNs, nullable=False),
        sa.Column("incident", RowId),
        sa.Column("transition", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["incident"], ["incidents.id"], name=op.f("fk_held_alarms_incident_incidents")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_held_alarms")),
    )
    op.create_index("uq_held_alarms_cause", "held_alarms", ["rule", "target", "reason", "cause"], unique=True)
    op.create_index("ix_held_alarms_alarm", "held_alarms", ["alarm"])
    for name, columns in (
        ("wake", ["wake_ns"]),
        ("worst", ["reason", "level", "first_ns", "id"]),
        ("listed", ["since_ns", "id"]),
    ):
        op.create_index(
            f"ix_held_alarms_{name}", "held_alarms", columns, sqlite_where=_HELD_NOW, postgresql_where=_HELD_NOW
        )


def _create_proposals() -> None:
    op.create_table(
        "join_proposals",
        sa.Column("id", RowId, nullable=False, autoincrement=False),
        sa.Column("incident", RowId, nullable=False),
        sa.Column("into", RowId, nullable=False),
        sa.Column("nearness", Word, nullable=False),
        sa.Column("name", Json, nullable=False),
        sa.Column("distance_m", sa.Double(), nullable=False),
        sa.Column("apart_ns", TimeNs, nullable=False),
        sa.Column("at_ns", TimeNs, nullable=False),
        sa.Column("state", Word, nullable=False),
        sa.Column("decided_ns", TimeNs),
        sa.Column("actor", Word, nullable=False),
        sa.Column("actor_name", Word, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["incident"], ["incidents.id"], name=op.f("fk_join_proposals_incident_incidents")),
        sa.ForeignKeyConstraint(["into"], ["incidents.id"], name=op.f("fk_join_proposals_into_incidents")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_join_proposals")),
    )
    op.create_index("uq_join_proposals_pair", "join_proposals", ["incident", "into"], unique=True)
    op.create_index("ix_join_proposals_into", "join_proposals", ["into"])


def _create_silences() -> None:
    op.create_table(
        "silences",
        sa.Column("id", RowId, nullable=False, autoincrement=False),
        sa.Column("kind", Word, nullable=False),
        sa.Column("matchers", Json, nullable=False),
        sa.Column("starts_ns", TimeNs, nullable=False),
        sa.Column("until_ns", TimeNs, nullable=False),
        sa.Column("with_alarm", sa.Boolean(), nullable=False),
        sa.Column("alarms", Json, nullable=False),
        sa.Column("windows", Json, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("author", Word, nullable=False),
        sa.Column("author_name", sa.String(), nullable=False),
        sa.Column("department", Word, nullable=False),
        sa.Column("created_ns", TimeNs, nullable=False),
        sa.Column("ended_ns", TimeNs),
        sa.Column("ended_how", Word, nullable=False),
        sa.Column("warned_ns", TimeNs, nullable=False),
        sa.Column("hidden", sa.Integer(), nullable=False),
        sa.Column("wake_ns", TimeNs, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_silences")),
    )
    op.create_index("ix_silences_wake", "silences", ["wake_ns"], sqlite_where=_HELD_NOW, postgresql_where=_HELD_NOW)
    op.create_index("ix_silences_ended", "silences", ["ended_ns", "id"])
