"""The SQL tables of the linkage queue: the event log is the truth, the rest can be derived from it and serves speed."""

from sqlalchemy import Boolean, Column, Double, ForeignKey, Index, Integer, SmallInteger, String, Table, Text, text

from storage.columns import Json, RowId, TimeNs, Word
from storage.sql import METADATA

#: Stands for "no deadline" in columns that are sorted and compared (the largest number SQL keeps).
NEVER_NS = 2**63 - 1

_OPEN = text("ended_ns IS NULL")
_ENDED = text("ended_ns IS NOT NULL")
_BURNING = text("ended_ns IS NULL AND recovered_ns IS NULL")

#: The condition of keys that are held, word for word as the index on them has it: SQLite uses it only then.
HELD = text("open")

#: The condition of admissions that opened an incident, word for word as the index on them has it.
OPENED = text("action = 'open'")

#: The condition of messages not yet sent, word for word as the index on them has it.
WAITING = text("state = 'waiting'")

#: The condition of messages that failed and for which no other channel was looked for yet, as the index on them has it.
FALLEN = text("state = 'failed' AND succeeded_by IS NULL")

_SUCCEEDED = text("succeeded_by IS NOT NULL")

#: The condition of messages that a quota holds, word for word as the index on them has it.
KEPT_BACK = text("state = 'held'")

#: The order of open incidents: unacknowledged, priority, nearest deadline, oldest.
QUEUE_ORDER = ("acknowledged", "priority", "due_ns", "opened_ns", "id")

#: The order, turned round, of ended incidents.
ENDED_ORDER = ("ended_ns", "id")

#: What open incidents near a place are found by.
NEAR = ("incident_class", "latitude", "longitude", "opened_ns", "id")

_FILTERED = ("state", "domain", "district", "incident_class", "reporter", "jurisdiction")

