"""The SQL tables of rules in shadow: since when, and what they found."""

from sqlalchemy import Boolean, Column, Double, Index, SmallInteger, String, Table, Text

from storage.columns import Json, TimeNs, Word
from storage.sql import METADATA

#: Alarms of rules that run in shadow, one row each. `level` is that of now, `worst` the highest that it reached, at
#: `worst_ns`; value, limit and evidence are those of that moment. Times are the sensors', `noted_ns` is the desk's.
SHADOW_ALARMS = Table(
    "shadow_alarms",
    METADATA,
    Column("alarm", Word, primary_key=True),
    Column("rule", Word, nullable=False),
    Column("rule_name", Json, nullable=False),
    Column("target", Word, nullable=False),
    Column("domain", Word, nullable=False),
    Column("district", Word, nullable=False),
    Column("incident_class", Word, nullable=False),
    Column("level", SmallInteger, nullable=False),
    Column("worst", SmallInteger, nullable=False),
    Column("raised_ns", TimeNs, nullable=False),
    Column("worst_ns", TimeNs, nullable=False),
    Column("ended_ns", TimeNs),
    Column("quantity", Word, nullable=False),
    Column("value", Double),
    Column("limit_value", Double),
    Column("unit", String, nullable=False),
    Column("late", Boolean, nullable=False),
    Column("recorded", Boolean, nullable=False),
    Column("evidence", Text, nullable=False),
    Column("noted_ns", TimeNs, nullable=False),
    Index("ix_shadow_alarms_rule", "rule", "raised_ns", "alarm"),
    Index("ix_shadow_alarms_noted", "noted_ns"),
)

#: Rules that run in shadow now, and since when, by the desk's clock.
SHADOW_RULES = Table(
    "shadow_rules",
    METADATA,
    Column("rule", Word, primary_key=True),
    Column("since_ns", TimeNs, nullable=False),
)
