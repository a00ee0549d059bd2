"""The SQL tables of what is held back or set aside, and of what people are asked to join."""

from sqlalchemy import Column, Double, ForeignKey, Index, Integer, SmallInteger, Table, Text, text

from storage.columns import Json, RowId, TimeNs, Word
from storage.sql import METADATA

_HELD_NOW = text("ended_ns IS NULL")

#: How a hold ends whose alarm then opened an incident by itself.
RELEASED_BY = "released"

#: The condition of such holds, word for word as the index on them has it.
RELEASED = text("ended_by = 'released'")

#: Alarms held back, one row for each rule, target and cause; it stays when the hold has ended, so that the level at
#: which it began is known as long as the cause lasts. `transition` is the last worsening, whole, to be judged again.
HELD_ALARMS = Table(
    "held_alarms",
    METADATA,
    Column("id", RowId, primary_key=True, autoincrement=False),
    Column("rule", Word, nullable=False),
    Column("target", Word, nullable=False),
    Column("reason", Word, nullable=False),
    Column("cause", Word, nullable=False),
    Column("alarm", Word, nullable=False),
    Column("rule_name", Json, nullable=False),
    Column("incident_class", Word, nullable=False),
    Column("domain", Word, nullable=False),
    Column("district", Word, nullable=False),
    Column("level", SmallInteger, nullable=False),
    Column("began", SmallInteger, nullable=False),
    Column("first_ns", TimeNs, nullable=False),
    Column("since_ns", TimeNs, nullable=False),
    Column("times", Integer, nullable=False),
    Column("ended_ns", TimeNs),
    Column("ended_by", Word, nullable=False),
    Column("wake_ns", TimeNs, nullable=False),
    Column("incident", ForeignKey("incidents.id")),
    Column("transition", Text, nullable=False),
    Index("uq_held_alarms_cause", "rule", "target", "reason", "cause", unique=True),
    Index("ix_held_alarms_alarm", "alarm"),
    Index("ix_held_alarms_wake", "wake_ns", sqlite_where=_HELD_NOW, postgresql_where=_HELD_NOW),
    Index(
        "ix_held_alarms_worst", "reason", "level", "first_ns", "id", sqlite_where=_HELD_NOW, postgresql_where=_HELD_NOW
    ),
    Index(
        "ix_held_alarms_capped",
        "reason",
        "rule",
        "level",
        "first_ns",
        "id",
        sqlite_where=_HELD_NOW,
        postgresql_where=_HELD_NOW,
    ),
    Index("ix_held_alarms_released", "ended_ns", sqlite_where=RELEASED, postgresql_where=RELEASED),
    Index("ix_held_alarms_listed", "since_ns", "id", sqlite_where=_HELD_NOW, postgresql_where=_HELD_NOW),
)

#: Two incidents that may be one: a person accepts, or declines with a reason.
PROPOSALS = Table(
    "join_proposals",
    METADATA,
    Column("id", RowId, primary_key=True, autoincrement=False),
    Column("incident", ForeignKey("incidents.id"), nullable=False),
    Column("into", ForeignKey("incidents.id"), nullable=False),
    Column("nearness", Word, nullable=False),
    Column("name", Json, nullable=False),
    Column("distance_m", Double, nullable=False),
    Column("apart_ns", TimeNs, nullable=False),
    Column("at_ns", TimeNs, nullable=False),
    Column("state", Word, nullable=False),
    Column("decided_ns", TimeNs),
    Column("actor", Word, nullable=False),
    Column("actor_name", Word, nullable=False),
    Column("note", Text, nullable=False),
    Index("uq_join_proposals_pair", "incident", "into", unique=True),
    Index("ix_join_proposals_into", "into"),
)

#: Changes of alarms that met a fault of ours when they were to be admitted, oldest first, with what followed of the
#: same alarms. `change` and `alarm` are the ids of both, `transition` is the change, whole, to be admitted later.
SET_ASIDE = Table(
    "set_aside_alarms",
    METADATA,
    Column("id", RowId, primary_key=True),
    Column("change", Word, nullable=False, unique=True),
    Column("alarm", Word, nullable=False),
    Column("rule", Word, nullable=False),
    Column("target", Word, nullable=False),
    Column("fault", Text, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("since_ns", TimeNs, nullable=False),
    Column("next_ns", TimeNs, nullable=False),
    Column("transition", Text, nullable=False),
    sqlite_autoincrement=True,
)
