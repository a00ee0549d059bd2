"""The SQL tables of the equipment lane."""

from sqlalchemy import Boolean, Column, Double, ForeignKey, Index, Integer, SmallInteger, String, Table, Text, text

from storage.columns import Json, RowId, TimeNs, Word
from storage.sql import METADATA

#: The condition of hints that are open, word for word as the indexes on them have it.
OPEN = text("ended_ns IS NULL")

#: Hints, one row each; a sensor has at most one that is open. `department` looks after the sensor; `level` is that of
#: its worst active alarm, `worst` the highest it had; `times` counts how often it was opened.
HINTS = Table(
    "hints",
    METADATA,
    Column("id", RowId, primary_key=True, autoincrement=False),
    Column("target", Word, nullable=False),
    Column("domain", Word, nullable=False),
    Column("district", Word, nullable=False),
    Column("department", Word, nullable=False),
    Column("level", SmallInteger, nullable=False),
    Column("worst", SmallInteger, nullable=False),
    Column("incident_class", Word, nullable=False),
    Column("priority", SmallInteger, nullable=False),
    Column("recorded", Boolean, nullable=False),
    Column("times", Integer, nullable=False),
    Column("opened_ns", TimeNs, nullable=False),
    Column("changed_ns", TimeNs, nullable=False),
    Column("ordered_ns", TimeNs),
    Column("ordered_by", Word, nullable=False),
    Column("ordered_by_name", String, nullable=False),
    Column("order_note", Text, nullable=False),
    Column("ended_ns", TimeNs),
    Column("ended_how", Word, nullable=False),
    Column("ended_by", Word, nullable=False),
    Column("ended_by_name", String, nullable=False),
    Column("end_note", Text, nullable=False),
    Column("incident", ForeignKey("incidents.id")),
    Index("uq_hints_open", "target", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),
    Index("ix_hints_listed", "level", "id", sqlite_where=OPEN, postgresql_where=OPEN),
    Index("ix_hints_target", "target", "id"),
    Index("ix_hints_ended", "ended_ns", "id"),
)

#: Alarms of hints, one row each, as they stand now; value, limit and evidence are those of the last worsening.
HINT_ALARMS = Table(
    "hint_alarms",
    METADATA,
    Column("alarm", Word, primary_key=True),
    Column("hint", ForeignKey("hints.id"), nullable=False),
    Column("rule", Word, nullable=False),
    Column("rule_name", Json, nullable=False),
    Column("kind", Word, nullable=False),
    Column("level", SmallInteger, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("raised_ns", TimeNs, nullable=False),
    Column("cleared_ns", TimeNs),
    Column("quantity", Word, nullable=False),
    Column("value", Double),
    Column("limit_value", Double),
    Column("unit", String, nullable=False),
    Column("evidence", Text, nullable=False),
    Index("ix_hint_alarms_hint", "hint", "alarm"),
)
