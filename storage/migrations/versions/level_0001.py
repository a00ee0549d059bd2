"""Put into the queue's two indexes which level works on an incident, now that lists are filtered by it."""

import sqlalchemy as sa
from alembic import op

revision = "level_0001"
down_revision = "speed_0001"
branch_labels = None
depends_on = None

_FILTERED = ["state", "domain", "district", "incident_class", "reporter"]
_INDEXES = (
    ("ix_incidents_queue", ["acknowledged", "priority", "due_ns", "opened_ns", "id"], sa.text("ended_ns IS NULL")),
    ("ix_incidents_ended", ["ended_ns", "id", "priority"], sa.text("ended_ns IS NOT NULL")),
)


def upgrade() -> None:
    """Make both anew with the level."""
    _make([*_FILTERED, "jurisdiction"])


def downgrade() -> None:
    """Make both anew without it."""
    _make(_FILTERED)


def _make(filtered: list[str]) -> None:
    for name, order, where in _INDEXES:
        op.drop_index(name, "incidents")
        op.create_index(name, "incidents", [*order, *filtered], sqlite_where=where, postgresql_where=where)
