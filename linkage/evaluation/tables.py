"""The SQL tables of evaluation: derived from the event log, and made anew from it whenever somebody wants."""

from sqlalchemy import Boolean, Column, Index, Integer, SmallInteger, Table

from storage.columns import RowId, TimeNs, Word
from storage.sql import METADATA

#: One row for each deadline ever given (`linkage.evaluation.facts.Fact`), with what it is filtered by beside it.
FACTS = Table(
    "evaluation_facts",
    METADATA,
    Column("incident", RowId, primary_key=True, autoincrement=False),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("kind", Word, nullable=False),
    Column("due_ns", TimeNs, nullable=False),
    Column("outcome", Word, nullable=False),
    Column("department", Word, nullable=False),
    Column("person", Word, nullable=False),
    Column("marks", Word, nullable=False),
    Column("source", Word, nullable=False),
    Column("district", Word, nullable=False),
    Column("grid", Word, nullable=False),
    Column("drill", Boolean, nullable=False),
    Index("ix_evaluation_facts_due", "kind", "due_ns"),
)

#: One row for each incident.
STORIES = Table(
    "evaluation_stories",
    METADATA,
    Column("incident", RowId, primary_key=True, autoincrement=False),
    Column("due_ns", TimeNs, nullable=False),
    Column("opened_ns", TimeNs, nullable=False),
    Column("happened_ns", TimeNs, nullable=False),
    Column("prompt", Boolean, nullable=False),
    Column("source", Word, nullable=False),
    Column("rule", Word, nullable=False),
    Column("priority", SmallInteger, nullable=False),
    Column("district", Word, nullable=False),
    Column("grid", Word, nullable=False),
    Column("drill", Boolean, nullable=False),
    Column("disposition", Word, nullable=False),
    Column("incident_class", Word, nullable=False),
    Column("filing", Word, nullable=False),
    Column("closing", Word, nullable=False),
    Index("ix_evaluation_stories_due", "due_ns"),
)

#: One row for each department's leg, with its times.
LEGS = Table(
    "evaluation_legs",
    METADATA,
    Column("incident", RowId, primary_key=True, autoincrement=False),
    Column("task", RowId, primary_key=True, autoincrement=False),
    Column("department", Word, nullable=False),
    Column("event", RowId, nullable=False),
    Column("due_ns", TimeNs, nullable=False),
    Column("dispatched_ns", TimeNs, nullable=False),
    Column("accepted_ns", TimeNs),
    Column("arrived_ns", TimeNs),
    Column("fed_back_ns", TimeNs),
    Column("checked_ns", TimeNs),
    Column("told_ns", TimeNs),
    Index("ix_evaluation_legs_due", "due_ns"),
)

#: Up to which event the tables above have followed the log.
BOOKMARK = Table(
    "evaluation_bookmark",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("number", RowId, nullable=False),
)
