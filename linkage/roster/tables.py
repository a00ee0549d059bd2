"""The SQL tables of duty: what rosters said when, who stood in for whom, who had the duty, and who signed for it."""

from sqlalchemy import Column, Index, String, Table, Text, text

from storage.columns import Json, RowId, TimeNs, Word
from storage.sql import METADATA

_OPEN = text("to_ns IS NULL")
_UNSIGNED = text("ended_ns IS NULL")

#: What the city's files said from a moment on; never changed, so that the past stays as it was.
ROSTERS = Table(
    "rosters",
    METADATA,
    Column("id", RowId, primary_key=True, autoincrement=False),
    Column("from_ns", TimeNs, nullable=False),
    Column("rosters", Text, nullable=False),
    Column("holidays", Text, nullable=False),
    Column("zone", Word, nullable=False),
)

#: Overrides, swaps and leave; one taken back ends at `revoked_ns`, so that what was before it stays. `pair` is the
#: first row of the same swap.
CHANGES = Table(
    "roster_changes",
    METADATA,
    Column("id", RowId, primary_key=True, autoincrement=False),
    Column("pair", RowId, nullable=False),
    Column("kind", Word, nullable=False),
    Column("department", Word, nullable=False),
    Column("post", Word, nullable=False),
    Column("from_ns", TimeNs, nullable=False),
    Column("to_ns", TimeNs, nullable=False),
    Column("person", Word, nullable=False),
    Column("instead", Json, nullable=False),
    Column("note", Text, nullable=False),
    Column("made_by", Word, nullable=False),
    Column("made_by_name", String, nullable=False),
    Column("made_ns", TimeNs, nullable=False),
    Column("revoked_ns", TimeNs),
    Index("ix_roster_changes_span", "department", "to_ns", "from_ns"),
)

#: Swaps that somebody asked for: `waits_for` is who must agree; one that was agreed to names its `change`.
SWAPS = Table(
    "roster_swaps",
    METADATA,
    Column("id", RowId, primary_key=True, autoincrement=False),
    Column("department", Word, nullable=False),
    Column("post", Word, nullable=False),
    Column("first", Word, nullable=False),
    Column("second", Word, nullable=False),
    Column("first_from_ns", TimeNs, nullable=False),
    Column("first_to_ns", TimeNs, nullable=False),
    Column("second_from_ns", TimeNs, nullable=False),
    Column("second_to_ns", TimeNs, nullable=False),
    Column("note", Text, nullable=False),
    Column("asked_by", Word, nullable=False),
    Column("asked_by_name", String, nullable=False),
    Column("asked_ns", TimeNs, nullable=False),
    Column("waits_for", Word, nullable=False),
    Column("state", Word, nullable=False),
    Column("decided_by_name", String, nullable=False),
    Column("decided_ns", TimeNs),
    Column("answer", Text, nullable=False),
    Column("change", RowId),
    Index("ix_roster_swaps_state", "state", "id"),
)

#: Who had the duty of a post, from signature to signature; the main officer first.
TERMS = Table(
    "duty_terms",
    METADATA,
    Column("id", RowId, primary_key=True, autoincrement=False),
    Column("department", Word, nullable=False),
    Column("post", Word, nullable=False),
    Column("people", Json, nullable=False),
    Column("from_ns", TimeNs, nullable=False),
    Column("to_ns", TimeNs),
    Column("handover", RowId, nullable=False),
    Index("ix_duty_terms_span", "department", "post", "from_ns"),
    Index("uq_duty_terms_open", "department", "post", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
)

#: One handover of a post: its brief, its notes, and both signatures.
HANDOVERS = Table(
    "handovers",
    METADATA,
    Column("id", RowId, primary_key=True, autoincrement=False),
    Column("department", Word, nullable=False),
    Column("post", Word, nullable=False),
    Column("opened_ns", TimeNs, nullable=False),
    Column("due_ns", TimeNs, nullable=False),
    Column("outgoing", Json, nullable=False),
    Column("incoming", Json, nullable=False),
    Column("brief", Json, nullable=False),
    Column("notes", Json, nullable=False),
    Column("out_by", Word, nullable=False),
    Column("out_name", String, nullable=False),
    Column("out_ns", TimeNs),
    Column("out_note", Text, nullable=False),
    Column("in_by", Word, nullable=False),
    Column("in_name", String, nullable=False),
    Column("in_note", Text, nullable=False),
    Column("ended_ns", TimeNs),
    Column("late_ns", TimeNs),
    Index("ix_handovers_department", "department", "id"),
    Index("uq_handovers_open", "department", "post", unique=True, sqlite_where=_UNSIGNED, postgresql_where=_UNSIGNED),
)

#: When the desk looks at a post again, and the beginnings of the gaps in it that have been told.
LOOKS = Table(
    "duty_looks",
    METADATA,
    Column("department", Word, primary_key=True),
    Column("post", Word, primary_key=True),
    Column("next_ns", TimeNs, nullable=False),
    Column("told", Json, nullable=False),
    Index("ix_duty_looks_next", "next_ns"),
)

#: Calendar feeds that somebody asked for; tokens are kept as SHA-256, so that a copy of the database opens none.
FEEDS = Table(
    "calendar_feeds",
    METADATA,
    Column("token_hash", String(64), primary_key=True),
    Column("id", RowId, nullable=False, unique=True),
    Column("department", Word, nullable=False),
    Column("person", Word, nullable=False),
    Column("made_by", Word, nullable=False),
    Column("made_ns", TimeNs, nullable=False),
    Column("revoked_ns", TimeNs),
    Column("read_ns", TimeNs),
    Index("ix_calendar_feeds_made_by", "made_by"),
)