INCIDENTS = Table(
    "incidents",
    METADATA,
    Column("id", RowId, primary_key=True, autoincrement=False),
    Column("number", Word, nullable=False, unique=True),
    Column("title", Json, nullable=False),
    Column("incident_class", Word, nullable=False),
    Column("domain", Word, nullable=False),
    Column("state", Word, nullable=False),
    Column("priority", SmallInteger, nullable=False),
    Column("level", SmallInteger, nullable=False),
    Column("worst_level", SmallInteger, nullable=False),
    Column("source", Word, nullable=False),
    Column("rule", Word, nullable=False),
    Column("sensor", Word),
    Column("longitude", Double),
    Column("latitude", Double),
    Column("district", Word, nullable=False),
    Column("place", String, nullable=False),
    Column("note", Text, nullable=False),
    Column("first_actions", Json, nullable=False),
    Column("proposed", Json, nullable=False),
    Column("reporter", Word, nullable=False),
    Column("opened_ns", TimeNs, nullable=False),
    Column("happened_ns", TimeNs, nullable=False),
    Column("acknowledged_ns", TimeNs),
    Column("verified_ns", TimeNs),
    Column("filed_ns", TimeNs),
    Column("recovered_ns", TimeNs),
    Column("unconfirmed_ns", TimeNs),
    Column("confirm_by_ns", TimeNs),
    Column("ended_ns", TimeNs),
    Column("disposition", Word),
    Column("alarms", Integer, nullable=False),
    Column("active", Integer, nullable=False),
    Column("late", Boolean, nullable=False),
    Column("recorded", Boolean, nullable=False),
    Column("drill", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
    Column("proposed_why", Json, nullable=False),
    Column("sent_back_ns", TimeNs),
    Column("event_grade", Word, nullable=False),
    Column("warning_level", Word, nullable=False),
    Column("response_level", Word, nullable=False),
    Column("jurisdiction", Word, nullable=False),
    Column("verifier", Word, nullable=False),
    Column("plan", Word, nullable=False),
    Column("reopened", Integer, nullable=False),
    Column("condition", Word, nullable=False),
    Column("doubted", Integer, nullable=False),
    # Derived from the above and from the tasks: the queue's order, the nearest deadline, the next look of the clocks.
    Column("acknowledged", SmallInteger, nullable=False),
    Column("due_ns", TimeNs, nullable=False),
    Column("due_stage", Word, nullable=False),
    Column("due_from_ns", TimeNs, nullable=False),
    Column("due_yellow_ns", TimeNs, nullable=False),
    Column("wake_ns", TimeNs, nullable=False),
    Column("marked_ns", TimeNs, nullable=False),
    Column("words", Text, nullable=False),
    # Behind its order each list's index carries what it is filtered by, so that a scan need not read the wide rows.
    Index("ix_incidents_queue", *QUEUE_ORDER, *_FILTERED, sqlite_where=_OPEN, postgresql_where=_OPEN),
    Index("ix_incidents_ended", *ENDED_ORDER, "priority", *_FILTERED, sqlite_where=_ENDED, postgresql_where=_ENDED),
    Index("ix_incidents_ended_words", *ENDED_ORDER, "words", sqlite_where=_ENDED, postgresql_where=_ENDED),
    Index("ix_incidents_reporter", "reporter"),
    Index("ix_incidents_wake", "wake_ns"),
    # What plans look at: one index alone says what burns where.
    Index(
        "ix_incidents_burning",
        "drill",
        "incident_class",
        "level",
        "priority",
        "opened_ns",
        "district",
        sqlite_where=_BURNING,
        postgresql_where=_BURNING,
    ),
    # Finds what is open near a place: near duplicates of a report.
    Index("ix_incidents_near", *NEAR, sqlite_where=_OPEN, postgresql_where=_OPEN),
    Index("ix_incidents_sensor", "sensor", "id"),
)

#: Rule and target that an incident answers for; at most one open incident each.
KEYS = Table(
    "incident_keys",
    METADATA,
    Column("incident", ForeignKey("incidents.id"), primary_key=True),
    Column("rule", Word, primary_key=True),
    Column("target", Word, primary_key=True),
    Column("open", Boolean, nullable=False),
    Index("uq_incident_keys_open", "rule", "target", unique=True, sqlite_where=HELD, postgresql_where=HELD),
    Index("ix_incident_keys_target", "rule", "target", "incident"),  # which incident answered for it last
    Index("ix_incident_keys_asset", "target", sqlite_where=HELD, postgresql_where=HELD),
)

#: Alarms that belong to an incident, as they stand now.
MEMBERS = Table(
    "incident_alarms",
    METADATA,
    Column("alarm", Word, primary_key=True),
    Column("incident", ForeignKey("incidents.id"), nullable=False),
    Column("rule", Word, nullable=False),
    Column("target", Word, nullable=False),
    Column("level", SmallInteger, nullable=False),
    Column("active", Boolean, nullable=False),
    # Where it burns and since when, so that alarms of one asset, and what inhibits others, are found by an index.
    Column("since_ns", TimeNs, nullable=False),
    Column("site", Word, nullable=False),
    Column("upstream", Word, nullable=False),
    Column("grid", Word, nullable=False),
    Column("district", Word, nullable=False),
    Column("with_asset", Boolean, nullable=False),
    Column("unconfirmed", Boolean, nullable=False),
    Index("ix_incident_alarms_level", "incident", "active", "level", "unconfirmed"),
    Index("ix_incident_alarms_rule", "rule", "active", "target"),
    Index("ix_incident_alarms_upstream", "upstream", "active", "since_ns"),
    Index("ix_incident_alarms_site", "site", "active", "since_ns"),
)

#: Every alarm transition ever decided on, with the decision and a copy of its evidence.
ADMISSIONS = Table(
    "admissions",
    METADATA,
    Column("transition", Word, primary_key=True),
    Column("alarm", Word, nullable=False),
    Column("rule", Word, nullable=False),
    Column("rule_name", Json, nullable=False),
    Column("target", Word, nullable=False),
    Column("change", Word, nullable=False),
    Column("level", SmallInteger, nullable=False),
    Column("time_ns", TimeNs, nullable=False),
    Column("arrival_ns", TimeNs, nullable=False),
    Column("quantity", Word, nullable=False),
    Column("value", Double),
    Column("limit_value", Double),
    Column("unit", String, nullable=False),
    Column("late", Boolean, nullable=False),
    Column("evidence", Text, nullable=False),
    Column("action", Word, nullable=False),
    Column("reason", Word, nullable=False),
    Column("incident", ForeignKey("incidents.id")),
    Column("decided_ns", TimeNs, nullable=False),
    Index("ix_admissions_incident", "incident", "decided_ns"),
    Index("ix_admissions_target", "target", "decided_ns"),  # what happened to one sensor
    Index("ix_admissions_rhythm", "rule", "target", "arrival_ns"),
    Index("ix_admissions_opened", "decided_ns", sqlite_where=OPENED, postgresql_where=OPENED),
    # What one rule opened lately: without it, all that was ever decided of that rule is read for its cap.
    Index("ix_admissions_opened_by", "rule", "decided_ns", sqlite_where=OPENED, postgresql_where=OPENED),
)

TASKS = Table(
    "tasks",
    METADATA,
    Column("id", RowId, primary_key=True, autoincrement=False),
    Column("incident", ForeignKey("incidents.id"), nullable=False, index=True),
    Column("department", Word, nullable=False),
    Column("state", Word, nullable=False),
    Column("mandatory", Boolean, nullable=False),
    Column("dispatched_ns", TimeNs, nullable=False),
    Column("accepted_ns", TimeNs),
    Column("arrived_ns", TimeNs),
    Column("fed_back_ns", TimeNs),
    Column("checked_ns", TimeNs),
    Column("ended_ns", TimeNs),
    Column("due_ns", TimeNs, nullable=False),
    Column("note", Text, nullable=False),
    Column("reason", Word, nullable=False),
    Column("handler", Word, nullable=False),
    Column("checker", Word, nullable=False),
    Column("limit", Json, nullable=False),
    Column("request", Json),
    Column("delays", SmallInteger, nullable=False),
    Column("suspensions", SmallInteger, nullable=False),
    Column("suspended_ns", TimeNs),
    Column("paused", Json),
    Column("overdue", Boolean, nullable=False),
    Column("appeal", Word, nullable=False),
    Column("exempt", Boolean, nullable=False),
    Column("from_task", RowId),
    Column("plan_task", Word, nullable=False),
    Column("action", Json, nullable=False),
    Column("yellow_ns", TimeNs),
    Index("ix_tasks_department", "department", "due_ns", "id"),
    Index("ix_tasks_due", "due_ns", "id"),
    Index(
        "uq_tasks_leg", "incident", "department", "plan_task", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN
    ),  # a leg that was given back or cancelled makes room for another; a plan may give one department several
)

#: The truth: one row per thing that happened, never changed; `hash` covers the row and the hash before it.
EVENTS = Table(
    "events",
    METADATA,
    Column("number", RowId, primary_key=True, autoincrement=False),
    Column("incident", ForeignKey("incidents.id")),  # without one it is about the city's work as a whole
    Column("version", Integer, nullable=False),
    Column("task", RowId),
    Column("department", Word),
    Column("step", Word, nullable=False),
    Column("from_state", Word, nullable=False),
    Column("to_state", Word, nullable=False),
    Column("actor", Word),
    Column("actor_name", String, nullable=False),
    Column("at_ns", TimeNs, nullable=False),
    Column("note", Text, nullable=False),
    Column("data", Text, nullable=False),
    Column("before", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Index("ix_events_incident", "incident", "number"),
    Index("ix_events_actor", "actor", "incident"),
    Index("ix_events_department", "department", "number"),
)

#: The newest event's number and hash, so that a log cut off at its end is noticed.
CHAIN = Table(
    "event_chain",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("number", RowId, nullable=False),
    Column("hash", String(64), nullable=False),
)

#: A sensor's readings around a moment of an incident, asked for in the event's transaction and copied from history as
#: soon as they are complete, so that they outlive the readings' retention; or the address of a camera's picture.
EVIDENCE = Table(
    "evidence",
    METADATA,
    Column("id", RowId, primary_key=True),
    Column("incident", ForeignKey("incidents.id"), nullable=False),
    Column("event", RowId, nullable=False),
    Column("kind", Word, nullable=False),
    Column("moment", Word, nullable=False),
    Column("sensor", Word, nullable=False),
    Column("at_ns", TimeNs, nullable=False),
    Column("from_ns", TimeNs, nullable=False),
    Column("to_ns", TimeNs, nullable=False),
    Column("state", Word, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_ns", TimeNs, nullable=False),
    Column("kept_ns", TimeNs),
    Column("reason", String, nullable=False),
    Column("series", Json, nullable=False),
    Index("uq_evidence_event", "event", "sensor", "kind", unique=True),
    Index("ix_evidence_incident", "incident", "id"),
    Index("ix_evidence_due", "next_ns", "id", sqlite_where=WAITING, postgresql_where=WAITING),
    sqlite_autoincrement=True,
)

#: Messages to departments and people, written with the event that they tell of; without an incident they are about a
#: channel, or sum up what a quota held. `succeeded_by` is the message that another channel was given in its place.
MESSAGES = Table(
    "messages",
    METADATA,
    Column("id", RowId, primary_key=True),
    Column("key", String(64), nullable=False, unique=True),
    Column("incident", ForeignKey("incidents.id"), index=True),
    Column("event", RowId, nullable=False),
    Column("department", Word, nullable=False),
    Column("channel", Word, nullable=False),
    Column("subject", String, nullable=False),
    Column("body", Text, nullable=False),
    Column("state", Word, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("created_ns", TimeNs, nullable=False),
    Column("next_ns", TimeNs, nullable=False),
    Column("tried_ns", TimeNs, nullable=False),
    Column("sent_ns", TimeNs),
    Column("answer", Text, nullable=False),
    Column("kind", Word, nullable=False),
    Column("task", RowId),
    Column("escalation", RowId),
    Column("person", Word, nullable=False),
    Column("person_name", String, nullable=False),
    Column("phone", String, nullable=False),
    Column("succeeded_by", RowId),
    Column("link_until_ns", TimeNs),
    Column("linked_ns", TimeNs),
    Index("ix_messages_due", "channel", "next_ns", "id", sqlite_where=WAITING, postgresql_where=WAITING),
    Index("ix_messages_tried", "channel", "tried_ns"),
    Index("ix_messages_held", "next_ns", "department", sqlite_where=KEPT_BACK, postgresql_where=KEPT_BACK),
    Index("ix_messages_department", "department", "created_ns"),
    Index("ix_messages_failed", "id", sqlite_where=FALLEN, postgresql_where=FALLEN),
    Index("ix_messages_succeeded_by", "succeeded_by", sqlite_where=_SUCCEEDED, postgresql_where=_SUCCEEDED),
    sqlite_autoincrement=True,
)
