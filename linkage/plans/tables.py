"""The SQL tables of proposals, responses, upward reports and drills."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, text

from storage.columns import Json, RowId, TimeNs, Word
from storage.sql import METADATA

#: The condition of proposals that stand, word for word as the indexes on it have it: SQLite uses them only then.
STANDING = text("stands")

#: The condition of a response that runs, word for word as its index has it.
RUNNING = text("ended_ns IS NULL")

#: What the system proposes; one line for each plan, area and mode counts at a time.
PROPOSALS = Table(
    "response_proposals",
    METADATA,
    Column("id", RowId, primary_key=True, autoincrement=False),
    Column("kind", Word, nullable=False),
    Column("plan", Word, nullable=False),
    Column("version", Word, nullable=False),
    Column("area", Word, nullable=False),
    Column("drill", Boolean, nullable=False),
    Column("level", Word, nullable=False),
    Column("from_level", Word, nullable=False),
    Column("need", Integer, nullable=False),
    Column("reasons", Json, nullable=False),
    Column("incidents", Json, nullable=False),
    Column("activation", RowId),
    Column("state", Word, nullable=False),
    Column("stands", Boolean, nullable=False),
    Column("made_ns", TimeNs, nullable=False),
    Column("changed_ns", TimeNs, nullable=False),
    Column("decided_ns", TimeNs),
    Column("decided_by", String, nullable=False),
    Column("note", Text, nullable=False),
    Index(
        "uq_response_proposals_standing",
        "plan",
        "area",
        "drill",
        unique=True,
        sqlite_where=STANDING,
        postgresql_where=STANDING,
    ),
)

#: A response that a person started; `plan_text` is the version that it runs by, whatever the folder says later.
ACTIVATIONS = Table(
    "plan_activations",
    METADATA,
    Column("id", RowId, primary_key=True, autoincrement=False),
    Column("plan", Word, nullable=False),
    Column("plan_version", Word, nullable=False),
    Column("plan_text", Text, nullable=False),
    Column("area", Word, nullable=False),
    Column("drill", Boolean, nullable=False),
    Column("level", Word, nullable=False),
    Column("highest", Word, nullable=False),
    Column("matter", Text, nullable=False),
    Column("measures", Text, nullable=False),
    Column("expected_ns", TimeNs, nullable=False),
    Column("incident", ForeignKey("incidents.id"), nullable=False, index=True),
    Column("started_ns", TimeNs, nullable=False),
    Column("started_by", Word, nullable=False),
    Column("started_name", String, nullable=False),
    Column("changed_ns", TimeNs, nullable=False),
    Column("ended_ns", TimeNs),
    Column("calm_ns", TimeNs),
    Column("version", Integer, nullable=False),
    Index(
        "uq_plan_activations_running",
        "plan",
        "area",
        "drill",
        unique=True,
        sqlite_where=RUNNING,
        postgresql_where=RUNNING,
    ),
)

#: The incidents that a response spans; its tasks are tasks of the one that it hangs on.
SPANNED = Table(
    "activation_incidents",
    METADATA,
    Column("activation", ForeignKey("plan_activations.id"), primary_key=True),
    Column("incident", ForeignKey("incidents.id"), primary_key=True, index=True),
    Column("since_ns", TimeNs, nullable=False),
)

#: A department's part in a response: whether it has seen it, and when its next report is due.
PARTS = Table(
    "activation_departments",
    METADATA,
    Column("activation", ForeignKey("plan_activations.id"), primary_key=True),
    Column("department", Word, primary_key=True),
    Column("called_ns", TimeNs, nullable=False),
    Column("ack", Boolean, nullable=False),
    Column("acknowledged_ns", TimeNs),
    Column("acknowledged_by", String, nullable=False),
    Column("every_min", Integer, nullable=False),
    Column("report_from_ns", TimeNs, nullable=False),
    Column("report_due_ns", TimeNs, nullable=False),
    Column("wake_ns", TimeNs, nullable=False, index=True),
    Column("reported_ns", TimeNs),
    Column("reports", Integer, nullable=False),
    Column("missed", Integer, nullable=False),
)

#: Reports upward (信息报送): what is due when, and what was signed and sent.
UPWARD = Table(
    "upward_reports",
    METADATA,
    Column("id", RowId, primary_key=True, autoincrement=False),
    Column("incident", ForeignKey("incidents.id"), nullable=False, index=True),
    Column("kind", Word, nullable=False),
    Column("serial", Integer, nullable=False),
    Column("grade", Word, nullable=False),
    Column("drill", Boolean, nullable=False),
    Column("from_ns", TimeNs, nullable=False),
    Column("due_ns", TimeNs, nullable=False),
    Column("wake_ns", TimeNs, nullable=False, index=True),
    Column("overdue", Boolean, nullable=False),
    Column("sent_ns", TimeNs),
    Column("dropped_ns", TimeNs),
    Column("signed_by", Word, nullable=False),
    Column("signed_name", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("body", Text, nullable=False),
    Index("ix_upward_reports_due", "sent_ns", "due_ns", "id"),
)

#: Exercises: what was played when; their incidents, responses and warnings carry `drill` themselves. `script` is what
#: simulated sensors say, `play_ns` when they speak next, `played` how many readings they have said.
DRILLS = Table(
    "drills",
    METADATA,
    Column("id", RowId, primary_key=True, autoincrement=False),
    Column("plan", Word, nullable=False),
    Column("plan_version", Word, nullable=False),
    Column("scenario", Word, nullable=False),
    Column("name", Json, nullable=False),
    Column("injects", Json, nullable=False),
    Column("given", Integer, nullable=False),
    Column("wake_ns", TimeNs, nullable=False, index=True),
    Column("incident", ForeignKey("incidents.id"), nullable=False),
    Column("warning", RowId),
    Column("started_ns", TimeNs, nullable=False),
    Column("started_by", Word, nullable=False),
    Column("started_name", String, nullable=False),
    Column("ended_ns", TimeNs),
    Column("note", Text, nullable=False),
    Column("script", Json, nullable=False),
    Column("play_ns", TimeNs, nullable=False, index=True),
    Column("played", Integer, nullable=False),
)
